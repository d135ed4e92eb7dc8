/* SPDX-License-Identifier: MIT */
/* Walks, checks and dumps over the heaps with given capabilities. */
#include "esp_heap_caps.h"

#include "allocate.h"
#include "exec.h"
#include "heapledger_freertos.h"
#include "walks.h"

static struct walk_heap find(const void *context)
{
    struct walk_heap heap = {hl_freertos_instance(), esp_heap_index(context)};

    return heap;
}

/* Bit 31 means all heaps. */
static bool matches(const struct esp_heap *heap, uint32_t caps)
{
    return heap->enabled &&
           ((caps & MALLOC_CAP_INVALID) != 0 || (esp_heap_caps(heap) & caps) == caps);
}

static void walk_one(const struct esp_heap *heap, heap_caps_walker_cb_t walker_func,
                     void *user_data)
{
    walker_heap_into_t info = {heap->start, heap->end};
    struct block_list list;
    bool more = true;

    (void)block_list_take(&list, find, heap);
    for (size_t i = 0; i < list.count && more; i++) {
        walker_block_info_t block = {
            .ptr = (void *)(uintptr_t)list.blocks[i].address,
            .size = list.blocks[i].size,
            .used = list.blocks[i].owner != 0,
        };

        more = walker_func(info, block, user_data);
    }
    block_list_free(&list);
}

void heap_caps_walk(uint32_t caps, heap_caps_walker_cb_t walker_func, void *user_data)
{
    configASSERT(walker_func != NULL);
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (matches(heap, caps)) {
            walk_one(heap, walker_func, user_data);
        }
    }
}

void heap_caps_walk_all(heap_caps_walker_cb_t walker_func, void *user_data)
{
    heap_caps_walk(MALLOC_CAP_INVALID, walker_func, user_data);
}

bool heap_caps_check_integrity(uint32_t caps, bool print_errors)
{
    bool sound = true;

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (matches(heap, caps) && !walk_check(find, heap, print_errors)) {
            sound = false;
        }
    }
    return sound;
}

bool heap_caps_check_integrity_all(bool print_errors)
{
    return heap_caps_check_integrity(MALLOC_CAP_INVALID, print_errors);
}

bool heap_caps_check_integrity_addr(intptr_t addr, bool print_errors)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): ESP-IDF's type */
    const struct esp_heap *heap = exec_heap_of((const void *)addr);

    return heap != NULL && walk_check(find, heap, print_errors);
}

void heap_caps_dump(uint32_t caps)
{
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (matches(heap, caps)) {
            /* NOLINTNEXTLINE(performance-no-int-to-ptr): ESP-IDF's type */
            walk_dump((const void *)heap->start, find, heap);
        }
    }
}

void heap_caps_dump_all(void)
{
    heap_caps_dump(MALLOC_CAP_INVALID);
}

size_t heap_caps_get_containing_block_size(void *ptr)
{
    const struct esp_heap *heap = exec_heap_of(ptr);
    const struct hl_block_info *block;
    struct block_list list;
    const char *inside = ptr;
    size_t size;

    if (heap == NULL) {
        pointer_is_wrong(__func__, ptr, "it lies in no heap");
    }
    if ((intptr_t)ptr < heap->start || (intptr_t)ptr >= heap->end) { /* on the instruction bus */
        inside -= heap->iram_start - heap->start;
    }
    (void)block_list_take(&list, find, heap);
    block = block_list_around(&list, inside);
    size = block != NULL ? block->size : 0;
    block_list_free(&list);
    if (size == 0) {
        pointer_is_wrong(__func__, ptr, "it lies in no block that is in use");
    }
    return size;
}
