/* SPDX-License-Identifier: MIT */
/* multi_heap.h: each heap is an instance of its own, inside its own range. */
#include "multi_heap.h"

#include <string.h>

#include "allocate.h"
#include "fault_text.h"
#include "heapledger_freertos.h"
#include "walks.h"

/* The capability of the one heap of each instance. */
#define THE_HEAP 1U

/* At the start of the range, where alignment allows; its heap begins behind it. */
struct record {
    void *lock;
    size_t min_free_before; /* restored: the minimum is no more than this; SIZE_MAX: not restored */
    _Alignas(void *) char books[HL_BYTES(HL_TASK_TRACKING, 1)];
};

static struct record *record_of(multi_heap_handle_t heap)
{
    uintptr_t mask = _Alignof(struct record) - 1;

    /* NOLINTNEXTLINE(performance-no-int-to-ptr): rounded up */
    return (struct record *)(((uintptr_t)heap + mask) & ~mask);
}

static struct hl *instance_of(multi_heap_handle_t heap)
{
    return (struct hl *)(void *)record_of(heap)->books;
}

static struct walk_heap find(const void *context)
{
    struct walk_heap heap = {instance_of((multi_heap_handle_t)(uintptr_t)context), 0};

    return heap;
}

static void on_fault(void *context, const struct hl_fault *fault)
{
    (void)context;
    pointer_is_wrong("multi_heap", fault->address, fault_text(fault->reason));
}

multi_heap_handle_t multi_heap_register(void *start, size_t size)
{
    static const struct hl_config config = {
        .max_tasks = HL_TASK_TRACKING, .max_heaps = 1, .on_fault = on_fault};
    multi_heap_handle_t heap = start;
    struct hl_heap_desc desc = {.name = "multi_heap", .caps = {THE_HEAP, 0, 0}};
    struct record *record;
    size_t head;

    configASSERT(start != NULL);
    record = record_of(heap);
    head = (size_t)((char *)(record + 1) - (char *)start);
    if (size <= head) {
        return NULL;
    }
    desc.start = record + 1;
    desc.size = size - head;
    record->lock = NULL;
    record->min_free_before = SIZE_MAX;
    if (hl_add_heap(hl_init(record->books, sizeof(record->books), &config), &desc) < 0) {
        return NULL;
    }
    return heap;
}

void multi_heap_set_lock(multi_heap_handle_t heap, void *lock)
{
    record_of(heap)->lock = lock;
}

void *multi_heap_malloc(multi_heap_handle_t heap, size_t size)
{
    return heap != NULL ? hl_malloc(instance_of(heap), size, THE_HEAP) : NULL;
}

void *multi_heap_aligned_alloc_offs(multi_heap_handle_t heap, size_t size, size_t alignment,
                                    size_t offset)
{
    if (heap == NULL) {
        return NULL;
    }
    return hl_aligned_alloc_offset(instance_of(heap), alignment, offset, size, THE_HEAP);
}

void *multi_heap_aligned_alloc(multi_heap_handle_t heap, size_t size, size_t alignment)
{
    return multi_heap_aligned_alloc_offs(heap, size, alignment, 0);
}

void multi_heap_free(multi_heap_handle_t heap, void *p)
{
    if (heap != NULL && p != NULL) {
        hl_free(instance_of(heap), p);
    }
}

void multi_heap_aligned_free(multi_heap_handle_t heap, void *p)
{
    multi_heap_free(heap, p);
}

void *multi_heap_realloc(multi_heap_handle_t heap, void *p, size_t size)
{
    return heap != NULL ? hl_realloc(instance_of(heap), p, size, THE_HEAP) : NULL;
}

size_t multi_heap_get_allocated_size(multi_heap_handle_t heap, void *p)
{
    return hl_usable_size(instance_of(heap), p);
}

size_t multi_heap_get_full_block_size(multi_heap_handle_t heap, void *p)
{
    return hl_usable_size(instance_of(heap), p);
}

void *multi_heap_find_containing_block(multi_heap_handle_t heap, void *ptr)
{
    const struct hl_block_info *block;
    struct block_list list;
    void *found = NULL;

    (void)block_list_take(&list, find, heap);
    block = block_list_around(&list, ptr);
    if (block != NULL) {
        found = (void *)(uintptr_t)block->address;
    }
    block_list_free(&list);
    if (found == NULL) {
        pointer_is_wrong(__func__, ptr, "it lies in no block that is in use");
    }
    return found;
}

size_t multi_heap_free_size(multi_heap_handle_t heap)
{
    struct hl_heap_facts facts = {.free = 0};

    if (heap != NULL) {
        (void)hl_heap_facts(instance_of(heap), 0, &facts);
    }
    return facts.free;
}

size_t multi_heap_minimum_free_size(multi_heap_handle_t heap)
{
    struct hl_heap_facts facts = {.min_free = 0};
    size_t before;

    if (heap == NULL) {
        return 0;
    }
    (void)hl_heap_facts(instance_of(heap), 0, &facts);
    before = record_of(heap)->min_free_before;
    return facts.min_free < before ? facts.min_free : before;
}

size_t multi_heap_reset_minimum_free_bytes(multi_heap_handle_t heap)
{
    size_t before = multi_heap_minimum_free_size(heap);

    record_of(heap)->min_free_before = SIZE_MAX;
    hl_reset_min_free(instance_of(heap), 0);
    return before;
}

void multi_heap_restore_minimum_free_bytes(multi_heap_handle_t heap,
                                           const size_t new_minimum_free_bytes_value)
{
    struct record *record = record_of(heap);

    if (new_minimum_free_bytes_value < record->min_free_before) {
        record->min_free_before = new_minimum_free_bytes_value;
    }
}

void multi_heap_get_info(multi_heap_handle_t heap, multi_heap_info_t *info)
{
    struct hl_heap_survey survey;
    struct hl_heap_facts facts;

    memset(info, 0, sizeof(*info));
    if (heap == NULL) {
        return;
    }
    walk_survey(&survey, &facts, find, heap);
    info->total_free_bytes = facts.free;
    info->total_allocated_bytes = survey.used;
    info->largest_free_block = facts.sure;
    info->minimum_free_bytes = multi_heap_minimum_free_size(heap);
    info->allocated_blocks = survey.used_blocks;
    info->free_blocks = survey.free_blocks;
    info->total_blocks = survey.used_blocks + survey.free_blocks;
}

bool multi_heap_check(multi_heap_handle_t heap, bool print_errors)
{
    return walk_check(find, heap, print_errors);
}

void multi_heap_dump(multi_heap_handle_t heap)
{
    walk_dump(heap, find, heap);
}

void multi_heap_walk(multi_heap_handle_t heap, multi_heap_walker_cb_t walker_func, void *user_data)
{
    struct block_list list;
    bool more = true;

    configASSERT(walker_func != NULL);
    (void)block_list_take(&list, find, heap);
    for (size_t i = 0; i < list.count && more; i++) {
        const struct hl_block_info *block = &list.blocks[i];

        more = walker_func((void *)(uintptr_t)block->address, block->size, block->owner != 0,
                           user_data);
    }
    block_list_free(&list);
}
