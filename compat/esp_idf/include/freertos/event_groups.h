/* SPDX-License-Identifier: MIT */
/* Event groups: the kernel's, on the heap of the chip. */
#pragma once

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include <event_groups.h> /* the kernel's */
