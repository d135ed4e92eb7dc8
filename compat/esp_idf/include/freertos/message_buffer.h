/* SPDX-License-Identifier: MIT */
/* Message buffers: the kernel's, on the heap of the chip. */
#pragma once

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include <message_buffer.h> /* the kernel's */
