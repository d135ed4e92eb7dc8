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
    struct hl_account *accounts; /* one per task id (ledger.h) */
    struct hl_heap_desc desc;    /* as it was added */
};

/* Makes one free block of the memory from start to end. The heap is all zeros before; it stays so
 * when there is no room for one smallest block: false. */
bool heap_format(struct hl_heap *heap, uintptr_t start, uintptr_t end);

/* Does a block for `ptr` start in this heap, as far as the address says? If so, `room` is what lies
 * behind it if it is a smallest one. */
HL_INLINE bool heap_holds(const struct hl_heap *heap, const void *ptr, uint32_t *room)
{
    uintptr_t behind = heap->list.last - (uintptr_t)ptr;

    *room = (uint32_t)behind;
    return behind < heap->list.reach;
}

/* The span of a block for `size` bytes, unless that is less than a smallest block. */
HL_INLINE uint32_t heap_round_up(size_t size)
{
    return ((uint32_t)size + BLOCK_HEAD_BYTES + HL_ALIGN - 1) & ~(uint32_t)(HL_ALIGN - 1);
}

/* The span that a request for `size` bytes needs; 0 when no heap can have it. */
HL_INLINE uint32_t heap_span_for(size_t size)
{
    if (size - 1 >= BLOCK_MAX_SPAN - BLOCK_HEAD_BYTES) {
        return 0; /* 0 wraps to the largest */
    }
    return size <= BLOCK_MIN_SPAN - BLOCK_HEAD_BYTES ? BLOCK_MIN_SPAN : heap_round_up(size);
}

/* What follows is done on every allocation and free, and is compiled into it. */

/* A free block of at least this span gives from its high end when it stays in its bin: then no list
 * is touched. */
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

/* What is wrong with a block that its neighbour, or a list, says is free; `room`: bytes from it to
 * the end of the heap. */
HL_INLINE int heap_free_block_fault(struct hl_heap *heap, const struct block *b, uint32_t room)
{
    uint32_t head = b->head;
    uint32_t span = block_free_span(head);

    if (!block_is_free_head(head) || span < BLOCK_MIN_SPAN || span > room ||
        *block_foot(block_at(b, span)) != head) {
        return HL_FAULT_FREE_BLOCK;
    }
    return HL_CHECK_LINKS && !freelist_sound(&heap->list, b) ? HL_FAULT_FREE_LIST : 0;
}

/* Can a free block that was found give `need` bytes? If not, it is damaged. */
HL_INLINE bool heap_can_give(struct hl_heap *heap, const struct block *b, uint32_t need)
{
    return block_free_span(b->head) >= need &&
           heap_free_block_fault(heap, b, block_distance(b, heap->end)) == 0;
}

/* What of `span` free bytes a block of `need` bytes gets: all of them if the rest makes no
 * block. */
HL_INLINE uint32_t heap_rest_or_need(uint32_t span, uint32_t need)
{
    return span - need < BLOCK_MIN_SPAN ? span : need;
}

/* The rest of a large block stays in its bin for certain. A difference of less than a quarter
 * changes neither of the two highest bits, which are what tells the bins apart. */
HL_INLINE bool heap_stays_in_bin(uint32_t span, uint32_t rest)
{
    return rest >= HEAP_CUT_HIGH_SPAN && (span ^ rest) <= span >> 2;
}

/* What is left behind a block that was taken from the front of a free one. */
HL_INLINE void heap_free_rest(struct hl_heap *heap, struct block *b, uint32_t rest)
{
    if (rest == 0) {
        b->head &= ~BLOCK_PREV_FREE; /* no rest: the block behind */
    } else {
        heap_set_free(b, rest);
        freelist_insert(&heap->list, b, rest);
    }
}

/* Takes a block of `span` bytes from a free one of `whole` bytes; the rest is nothing or a block.
 *
 *     | free               |
 *     | new | free (rest)  |    in general; the rest may be missing
 *     | free         | new |    from a large block, which keeps its place in its bin
 */
HL_INLINE struct block *heap_take(struct hl_heap *heap, struct block *b, uint32_t whole,
                                  uint32_t span, uint32_t owner)
{
    uint32_t rest = whole - span;

    heap_lower_free(heap, span);
    if (heap_stays_in_bin(whole, rest)) {
        block_at(b, whole)->head &= ~BLOCK_PREV_FREE;
        heap_set_free(b, rest);
        b = block_at(b, rest);
        b->head = block_live_head(span, owner, BLOCK_PREV_FREE);
        return b;
    }
    freelist_remove(&heap->list, b);
    b->head = block_live_head(span, owner, 0);
    heap_free_rest(heap, block_at(b, span), rest);
    return b;
}

/* Is the block behind a live one live as well, as far as its state bits say? */
HL_INLINE bool heap_next_is_live(const struct block *next)
{
    return (next->head & (BLOCK_USED | BLOCK_PREV_FREE)) == BLOCK_USED;
}

/* What is wrong with the block behind a live one; `room`: bytes from it to the end of the heap. */
HL_INLINE int heap_next_fault(struct hl_heap *heap, const struct block *next, uint32_t room)
{
    if (HL_LIKELY(heap_next_is_live(next))) {
        /* the sentinel has neither span nor room */
        return HL_CHECK_LINKS && block_span(next->head) > room ? HL_FAULT_NEIGHBOUR : 0;
    }
    return block_prev_free(next->head) ? HL_FAULT_NEIGHBOUR
                                       : heap_free_block_fault(heap, next, room);
}

/* What is wrong with the free block that ends where `b` starts; `room`: bytes before `b`. */
HL_INLINE int heap_prev_fault(struct hl_heap *heap, const struct block *b, uint32_t room,
                              const struct block **where)
{
    uint32_t foot, span;

    if (room == 0) {
        return HL_FAULT_NEIGHBOUR; /* what is before the heap is not ours to read */
    }
    foot = *block_foot(b);
    span = block_span(foot);
    if (span > room || block_before(b, span)->head != foot) {
        return HL_FAULT_NEIGHBOUR; /* there is no telling where that block starts */
    }
    *where = block_before(b, span);
    if (!block_is_free_head(foot) || (HL_CHECK_LINKS && span < BLOCK_MIN_SPAN)) {
        return HL_FAULT_FREE_BLOCK;
    }
    return HL_CHECK_LINKS && !freelist_sound(&heap->list, *where) ? HL_FAULT_FREE_LIST : 0;
}

/* What the pointer itself and the head before it tell; `room` is from heap_holds. */
HL_INLINE int heap_head_fault(const void *ptr, uint32_t room)
{
    uint32_t head;

    if ((uintptr_t)ptr % HL_ALIGN != 0) {
        return HL_FAULT_MISALIGNED;
    }
    head = block_of(ptr)->head;
    if (!block_used(head)) {
        return HL_FAULT_NOT_USED;
    }
    return block_span(head) - BLOCK_MIN_SPAN > room ? HL_FAULT_SIZE : 0;
}

/* What is wrong with the neighbours of a live block, whose head has no fault. */
HL_INLINE int heap_neighbour_fault(struct hl_heap *heap, const struct block *b, uint32_t room,
                                   const struct block **where)
{
    uint32_t span = block_span(b->head);
    int fault;

    *where = block_at(b, span);
    fault = heap_next_fault(heap, *where, room - (span - BLOCK_MIN_SPAN));
    if (fault == 0 && block_prev_free(b->head)) {
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
    if (HL_LIKELY(block_used(next->head))) {
        next->head |= BLOCK_PREV_FREE;
    } else {
        uint32_t next_span = block_free_span(next->head);

        freelist_remove(list, next);
        span += next_span;
        behind = block_at(next, next_span);
        heap_forget_head(cursor, next, behind);
    }
    if (block_prev_free(head)) {
        uint32_t prev_span = block_free_span(*block_foot(b));

        b->head = 0; /* or a second free of it would go unseen */
        heap_forget_head(cursor, b, behind);
        b = block_before(b, prev_span);
        span += prev_span;
        freelist_remove(list, b);
    }
    heap_set_free(b, span);
    freelist_insert(list, b, span);
}

/* What is to be searched for, so that `need` bytes fit at this alignment; 0: no heap has that. */
uint32_t heap_search_span(uint32_t need, size_t alignment);

/* The gap in front of a block at such an alignment: nothing, or room for a block of its own. */
uint32_t heap_gap_for(const struct block *b, size_t alignment);

/* As heap_take, behind a gap that becomes a free block of its own; 0: no gap. Always the low end.
 *
 *     | free                          |
 *     | free (gap) | new | free (rest)|
 */
struct block *heap_take_behind(struct hl_heap *heap, struct block *b, uint32_t gap, uint32_t span,
                               uint32_t owner);

/* The span that a block without fault would have once it is resized in place to `need`; 0: it does
 * not fit there. */
uint32_t heap_resize_span(const struct block *b, uint32_t need);

/* Resizes a block in place to what heap_resize_span said, for a new owner. */
void heap_resize(struct hl_heap *heap, struct block *b, uint32_t span, uint32_t owner,
                 struct block **cursor);

#endif
