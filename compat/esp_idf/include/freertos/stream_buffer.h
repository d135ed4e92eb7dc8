/* SPDX-License-Identifier: MIT */
/* Stream buffers: the kernel's, on the heap of the chip. */
#pragma once

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include <stream_buffer.h> /* the kernel's */
