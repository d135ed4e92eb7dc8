/* SPDX-License-Identifier: MIT */
/* Making heaps: at start-up from the chip's table, later by the program. ESP-IDF's interface. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "esp_err.h"
#include "esp_heap_caps.h"
#include "heap_memory_layout.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the heaps of the chip. The start-up code calls it once, before any task exists. */
void heap_caps_init(void);

/* Makes heaps of what the start-up code had its stack in. The start-up code calls it once, in the main
 * task, before app_main. */
void heap_caps_enable_nonos_stack_heaps(void);

/* Adds a heap inside a region of the chip's table, with the capabilities of that region's type.
 * ESP_ERR_INVALID_ARG: start is 0; ESP_ERR_NOT_FOUND: start is in no region; else as below. */
esp_err_t heap_caps_add_region(intptr_t start, intptr_t end);

/* Adds a heap, which is searched before all that are there. `caps` are three words by priority.
 * ESP_ERR_INVALID_ARG: a NULL, a 0, or end <= start; ESP_FAIL: it overlaps a heap (within one block that is
 * allocated from it is allowed), or the memory is none that the program can use; ESP_ERR_NO_MEM: there
 * are as many heaps as there can be; ESP_ERR_INVALID_SIZE: too small for a heap. */
esp_err_t heap_caps_add_region_with_caps(const uint32_t caps[], intptr_t start, intptr_t end);

/* May [start, end) become a heap beside the heap [heap_start, heap_end)? Inside is allowed, the same
 * range is not. */
bool heap_caps_check_add_region_allowed(intptr_t heap_start, intptr_t heap_end, intptr_t start,
                                        intptr_t end);

#ifdef __cplusplus
}
#endif
