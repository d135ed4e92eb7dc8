/* SPDX-License-Identifier: MIT */
/* For sources that include it by itself: all of it comes with FreeRTOS.h. */
#pragma once

#include "freertos/FreeRTOS.h"
