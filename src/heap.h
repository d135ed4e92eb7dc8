/* SPDX-License-Identifier: MIT */
/* One heap: blocks are placed, grown, shrunk and freed, and nobody's name is known. */
#ifndef HL_HEAP_H
#define HL_HEAP_H

#include "heapledger/heapledger.h"

#include "freelist.h"

struct hl_heap {
    struct freelist list;
    struct block *end; /* the sentinel */
    uint32_t free;     /* bytes in free blocks, heads included */
    uint32_t min_free;
    uint32_t caps_all;
    struct hl_account *accounts; /* one per task id (ledger.h) */
    struct hl_heap_desc desc;    /* as it was added */
};

/* Where an allocation goes: chosen first, then charged, then taken. */
struct placement {
    struct freelist_found from; /* the free block */
    uint32_t gap;  /* bytes left in front as a free block of their own; 0 or >= BLOCK_MIN_SPAN */
    uint32_t span; /* of the new block; all that is behind the gap if the rest makes no block */
    bool fixed;    /* an alignment says where it starts: right behind the gap */
};

/* Makes one free block of the memory from start to end. False: no room for one smallest block. */
bool heap_format(struct hl_heap *heap, uintptr_t start, uintptr_t end);

/* Does a block for `ptr` start in this heap, as far as the address says? */
HL_INLINE bool heap_holds(const struct hl_heap *heap, const void *ptr)
{
    return (uintptr_t)ptr - (uintptr_t)heap->list.first - BLOCK_HEAD_BYTES <= heap->list.extent;
}

/* The span that a request for `size` bytes needs; 0 when no heap can have it. */
HL_INLINE uint32_t heap_span_for(size_t size)
{
    if (size - 1 >= BLOCK_MAX_SPAN - BLOCK_HEAD_BYTES) {
        return 0; /* 0 wraps to the largest */
    }
    if (size <= BLOCK_MIN_SPAN - BLOCK_HEAD_BYTES) {
        return BLOCK_MIN_SPAN;
    }
    return ((uint32_t)size + BLOCK_HEAD_BYTES + HL_ALIGN - 1) & ~(uint32_t)(HL_ALIGN - 1);
}

/* What follows is done on every allocation and free, and is compiled into it. */

/* A free block of at least this span gives from its high end when it stays in its bin: then no list is
 * touched. */
enum {
    HEAP_CUT_HIGH_SPAN = 2048
};

HL_INLINE void heap_set_free(struct block *b, uint32_t span)
{
    b->head = block_free_head(span);
    *block_foot(block_at(b, span)) = b->head;
}

HL_INLINE void heap_lower_free(struct hl_heap *heap, uint32_t bytes)
{
    heap->free -= bytes;
    if (heap->free < heap->min_free) {
        heap->min_free = heap->free;
    }
}

/* The cursor of a walk must not stay on a head that is about to vanish. */
HL_INLINE void heap_forget_head(struct block **cursor, const struct block *head,
                                struct block *instead)
{
    if (*cursor == head) {
        *cursor = instead;
    }
}

/* What is wrong with a block that its neighbour, or a list, says is free; `room`: bytes from it to the
 * end of the heap. */
HL_INLINE int heap_free_block_fault(const struct hl_heap *heap, const struct block *b,
                                    uint32_t room)
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
uint32_t heap_gap_for(const struct block *b, size_t alignment);

/* What is to be searched for, so that `need` bytes fit at this alignment; 0: no heap has that. */
HL_INLINE uint32_t heap_search_span(uint32_t need, size_t alignment)
{
    if (alignment <= HL_ALIGN) {
        return need;
    }
    if (need == 0 || alignment > BLOCK_MAX_SPAN - need) {
        return 0;
    }
    return need + (uint32_t)alignment + BLOCK_MIN_SPAN - HL_ALIGN;
}

/* Chooses the place inside a free block that was found for `search` bytes. False: it is damaged. */
HL_INLINE bool heap_place(const struct hl_heap *heap, uint32_t search, uint32_t need,
                          size_t alignment, struct placement *place)
{
    const struct block *b = place->from.block;
    uint32_t head = b->head;
    uint32_t span = block_span(head);

    if (span < search || span > block_distance(b, heap->end) ||
        *block_foot(block_at(b, span)) != head ||
        (HL_CHECK_LINKS && !freelist_found_sound(&heap->list, &place->from))) {
        return false;
    }
    place->fixed = alignment > HL_ALIGN;
    place->gap = place->fixed ? heap_gap_for(b, alignment) : 0;
    span -= place->gap;
    place->span = span - need < BLOCK_MIN_SPAN ? span : need;
    return true;
}

/*
 *     | free                          |        the place
 *     | free (gap) | new | free (rest)|        in general; gap and rest may be missing
 *     | free             | new        |        from a large block, which keeps its place in its bin
 */
HL_INLINE struct block *heap_take(struct hl_heap *heap, const struct placement *place,
                                  uint32_t owner)
{
    struct block *b = place->from.block;
    uint32_t span = block_span(b->head);
    uint32_t rest = span - place->gap - place->span;
    struct block *behind = block_at(b, span);
    uint32_t prev_free = 0;

    heap_lower_free(heap, place->span);
    if (rest >= HEAP_CUT_HIGH_SPAN && !place->fixed && freelist_bin(rest) == freelist_bin(span)) {
        heap_set_free(b, rest);
        b = block_at(b, rest);
        b->head = block_live_head(place->span, owner, BLOCK_PREV_FREE);
        behind->head &= ~BLOCK_PREV_FREE;
        return b;
    }
    freelist_remove_found(&heap->list, &place->from);
    if (place->gap != 0) {
        heap_set_free(b, place->gap);
        freelist_insert(&heap->list, b, place->gap);
        b = block_at(b, place->gap);
        prev_free = BLOCK_PREV_FREE;
    }
    b->head = block_live_head(place->span, owner, prev_free);
    if (rest != 0) {
        struct block *tail = block_at(b, place->span);

        heap_set_free(tail, rest);
        freelist_insert(&heap->list, tail, rest);
    } else {
        behind->head &= ~BLOCK_PREV_FREE;
    }
    return b;
}

/* What is wrong with the block behind `b`; `room`: bytes from it to the end of the heap. */
HL_INLINE int heap_next_fault(const struct hl_heap *heap, const struct block *next, uint32_t room)
{
    uint32_t head = next->head;
    uint32_t span = block_span(head);

    if (block_prev_free(head) || span > room) { /* the sentinel has neither span nor room */
        return HL_FAULT_NEIGHBOUR;
    }
    return block_used(head) ? 0 : heap_free_block_fault(heap, next, room);
}

/* What is wrong with the free block that ends where `b` starts; `room`: bytes before `b`. */
HL_INLINE int heap_prev_fault(const struct hl_heap *heap, const struct block *b, uint32_t room,
                              const struct block **where)
{
    uint32_t foot, span;

    if (room == 0) {
        return HL_FAULT_NEIGHBOUR; /* what is before the heap is not ours to read */
    }
    foot = *block_foot(b);
    span = block_span(foot);
    if (span > room) {
        return HL_FAULT_NEIGHBOUR;
    }
    if (block_before(b, span)->head != foot) {
        return HL_FAULT_NEIGHBOUR; /* the foot lies: there is no telling where that block starts */
    }
    *where = block_before(b, span);
    return heap_free_block_fault(heap, *where, span);
}

HL_INLINE int heap_block_fault(const struct hl_heap *heap, const void *ptr,
                               const struct block **where)
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
    fault = heap_next_fault(heap, *where, room - span);
    if (fault == 0 && block_prev_free(head)) {
        *where = b;
        fault = heap_prev_fault(heap, b, block_distance(heap->list.first, b), where);
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
HL_INLINE void heap_release(struct hl_heap *heap, struct block *b, struct block **cursor)
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
        heap_forget_head(cursor, next, behind);
    }
    behind->head |= BLOCK_PREV_FREE;
    if (block_prev_free(head)) {
        uint32_t prev_span = block_span(*block_foot(b));
        struct block *prev = block_before(b, prev_span);

        b->head = 0; /* or a second free of it would go unseen */
        heap_forget_head(cursor, b, behind);
        span += prev_span;
        b = prev;
        freelist_remove(list, b);
    }
    heap_set_free(b, span);
    freelist_insert(list, b, span);
}

/* The span that a block without fault would have once it is resized in place to `need`; 0: it does not
 * fit there. */
uint32_t heap_resize_span(const struct block *b, uint32_t need);

/* Resizes a block in place to what heap_resize_span said, for a new owner. */
void heap_resize(struct hl_heap *heap, struct block *b, uint32_t span, uint32_t owner,
                 struct block **cursor);

#endif
