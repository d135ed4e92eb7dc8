/* SPDX-License-Identifier: MIT */
/* Queues: the kernel's, on the heap of the chip. */
#pragma once

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include <queue.h> /* the kernel's */
