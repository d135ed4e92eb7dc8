/* SPDX-License-Identifier: MIT */
/* For sources that take these from here: all of it is elsewhere. */
#pragma once

#include "esp_memory_utils.h"
#include "heap_memory_layout.h"
