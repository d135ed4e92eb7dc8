/* SPDX-License-Identifier: MIT */
/* One heap: setting it up, and resizing in place. */
#include "heap.h"

bool heap_format(struct hl_heap *heap, uintptr_t start, uintptr_t end)
{
    struct freelist *list = &heap->list;
    struct block *first;
    uintptr_t shift;
    uint32_t span;

#if UINTPTR_MAX == UINT32_MAX
    if (start < FREELIST_BASE_GAP) {
        start = FREELIST_BASE_GAP; /* lower offsets are names of bins */
    }
#endif
    shift = (0 - (start + BLOCK_HEAD_BYTES)) & (HL_ALIGN - 1);
    if (end < start || end - start < shift + BLOCK_MIN_SPAN + BLOCK_HEAD_BYTES) {
        return false;
    }
    start += shift;
    span = (uint32_t)((end - BLOCK_HEAD_BYTES - start) & ~(uintptr_t)(HL_ALIGN - 1));
    first = (struct block *)start; /* NOLINT(performance-no-int-to-ptr): aligned above */

    list->first = first;
    list->last = (uintptr_t)block_user(block_at(first, span - BLOCK_MIN_SPAN));
    list->reach = span - BLOCK_MIN_SPAN + 1;
#if UINTPTR_MAX > UINT32_MAX
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): may lie before the memory, and is never
     * followed */
    list->base = (char *)(start - FREELIST_BASE_GAP);
#endif
    heap->end = block_at(first, span);
    heap->end->head = block_live_head(0, 0, BLOCK_PREV_FREE);
    heap->free = span;
    heap->min_free = span;
    heap_set_free(first, span);
    freelist_insert(list, first, span);
    return true;
}

/* What is to be searched for, so that `need` bytes fit at this alignment; 0: no heap has that. */
uint32_t heap_search_span(uint32_t need, size_t alignment)
{
    if (alignment <= HL_ALIGN) {
        return need;
    }
    if (need == 0 || alignment > BLOCK_MAX_SPAN - need) {
        return 0;
    }
    return need + (uint32_t)alignment + BLOCK_MIN_SPAN - HL_ALIGN;
}

/* The gap in front of a block at such an alignment: nothing, or room for a block of its own. */
uint32_t heap_gap_for(const struct block *b, size_t alignment)
{
    uintptr_t user = (uintptr_t)block_user(b);
    uintptr_t mask = alignment - 1;
    uintptr_t gap = (0 - user) & mask;

    if (gap != 0 && gap < BLOCK_MIN_SPAN) {
        gap = ((user + BLOCK_MIN_SPAN + mask) & ~mask) - user;
    }
    return (uint32_t)gap;
}

struct block *heap_take_behind(struct hl_heap *heap, struct block *b, uint32_t gap, uint32_t span,
                               uint32_t owner)
{
    uint32_t rest = block_free_span(b->head) - gap - span;
    uint32_t prev_free = 0;

    heap_lower_free(heap, span);
    freelist_remove(&heap->list, b);
    if (gap != 0) {
        heap_set_free(b, gap);
        freelist_insert(&heap->list, b, gap);
        b = block_at(b, gap);
        prev_free = BLOCK_PREV_FREE;
    }
    b->head = block_live_head(span, owner, prev_free);
    heap_free_rest(heap, block_at(b, span), rest);
    return b;
}

HL_FN uint32_t heap_resize_span(const struct block *b, uint32_t need)
{
    uint32_t span = block_span(b->head);
    const struct block *next = block_at(b, span);
    bool next_free = !block_used(next->head);
    uint32_t available = next_free ? span + block_span(next->head) : span;

    if (need > available) {
        return 0;
    }
    if (next_free && need <= span) {
        return need; /* what is given up, however little, joins the free block behind */
    }
    return available - need < BLOCK_MIN_SPAN ? available : need;
}

/*
 *     | b      | free   |     | b | free        |    shrink before a free block
 *     | b      | L      |     | b | free | L    |    shrink before a live one
 *     | b      | free   |     | b        | free |    grow, something is left
 *     | b      | free   |     | b               |    grow, nothing is left
 */
HL_FN void heap_resize(struct hl_heap *heap, struct block *b, uint32_t span, uint32_t owner,
                       struct block **cursor)
{
    uint32_t head = b->head;
    uint32_t old_span = block_span(head);
    struct block *next = block_at(b, old_span);
    struct block *behind = next;
    struct block *tail = block_at(b, span);
    uint32_t rest;

    b->head = block_live_head(span, owner, head & BLOCK_PREV_FREE);
    if (span == old_span) {
        return;
    }
    if (!block_used(next->head)) {
        behind = block_at(next, block_span(next->head));
        freelist_remove(&heap->list, next);
        next->head = 0; /* lies inside a block now, and must not look like one */
        heap_forget_head(cursor, next, tail < next ? behind : tail); /* a walk never goes back */
    }
    if (span > old_span) {
        heap_lower_free(heap, span - old_span);
    } else {
        heap->free += old_span - span;
    }
    rest = block_distance(tail, behind);
    if (rest != 0) {
        heap_set_free(tail, rest);
        freelist_insert(&heap->list, tail, rest);
        behind->head |= BLOCK_PREV_FREE;
    } else {
        behind->head &= ~BLOCK_PREV_FREE;
    }
}
