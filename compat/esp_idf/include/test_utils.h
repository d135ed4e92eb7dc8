/* SPDX-License-Identifier: MIT */
/* What older test applications include besides unity.h. */
#pragma once

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "unity.h"

#define UNITY_FREERTOS_PRIORITY   5
#define UNITY_FREERTOS_CPU        0
#define UNITY_FREERTOS_STACK_SIZE (8 * 1024)
