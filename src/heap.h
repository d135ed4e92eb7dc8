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
    struct block *from; /* the free block */
    uint32_t gap;  /* bytes left in front as a free block of their own; 0 or >= BLOCK_MIN_SPAN */
    uint32_t span; /* of the new block; all that is behind the gap if the rest makes no block */
    bool fixed;    /* an alignment says where it starts: right behind the gap */
};

/* Makes one free block of the memory from start to end. False: no room for one smallest block. */
bool heap_format(struct hl_heap *heap, uintptr_t start, uintptr_t end);

/* Does a block for `ptr` start in this heap, as far as the address says? */
static inline bool heap_holds(const struct hl_heap *heap, const void *ptr)
{
    return (uintptr_t)ptr - BLOCK_HEAD_BYTES - (uintptr_t)heap->list.first <= heap->list.extent;
}

/* The span that a request for `size` bytes needs; 0 when no heap can have it. */
static inline uint32_t heap_span_for(size_t size)
{
    if (size - 1 >= BLOCK_MAX_SPAN - BLOCK_HEAD_BYTES) {
        return 0; /* 0 wraps to the largest */
    }
    if (size <= BLOCK_MIN_SPAN - BLOCK_HEAD_BYTES) {
        return BLOCK_MIN_SPAN;
    }
    return ((uint32_t)size + BLOCK_HEAD_BYTES + HL_ALIGN - 1) & ~(uint32_t)(HL_ALIGN - 1);
}

/* Chooses a place. False: no room (*damaged stays NULL), or a damaged free block is in the way. */
bool heap_place(const struct hl_heap *heap, uint32_t need, size_t alignment,
                struct placement *place, const struct block **damaged);

/* Takes the place for a task. Returns the new block. */
struct block *heap_take(struct hl_heap *heap, const struct placement *place, uint32_t owner);

/* What is wrong with a pointer that heap_holds, as far as header and neighbours tell; 0 if nothing.
 * Sets *where to the block in question. */
int heap_block_fault(const struct hl_heap *heap, const void *ptr, const struct block **where);

/* Frees a block without fault and merges it with its neighbours. A cursor on a head that vanishes is
 * moved behind the merged block (walk.h). */
void heap_release(struct hl_heap *heap, struct block *b, struct block **cursor);

/* The span that a block without fault would have once it is resized in place to `need`; 0: it does not
 * fit there. */
uint32_t heap_resize_span(const struct block *b, uint32_t need);

/* Resizes a block in place to what heap_resize_span said, for a new owner. */
void heap_resize(struct hl_heap *heap, struct block *b, uint32_t span, uint32_t owner,
                 struct block **cursor);

#endif
