/* SPDX-License-Identifier: MIT */
/* ESP-IDF's additions to FreeRTOS: those that there are come with task.h. */
#pragma once

#include "freertos/task.h"
