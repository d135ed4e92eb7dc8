/* SPDX-License-Identifier: MIT */
/* Allocation by capabilities, and freeing. */
#include "instance.h"

#include <string.h>

enum attempt {
    ATTEMPT_NO_ROOM,
    ATTEMPT_REFUSED,
    ATTEMPT_DONE
};

HL_FN static enum attempt alloc_in(struct hl *hl, struct hl_heap *heap,
                                   const struct alloc_request *request, struct notice *notice,
                                   void **result)
{
    const struct block *damaged = NULL;
    struct placement place;

    if (!heap_place(heap, request->span, request->alignment, &place, &damaged)) {
        if (damaged != NULL) {
            notice_fault(hl, notice, HL_FAULT_FREE_LIST, block_user(damaged),
                         instance_heap_index(hl, heap));
        }
        return ATTEMPT_NO_ROOM;
    }
    if (!ledger_charge(&hl->ledger, heap->accounts, request->id, block_size(place.span),
                       request->allowance, notice)) {
        return ATTEMPT_REFUSED;
    }
    *result = block_user(heap_take(heap, &place, request->id));
    hl->changed = true;
    return ATTEMPT_DONE;
}

/* Heaps in the order of adding; those first that have one of the capabilities in word 0, then 1, then 2. */
HL_FN void *alloc_matching(struct hl *hl, const struct alloc_request *request, uint32_t caps,
                           struct notice *notice)
{
    void *result = NULL;

    if (request->span == 0) {
        return NULL;
    }
    for (int word = 0; word < 3; word++) {
        struct hl_heap *heap = hl->heaps;
        struct hl_heap *end = heap + hl->heap_count;

        for (; heap != end; heap++) {
            if ((heap->desc.caps[word] & caps) != 0 && (heap->caps_all & caps) == caps &&
                alloc_in(hl, heap, request, notice, &result) != ATTEMPT_NO_ROOM) {
                return result;
            }
        }
    }
    return NULL;
}

HL_FN static void *allocate(struct hl *hl, size_t alignment, size_t size, uint32_t caps)
{
    struct alloc_request request = {.alignment = alignment, .span = heap_span_for(size)};
    struct notice notice;
    hl_port_state state;
    void *result;

    notice_init(&notice);
    state = hl_port_lock(hl);
    request.id = instance_current(hl);
    result = alloc_matching(hl, &request, caps, &notice);
    if (result != NULL) {
        LEDGER_COUNT(&hl->ledger, request.id, allocations);
    } else if (size != 0) {
        ledger_count_failure(&hl->ledger, request.id, size);
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
    return result;
}

HL_FN void *hl_malloc(struct hl *hl, size_t size, uint32_t caps)
{
    return allocate(hl, HL_ALIGN, size, caps);
}

/* The product, or SIZE_MAX, which no heap can give, when it overflows. By halves: the smallest cores
 * have neither a division nor a product of twice the width. */
static size_t product(size_t a, size_t b)
{
    const unsigned half = sizeof(size_t) * 4;
    const size_t low_mask = ((size_t)1 << half) - 1;
    size_t large = a > b ? a : b;
    size_t small = a > b ? b : a;
    size_t high;

    if (small > low_mask) {
        return SIZE_MAX;
    }
    high = (large >> half) * small;
    if (high > low_mask || (high << half) > SIZE_MAX - (large & low_mask) * small) {
        return SIZE_MAX;
    }
    return (high << half) + (large & low_mask) * small;
}

void *hl_calloc(struct hl *hl, size_t n, size_t size, uint32_t caps)
{
    size_t bytes = product(n, size);
    void *result = allocate(hl, HL_ALIGN, bytes, caps);

    if (result != NULL) {
        memset(result, 0, bytes);
    }
    return result;
}

void *hl_aligned_alloc(struct hl *hl, size_t alignment, size_t size, uint32_t caps)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        return NULL;
    }
    return allocate(hl, alignment, size, caps);
}

HL_FN bool alloc_find_owned(struct hl *hl, const void *ptr, struct place_found *found,
                            struct notice *notice)
{
    uint32_t head;

    if (!instance_find_block(hl, ptr, found, notice)) {
        return false;
    }
    head = found->block->head;
    if (!ledger_owes(&hl->ledger, found->heap->accounts, block_owner(head),
                     block_size(block_span(head)))) {
        notice_fault(hl, notice, HL_FAULT_OWNER, ptr, instance_heap_index(hl, found->heap));
        return false;
    }
    return true;
}

HL_FN void alloc_release(struct hl *hl, const struct place_found *found)
{
    uint32_t head = found->block->head;

    heap_release(found->heap, found->block, &hl->cursor);
    ledger_credit(&hl->ledger, found->heap->accounts, block_owner(head),
                  block_size(block_span(head)));
    hl->changed = true;
}

#if HL_TASK_TRACKING
void alloc_hand_over(struct hl *hl, const struct place_found *found, uint32_t id,
                     struct notice *notice)
{
    struct hl_account *row = found->heap->accounts;
    uint32_t head = found->block->head;
    uint32_t size = block_size(block_span(head));

    if (block_owner(head) == id) {
        return;
    }
    (void)ledger_charge(&hl->ledger, row, id, size, LEDGER_NO_LIMIT, notice);
    found->block->head = block_with_owner(head, id);
    ledger_credit(&hl->ledger, row, block_owner(head), size);
    hl->changed = true;
}
#endif

/* For the counters only: a free is one of the owner's. */
HL_FN static inline void count_free(struct hl *hl, uint32_t owner)
{
#if HL_COUNT_EVENTS
    LEDGER_COUNT(&hl->ledger, owner, frees);
    if (hl_port_current(hl) != owner) {
        LEDGER_COUNT(&hl->ledger, owner, freed_by_others);
    }
#else
    (void)hl;
    (void)owner;
#endif
}

HL_FN void hl_free(struct hl *hl, void *ptr)
{
    struct place_found found;
    struct notice notice;
    hl_port_state state;

    if (ptr == NULL) {
        return;
    }
    notice_init(&notice);
    state = hl_port_lock(hl);
    if (alloc_find_owned(hl, ptr, &found, &notice)) {
        count_free(hl, block_owner(found.block->head));
        alloc_release(hl, &found);
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
}

size_t hl_usable_size(struct hl *hl, const void *ptr)
{
    struct place_found found;
    struct notice notice;
    hl_port_state state;
    size_t size = 0;

    notice_init(&notice);
    state = hl_port_lock(hl);
    if (instance_find_block(hl, ptr, &found, &notice)) {
        size = block_size(block_span(found.block->head));
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
    return size;
}

int hl_heap_of(struct hl *hl, const void *ptr)
{
    hl_port_state state = hl_port_lock(hl);
    int heap = instance_heap_of(hl, ptr);

    hl_port_unlock(hl, state);
    return heap;
}
