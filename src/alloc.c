/* SPDX-License-Identifier: MIT */
/* Allocation by capabilities, and freeing. */
#include "instance.h"

#include <string.h>

/*
 * Where speed counts, malloc and free have a short way for what nearly always happens, compiled into one
 * function each. In all other cases (no room, a limit, damage) it changes nothing, and leaves them to
 * the thorough way, which starts over and finds out what it is. Both choose the same block.
 */

HL_FN struct block *alloc_take(struct hl *hl, struct hl_heap *heap, struct block *b,
                               const struct alloc_request *request, struct notice *notice)
{
    uint32_t whole = block_free_span(b->head);
    uint32_t span = heap_rest_or_need(whole, request->need);

    if (!ledger_charge(&hl->ledger, heap->accounts, request->id, block_size(span),
                       request->allowance, notice)) {
        return NULL;
    }
    return heap_take(heap, b, whole, span, request->id);
}

/* A free block of a heap in which the request fits, or NULL. */
HL_INLINE struct block *search_in(struct hl *hl, struct hl_heap *heap, uint32_t bin, unsigned looks,
                                  uint32_t search, struct notice *notice)
{
    struct block *b = freelist_find_in(&heap->list, bin, search, looks);

    if (HL_CHECK_LINKS && b != NULL && !heap_can_give(heap, b, search)) {
        notice_free_block(hl, notice, heap, b);
        return NULL;
    }
    return b;
}

HL_FN struct block *alloc_in(struct hl *hl, struct hl_heap *heap,
                             const struct alloc_request *request, struct notice *notice)
{
    uint32_t search = request->search;
    struct block *b = NULL;

    if (search != 0) {
        b = search_in(hl, heap, freelist_bin(search), freelist_looks(search), search, notice);
    }
    if (b != NULL) {
        b = request->take(hl, heap, b, request, notice);
    }
    hl->changed |= b != NULL;
    return b;
}

/* Does a heap match, and is this the first word of its capabilities that has some of these? */
HL_FN static bool has_turn(const struct hl_heap *heap, unsigned word, uint32_t caps)
{
    const uint32_t *words = heap->desc.caps;

    return (words[word] & caps) != 0 && (word == 0 || (words[0] & caps) == 0) &&
           (word < 2 || (words[1] & caps) == 0) && instance_heap_has(heap, caps);
}

/* A search goes on after others had their turn; the caller may be another task by then, by its
 * number. */
HL_FN static void give_way(struct hl *hl, struct alloc_request *request)
{
    request->state = instance_give_way(hl, request->state);
    request->id = instance_current(hl);
}

HL_FN struct block *alloc_matching(struct hl *hl, struct alloc_request *request, uint32_t caps,
                                   struct notice *notice)
{
    uint32_t bin = freelist_bin(request->search);
    unsigned looks = freelist_looks(request->search);

    for (unsigned word = 0; request->search != 0 && word < 3; word++) {
        for (unsigned i = 0; i < hl->heap_count; i++) {
            struct hl_heap *heap = &hl->heaps[i];
            struct block *b;

            if (!has_turn(heap, word, caps)) {
                continue;
            }
            b = search_in(hl, heap, bin, looks, request->search, notice);
            if (b != NULL) {
                b = request->take(hl, heap, b, request, notice);
                hl->changed |= b != NULL;
                return b;
            }
            give_way(hl, request);
        }
        give_way(hl, request);
    }
    return NULL;
}

/* Counts, gives the lock back and tells the hooks. `b`: what was allocated, or NULL. */
HL_INLINE void *end_request(struct hl *hl, const struct alloc_request *request, size_t size,
                            struct block *b, const struct notice *notice)
{
    if (b != NULL) {
        LEDGER_COUNT(&hl->ledger, request->id, allocations);
    } else if (size != 0) {
        ledger_count_failure(&hl->ledger, request->id, size);
    }
    hl_port_unlock(hl, request->state);
    notice_deliver(hl, notice);
    return b != NULL ? block_user(b) : NULL;
}

HL_COLD HL_FN void *alloc_thoroughly(struct hl *hl, struct alloc_request *request, size_t size,
                                     uint32_t caps)
{
    struct block *b;
    struct notice notice;

    notice_init(&notice);
    request->id = instance_current(hl);
    request->allowance = 0;
    b = alloc_matching(hl, request, caps, &notice);
    return end_request(hl, request, size, b, &notice);
}

/* The first heap that has all these capabilities in its first word, if no heap before has some of
 * them. */
HL_INLINE struct hl_heap *first_heap(struct hl *hl, uint32_t caps)
{
    struct hl_heap *heap = hl->heaps;
    uint32_t common = heap->desc.caps[0] & caps;

    if (HL_UNLIKELY(common != caps)) {
        const struct hl_heap *behind = heap + hl->heap_count;

        do {
            if (common != 0 || ++heap >= behind) {
                return NULL;
            }
            common = heap->desc.caps[0] & caps;
        } while (common != caps);
    }
    return heap;
}

/* Sizes of the usual case: their span is that of no smallest block, and is looked up in the
 * table. */
enum {
    USUAL_MIN = BLOCK_MIN_SPAN - BLOCK_HEAD_BYTES + 1,
    USUAL_MAX = FREELIST_TABLE_SPANS - HL_ALIGN - BLOCK_HEAD_BYTES,
};

/* The span needed for `size` bytes, and a free block that is sound and large enough. */
HL_INLINE bool find(struct hl_heap *heap, size_t size, uint32_t *need, struct freelist_found *found)
{
    if (HL_LIKELY(size - USUAL_MIN <= USUAL_MAX - USUAL_MIN)) {
        *need = heap_round_up(size);
        if (!freelist_find_small(&heap->list, *need, found)) {
            return false;
        }
    } else {
        *need = heap_span_for(size);
        if (*need == 0 || *need >= FREELIST_LAST_BIN_SPAN) {
            return false; /* in the last bin, more is looked at than there is time for here */
        }
        found->block = freelist_find(&heap->list, *need, FREELIST_LOOKS);
        if (found->block == NULL) {
            return false;
        }
        found->span = block_free_span(found->block->head);
    }
    return !HL_CHECK_LINKS || heap_can_give(heap, found->block, *need);
}

/* The short way: NULL when this is not the usual case. */
HL_INLINE struct block *allocate_plainly(struct hl *hl, size_t size, uint32_t caps)
{
    struct freelist_found found;
    struct hl_heap *heap;
    struct block *b;
    uint32_t id, need, span;

    heap = first_heap(hl, caps);
    if (HL_UNLIKELY(heap == NULL || caps == 0 || !find(heap, size, &need, &found))) {
        return NULL;
    }
    id = instance_current(hl);
    span = heap_rest_or_need(found.span, need);
    if (HL_UNLIKELY(ledger_concerns_limit(&hl->ledger, id, block_size(span)))) {
        return NULL;
    }
    hl->changed = span;
    ledger_charge_plainly(&hl->ledger, heap->accounts, id, block_size(span));
    LEDGER_COUNT(&hl->ledger, id, allocations);
    b = heap_take(heap, found.block, found.span, span, id);
    return b;
}

/* The thorough way, as the end of hl_malloc. */
HL_COLD HL_FN static void *allocate(struct hl *hl, hl_port_state state, size_t size, uint32_t caps)
{
    uint32_t need = heap_span_for(size);
    struct alloc_request request; /* all that alloc_take looks at */

    request.state = HL_FAST_PATHS ? instance_give_way(hl, state) : state;
    request.need = need;
    request.search = need;
    request.take = alloc_take;
    return alloc_thoroughly(hl, &request, size, caps);
}

HL_FN void *hl_malloc(struct hl *hl, size_t size, uint32_t caps)
{
    hl_port_state state = hl_port_lock(hl);

    if (HL_FAST_PATHS) {
        struct block *b = allocate_plainly(hl, size, caps);

        if (HL_LIKELY(b != NULL)) {
            hl_port_unlock(hl, state);
            return block_user(b);
        }
    }
    return allocate(hl, state, size, caps);
}

void *hl_malloc_in(struct hl *hl, int heap, size_t size, int task)
{
    uint32_t need = heap_span_for(size);
    struct alloc_request request = {
        .take = alloc_take, .id = (uint32_t)task, .need = need, .search = need};
    struct notice notice;
    struct hl_heap *of;

    notice_init(&notice);
    request.state = hl_port_lock(hl);
    of = instance_heap(hl, heap);
    if (of == NULL || !ledger_is_open(&hl->ledger, task)) {
        hl_port_unlock(hl, request.state);
        return NULL;
    }
    /* A foreign heap has no free block. */
    return end_request(hl, &request, size, alloc_in(hl, of, &request, &notice), &notice);
}

/* The product, or SIZE_MAX, which no heap can give, when it overflows. By halves: the smallest
 * cores have neither a division nor a product of twice the width. */
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
    uint32_t head = block->head;

    hl->changed = head;
    heap_release(heap, block, &hl->cursor);
    if (ledger_credit(&hl->ledger, heap->accounts, block_owner(head),
                      block_size(block_span(head)))) {
        ledger_settle(&hl->ledger, block_owner(head));
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

/* The thorough way, as the end of hl_free. */
HL_COLD HL_FN static void free_thoroughly(struct hl *hl, hl_port_state state, void *ptr)
{
    struct place_found found;
    struct notice notice;

    notice_init(&notice);
    if (HL_FAST_PATHS) {
        state = instance_give_way(hl, state);
    }
    if (ptr != NULL && alloc_find_owned(hl, ptr, &found, &notice)) {
        count_free(hl, block_owner(found.block->head));
        alloc_release(hl, found.heap, found.block);
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
}

/* Frees a block whose head has no fault. False: the usual case ends here; a task's last block is
 * none either. */
HL_INLINE bool free_block(struct hl *hl, struct hl_heap *heap, struct block *b, uint32_t room)
{
    struct hl_account *row = heap->accounts;
    uint32_t head = b->head;
    uint32_t owner = block_owner(head);
    uint32_t size = block_size(block_span(head));
    const struct block *where;

    if (HL_UNLIKELY(heap_neighbour_fault(heap, b, room, &where) != 0) ||
        HL_UNLIKELY(!ledger_owes_more(&hl->ledger, row, owner, size))) {
        return false;
    }
    hl->changed = head;
    count_free(hl, owner);
    (void)ledger_credit(&hl->ledger, row, owner, size);
    heap_release(heap, b, &hl->cursor);
    return true;
}

/* The short way. False: this is not the usual case. */
HL_INLINE bool free_plainly(struct hl *hl, void *ptr)
{
    uint32_t room;
    struct hl_heap *heap = instance_heap_for(hl, ptr, &room);

    if (HL_UNLIKELY(heap == NULL) || HL_UNLIKELY(heap_head_fault(ptr, room) != 0)) {
        return false;
    }
    return free_block(hl, heap, block_of(ptr), room);
}

HL_FN void hl_free(struct hl *hl, void *ptr)
{
    hl_port_state state = hl_port_lock(hl);

    if (HL_FAST_PATHS && HL_LIKELY(free_plainly(hl, ptr))) {
        hl_port_unlock(hl, state);
        return;
    }
    free_thoroughly(hl, state, ptr);
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
