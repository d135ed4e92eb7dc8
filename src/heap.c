/* SPDX-License-Identifier: MIT */
/* One heap: placing, splitting, merging and resizing blocks, and telling sound ones from damaged ones. */
#include "heap.h"

/* A free block of at least this span gives from its high end when it stays in its bin: then no list is
 * touched. */
enum {
    HEAP_CUT_HIGH_SPAN = 2048
};

static inline void set_free(struct block *b, uint32_t span)
{
    b->head = block_free_head(span);
    *block_foot(block_at(b, span)) = b->head;
}

static inline void lower_free(struct hl_heap *heap, uint32_t bytes)
{
    heap->free -= bytes;
    if (heap->free < heap->min_free) {
        heap->min_free = heap->free;
    }
}

/* The cursor of a walk must not stay on a head that is about to vanish. */
static inline void forget_head(struct block **cursor, const struct block *head,
                               struct block *instead)
{
    if (*cursor == head) {
        *cursor = instead;
    }
}

bool heap_format(struct hl_heap *heap, uintptr_t start, uintptr_t end)
{
    struct freelist *list = &heap->list;
    struct block *first;
    uint32_t span;

#if UINTPTR_MAX == UINT32_MAX
    if (start < FREELIST_BASE_GAP) {
        start = FREELIST_BASE_GAP; /* lower offsets are names of bins */
    }
#endif
    start =
        ((start + BLOCK_HEAD_BYTES + HL_ALIGN - 1) & ~(uintptr_t)(HL_ALIGN - 1)) - BLOCK_HEAD_BYTES;
    if (end < start + BLOCK_MIN_SPAN + BLOCK_HEAD_BYTES) {
        return false;
    }
    span = (uint32_t)((end - BLOCK_HEAD_BYTES - start) & ~(uintptr_t)(HL_ALIGN - 1));
    first = (struct block *)start; /* NOLINT(performance-no-int-to-ptr): aligned above */

    for (unsigned bin = 0; bin < FREELIST_BINS; bin++) {
        list->bins[bin] = 0;
    }
    list->bitmap = 0;
    list->first = first;
    list->extent = span - BLOCK_MIN_SPAN;
#if UINTPTR_MAX > UINT32_MAX
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): may lie before the memory, and is never followed */
    list->base = (char *)(start - FREELIST_BASE_GAP);
#endif
    heap->end = block_at(first, span);
    heap->end->head = block_live_head(0, 0, BLOCK_PREV_FREE);
    heap->free = span;
    heap->min_free = span;
    set_free(first, span);
    freelist_insert(list, first, span);
    return true;
}

/* What is wrong with a block that its neighbour, or a list, says is free; `room`: bytes from it to the
 * end of the heap. */
static inline int free_block_fault(const struct hl_heap *heap, const struct block *b, uint32_t room)
{
    uint32_t head = b->head;
    uint32_t span = block_span(head);

    if (!block_is_free_head(head) || span < BLOCK_MIN_SPAN || span > room ||
        *block_foot(block_at(b, span)) != head) {
        return HL_FAULT_FREE_BLOCK;
    }
    return HL_CHECK_LINKS && !freelist_sound(&heap->list, b) ? HL_FAULT_FREE_LIST : 0;
}

/* The gap in front of a block at such an alignment: nothing, or room for a block of its own. */
static uint32_t gap_for(const struct block *b, size_t alignment)
{
    uintptr_t user = (uintptr_t)block_user(b);
    uintptr_t mask = alignment - 1;
    uintptr_t gap = (0 - user) & mask;

    if (gap != 0 && gap < BLOCK_MIN_SPAN) {
        gap = ((user + BLOCK_MIN_SPAN + mask) & ~mask) - user;
    }
    return (uint32_t)gap;
}

HL_FN bool heap_place(const struct hl_heap *heap, uint32_t need, size_t alignment,
                      struct placement *place, const struct block **damaged)
{
    uint32_t search = need;
    uint32_t span;
    struct block *b;

    if (alignment > HL_ALIGN) {
        if (alignment > BLOCK_MAX_SPAN - need) {
            return false;
        }
        search += (uint32_t)alignment + BLOCK_MIN_SPAN - HL_ALIGN;
    }
    b = freelist_find(&heap->list, search, damaged);
    if (b == NULL) {
        return false;
    }
    span = block_span(b->head);
    if (span < search || free_block_fault(heap, b, block_distance(b, heap->end)) != 0) {
        *damaged = b;
        return false;
    }
    place->from = b;
    place->fixed = alignment > HL_ALIGN;
    place->gap = place->fixed ? gap_for(b, alignment) : 0;
    span -= place->gap;
    place->span = span - need < BLOCK_MIN_SPAN ? span : need;
    return true;
}

/*
 *     | free                          |        the place
 *     | free (gap) | new | free (rest)|        in general; gap and rest may be missing
 *     | free             | new        |        from a large block, which keeps its place in its bin
 */
HL_FN struct block *heap_take(struct hl_heap *heap, const struct placement *place, uint32_t owner)
{
    struct block *b = place->from;
    uint32_t span = block_span(b->head);
    uint32_t rest = span - place->gap - place->span;
    struct block *behind = block_at(b, span);
    uint32_t prev_free = 0;

    lower_free(heap, place->span);
    if (rest >= HEAP_CUT_HIGH_SPAN && !place->fixed && freelist_bin(rest) == freelist_bin(span)) {
        set_free(b, rest);
        b = block_at(b, rest);
        b->head = block_live_head(place->span, owner, BLOCK_PREV_FREE);
        behind->head &= ~BLOCK_PREV_FREE;
        return b;
    }
    freelist_remove(&heap->list, b);
    if (place->gap != 0) {
        set_free(b, place->gap);
        freelist_insert(&heap->list, b, place->gap);
        b = block_at(b, place->gap);
        prev_free = BLOCK_PREV_FREE;
    }
    b->head = block_live_head(place->span, owner, prev_free);
    if (rest != 0) {
        struct block *tail = block_at(b, place->span);

        set_free(tail, rest);
        freelist_insert(&heap->list, tail, rest);
    } else {
        behind->head &= ~BLOCK_PREV_FREE;
    }
    return b;
}

/* What is wrong with the block behind `b`; `room`: bytes from it to the end of the heap. */
static inline int next_fault(const struct hl_heap *heap, const struct block *next, uint32_t room)
{
    uint32_t head = next->head;
    uint32_t span = block_span(head);

    if (block_prev_free(head) || (room == 0 ? span != 0 : span < BLOCK_MIN_SPAN || span > room)) {
        return HL_FAULT_NEIGHBOUR;
    }
    return block_used(head) ? 0 : free_block_fault(heap, next, room);
}

/* What is wrong with the free block that ends where `b` starts; `room`: bytes before `b`. */
static inline int prev_fault(const struct hl_heap *heap, const struct block *b, uint32_t room,
                             const struct block **where)
{
    uint32_t foot = *block_foot(b);
    uint32_t span = block_span(foot);

    if (span > room) {
        return HL_FAULT_NEIGHBOUR;
    }
    *where = block_before(b, span);
    return (*where)->head == foot ? free_block_fault(heap, *where, span) : HL_FAULT_NEIGHBOUR;
}

HL_FN int heap_block_fault(const struct hl_heap *heap, const void *ptr, const struct block **where)
{
    const struct block *b = block_of(ptr);
    uint32_t head, span, room;
    int fault;

    *where = b;
    if ((uintptr_t)ptr % HL_ALIGN != 0) {
        return HL_FAULT_MISALIGNED;
    }
    head = b->head;
    if (!block_used(head)) {
        return HL_FAULT_NOT_USED;
    }
    span = block_span(head);
    room = block_distance(b, heap->end);
    if (span < BLOCK_MIN_SPAN || span > room) {
        return HL_FAULT_SIZE;
    }
    *where = block_at(b, span);
    fault = next_fault(heap, *where, room - span);
    if (fault == 0 && block_prev_free(head)) {
        *where = b;
        fault = prev_fault(heap, b, block_distance(heap->list.first, b), where);
    }
    return fault;
}

/*
 * The neighbours of the freed block F (live: L, free: free):
 *
 *     | L | F | L |          | L | free  | L |        a block of its own
 *     | L | F | free |       | L | free      |        the next one's head vanishes
 *     | free | F | L |       | free      | L |        F's head vanishes
 *     | free | F | free |    | free          |        both vanish
 */
HL_FN void heap_release(struct hl_heap *heap, struct block *b, struct block **cursor)
{
    struct freelist *list = &heap->list;
    uint32_t head = b->head;
    uint32_t span = block_span(head);
    struct block *next = block_at(b, span);
    struct block *behind = next;

    heap->free += span;
    if (!block_used(next->head)) {
        uint32_t next_span = block_span(next->head);

        freelist_remove(list, next);
        span += next_span;
        behind = block_at(next, next_span);
        forget_head(cursor, next, behind);
    }
    behind->head |= BLOCK_PREV_FREE;
    if (block_prev_free(head)) {
        uint32_t prev_span = block_span(*block_foot(b));
        struct block *prev = block_before(b, prev_span);

        b->head = 0; /* or a second free of it would go unseen */
        forget_head(cursor, b, behind);
        span += prev_span;
        b = prev;
        if (freelist_bin(span) == freelist_bin(prev_span)) {
            set_free(b, span); /* it keeps its place in its bin */
            return;
        }
        freelist_remove(list, b);
    }
    set_free(b, span);
    freelist_insert(list, b, span);
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
        if (tail != next) {
            next->head = 0; /* lies inside a block now, and must not look like one */
        }
        forget_head(cursor, next, tail);
    }
    if (span > old_span) {
        lower_free(heap, span - old_span);
    } else {
        heap->free += old_span - span;
    }
    rest = block_distance(tail, behind);
    if (rest != 0) {
        set_free(tail, rest);
        freelist_insert(&heap->list, tail, rest);
        behind->head |= BLOCK_PREV_FREE;
    } else {
        behind->head &= ~BLOCK_PREV_FREE;
    }
}
