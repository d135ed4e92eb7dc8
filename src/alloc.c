/* SPDX-License-Identifier: MIT */
/* Allocation by capabilities, and freeing. */
#include "instance.h"

#include <string.h>

/*
 * malloc and free are short: one way through, compiled into one function each, for what nearly always
 * happens. Whatever else happens (no room, a limit, damage) changes nothing, and is left to the
 * thorough functions, which start over and find out what it is.
 */

/* Frees a block that has no fault. True: its owner owes nothing any more, and is to be settled. */
HL_INLINE bool release(struct hl *hl, struct hl_heap *heap, struct block *block)
{
    uint32_t head = block->head;
    bool settled =
        ledger_credit(&hl->ledger, heap->accounts, block_owner(head), block_size(block_span(head)));

    heap_release(heap, block, &hl->cursor);
    hl->changed = true;
    return settled;
}

/* Does a heap have these capabilities, and one of them in this word? */
HL_INLINE bool heap_matches(const struct hl_heap *heap, unsigned word, uint32_t caps)
{
    return (heap->desc.caps[word] & caps) != 0 && (heap->caps_all & caps) == caps;
}

/* The thorough one. */
enum attempt {
    ATTEMPT_NO_ROOM,
    ATTEMPT_REFUSED,
    ATTEMPT_DONE
};

HL_FN static enum attempt alloc_in(struct hl *hl, struct hl_heap *heap,
                                   const struct alloc_request *request, struct notice *notice,
                                   void **result)
{
    uint32_t search = heap_search_span(request->span, request->alignment);
    struct placement place;

    if (search == 0 || !freelist_find(&heap->list, search, &place.from)) {
        return ATTEMPT_NO_ROOM;
    }
    if (!heap_place(heap, search, request->span, request->alignment, &place)) {
        int fault = heap_free_block_fault(heap, place.from.block,
                                          block_distance(place.from.block, heap->end));

        notice_fault(hl, notice, fault != 0 ? fault : HL_FAULT_FREE_LIST,
                     block_user(place.from.block), instance_heap_index(hl, heap));
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

HL_FN void *alloc_matching(struct hl *hl, const struct alloc_request *request, uint32_t caps,
                           struct notice *notice)
{
    void *result = NULL;

    for (unsigned word = 0; word < 3; word++) {
        for (unsigned i = 0; i < hl->heap_count; i++) {
            if (heap_matches(&hl->heaps[i], word, caps) &&
                alloc_in(hl, &hl->heaps[i], request, notice, &result) != ATTEMPT_NO_ROOM) {
                return result;
            }
        }
    }
    return NULL;
}

/* With the lock, which it gives back. */
HL_COLD HL_FN static void *allocate(struct hl *hl, hl_port_state state, size_t alignment,
                                    size_t size, uint32_t caps)
{
    struct alloc_request request = {.alignment = alignment, .span = heap_span_for(size)};
    struct notice notice;
    void *result;

    notice_init(&notice);
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
    uint32_t span = heap_span_for(size);
    hl_port_state state = hl_port_lock(hl);
    uint32_t id = instance_current(hl);
    struct hl_heap *heap = hl->heaps;
    unsigned left = span != 0 ? hl->heap_count : 0;
    struct placement place;

    for (; left != 0; left--, heap++) {
        if (heap_matches(heap, 0, caps) && freelist_find(&heap->list, span, &place.from)) {
            if (!heap_place(heap, span, span, HL_ALIGN, &place) ||
                !ledger_charge_plainly(&hl->ledger, heap->accounts, id, block_size(place.span))) {
                break;
            }
            LEDGER_COUNT(&hl->ledger, id, allocations);
            hl->changed = true;
            place.from.block = heap_take(heap, &place, id);
            hl_port_unlock(hl, state);
            return block_user(place.from.block);
        }
    }
    return allocate(hl, state, HL_ALIGN, size, caps);
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
    void *result = hl_malloc(hl, bytes, caps);

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
    return allocate(hl, hl_port_lock(hl), alignment, size, caps);
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

HL_FN void alloc_release(struct hl *hl, struct hl_heap *heap, struct block *block)
{
    uint32_t owner = block_owner(block->head);

    if (release(hl, heap, block)) {
        ledger_settle(&hl->ledger, owner);
    }
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
    if (ledger_credit(&hl->ledger, row, block_owner(head), size)) {
        ledger_settle(&hl->ledger, block_owner(head));
    }
    hl->changed = true;
}
#endif

/* For the counters only: a free is one of the owner's. */
HL_INLINE void count_free(struct hl *hl, uint32_t owner)
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

/* A pointer that is no live block. With the lock, which it gives back. */
HL_COLD HL_FN static void report_bad_pointer(struct hl *hl, hl_port_state state, const void *ptr)
{
    struct place_found found;
    struct notice notice;

    notice_init(&notice);
    (void)alloc_find_owned(hl, ptr, &found, &notice);
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
}

/* Both end hl_free, with the lock, which they give back. */
HL_COLD HL_FN static void settle(struct hl *hl, hl_port_state state, uint32_t owner)
{
    ledger_settle(&hl->ledger, owner);
    hl_port_unlock(hl, state);
}

HL_FN void hl_free(struct hl *hl, void *ptr)
{
    const struct block *where;
    struct hl_heap *heap;
    hl_port_state state;
    uint32_t head;

    if (ptr == NULL) {
        return;
    }
    state = hl_port_lock(hl);
    heap = instance_heap_for(hl, ptr);
    if (HL_LIKELY(heap != NULL) && HL_LIKELY(heap_block_fault(heap, ptr, &where) == 0)) {
        head = block_of(ptr)->head;
        if (HL_LIKELY(ledger_owes(&hl->ledger, heap->accounts, block_owner(head),
                                  block_size(block_span(head))))) {
            count_free(hl, block_owner(head));
            if (release(hl, heap, block_of(ptr))) {
                settle(hl, state, block_owner(head));
                return;
            }
            hl_port_unlock(hl, state);
            return;
        }
    }
    report_bad_pointer(hl, state, ptr);
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
