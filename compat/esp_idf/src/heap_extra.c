/* SPDX-License-Identifier: MIT */
/* What is known about a heap beside its description: one table. */
#include "heap_extra.h"

#include "heapledger_freertos.h"

static struct heap_extra extras[HL_MAX_HEAPS];
static size_t count;

struct heap_extra *heap_extra(const struct esp_heap *heap)
{
    size_t number = 0;

    taskENTER_CRITICAL();
    while (number < count && extras[number].heap != heap) {
        number++;
    }
    if (number == count) {
        configASSERT(count < HL_MAX_HEAPS); /* there are no more heaps */
        extras[number].heap = heap;
        extras[number].min_free_before = SIZE_MAX;
        count++;
    }
    taskEXIT_CRITICAL();
    return &extras[number];
}

size_t heap_extra_number(const struct esp_heap *heap)
{
    return (size_t)(heap_extra(heap) - extras);
}
