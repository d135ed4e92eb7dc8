/* SPDX-License-Identifier: MIT */
/* Heaps of a test's own, apart from the chip's: they have capabilities that no chip's memory
 * has. */
#ifndef TEST_COMPAT_OWN_HEAPS_H
#define TEST_COMPAT_OWN_HEAPS_H

#include "esp_heap_caps.h"
#include "esp_heap_caps_init.h"
#include "unity.h"

#define CAP_A MALLOC_CAP_PID2
#define CAP_B MALLOC_CAP_PID3
#define CAP_C MALLOC_CAP_PID4
#define CAP_D MALLOC_CAP_PID5

/* Memory for heaps, each of so many bytes. */
enum {
    OWN_HEAP_BYTES = 4096,
    OWN_HEAPS = 12
};
extern char own_memory[OWN_HEAPS][OWN_HEAP_BYTES] __attribute__((aligned(16)));

static inline void own_heap(int number, uint32_t first, uint32_t second, uint32_t third)
{
    const uint32_t caps[] = {first, second, third};
    intptr_t start = (intptr_t)own_memory[number];

    TEST_ESP_OK(heap_caps_add_region_with_caps(caps, start, start + OWN_HEAP_BYTES));
}

/* The number of the heap that a pointer lies in, or -1. */
static inline int own_heap_of(const void *ptr)
{
    ptrdiff_t offset = (const char *)ptr - own_memory[0];

    return offset >= 0 && offset < (ptrdiff_t)sizeof(own_memory) ? (int)(offset / OWN_HEAP_BYTES)
                                                                 : -1;
}

#endif
