/* SPDX-License-Identifier: MIT */
/* The kernel's lists: the kernel's, on the heap of the chip. */
#pragma once

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include <list.h> /* the kernel's */
