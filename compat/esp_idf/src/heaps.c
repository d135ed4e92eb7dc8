/* SPDX-License-Identifier: MIT */
/* The heaps in ESP-IDF's list order, and the instance's in the same. */
#include "heaps.h"

#include <string.h>

#include "heapledger_freertos.h"

static struct esp_heap heaps[HL_MAX_HEAPS];
static struct esp_heap *first;
static size_t made; /* of heaps[] */

struct esp_heap *esp_heaps(void)
{
    return first;
}

struct esp_heap *esp_heap_new(const uint32_t caps[3], intptr_t start, intptr_t end)
{
    struct esp_heap *heap = &heaps[made];

    if (made == sizeof(heaps) / sizeof(heaps[0])) {
        return NULL;
    }
    made++;
    memset(heap, 0, sizeof(*heap));
    memcpy(heap->caps, caps, sizeof(heap->caps));
    heap->start = start;
    heap->end = end;
    return heap;
}

void esp_heap_list_first(struct esp_heap *heap)
{
    heap->next = first;
    first = heap;
}

void esp_heap_list_by_size(struct esp_heap *heap)
{
    intptr_t size = heap->end - heap->start;
    struct esp_heap **at = &first;

    while (*at != NULL && (*at)->end - (*at)->start < size) {
        at = &(*at)->next;
    }
    heap->next = *at;
    *at = heap;
}

void esp_heap_unlist_first(void)
{
    if (first == &heaps[made - 1]) {
        made--;
    }
    first = first->next;
}

/* How many enabled heaps come before this one. */
static int enabled_before(const struct esp_heap *heap)
{
    int count = 0;

    for (const struct esp_heap *other = first; other != heap; other = other->next) {
        count += other->enabled ? 1 : 0;
    }
    return count;
}

int esp_heap_enable(struct esp_heap *heap, const void *within)
{
    struct hl_heap_desc desc = {
        .start = (void *)heap->start, /* NOLINT(performance-no-int-to-ptr): ESP-IDF's type */
        .size = (size_t)(heap->end - heap->start),
        .name = heap->name,
        .caps = {heap->caps[0], heap->caps[1], heap->caps[2]},
    };
    int index = hl_insert_heap(hl_freertos_instance(), &desc, enabled_before(heap), within);

    heap->enabled = index >= 0;
    return index < 0 ? index : 0;
}

int esp_heap_index(const struct esp_heap *heap)
{
    return heap->enabled ? enabled_before(heap) : -1;
}

struct esp_heap *esp_heap_at(int index)
{
    struct esp_heap *heap = first;

    while (heap != NULL && (!heap->enabled || index-- != 0)) {
        heap = heap->next;
    }
    return heap;
}

struct esp_heap *esp_heap_of(const void *ptr)
{
    intptr_t address = (intptr_t)ptr;
    struct esp_heap *heap = first;

    while (heap != NULL && !(heap->enabled && address >= heap->start && address < heap->end)) {
        heap = heap->next;
    }
    return heap;
}

void esp_heaps_lock(void)
{
    if (xTaskGetSchedulerState() != taskSCHEDULER_NOT_STARTED) {
        vTaskSuspendAll();
    }
}

void esp_heaps_unlock(void)
{
    if (xTaskGetSchedulerState() != taskSCHEDULER_NOT_STARTED) {
        (void)xTaskResumeAll();
    }
}
