/* SPDX-License-Identifier: MIT */
/* Semaphores and mutexes: the kernel's, on the heap of the chip. */
#pragma once

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include <semphr.h> /* the kernel's */
