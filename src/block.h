/* SPDX-License-Identifier: MIT */
/* A block's layout and tag. The only file that touches the bits of a header. */
#ifndef HL_BLOCK_H
#define HL_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heapledger/config.h"

#include "compiler.h"

/*
 * A heap is a row of blocks without gaps, closed by a sentinel of one word. Every block starts with one
 * word, its head, and a live block is nothing but that word and the caller's bytes:
 *
 *     live block                            free block
 *     +--------------------------+          +--------------------------+
 *     | span | P | 1 | owner     | head     | span | 0 | 0 | 0         | head
 *     +--------------------------+          +--------------------------+
 *     | the caller's bytes       |          | next: offset, 0 for none | link
 *     |                          |          +--------------------------+
 *     |                          |          | link: what leads here    |
 *     |                          |          +--------------------------+
 *     |                          |          | ...                      |
 *     |                          |          +--------------------------+
 *     |                          |          | copy of the head         | foot
 *     +--------------------------+          +--------------------------+
 *
 * The span counts the whole block, head included, in units of HL_ALIGN; a caller's bytes begin at a
 * multiple of HL_ALIGN, so heads lie one word before such multiples. P says that the block before is
 * free, and that its foot is the word before this head: that is how a block finds the one before it.
 * Two free blocks never touch. The sentinel is a live head of span 0.
 *
 *      31                    10  9   8   7        0      (HL_OWNER_BITS 8)
 *     +------------------------+---+---+-----------+
 *     | span / HL_ALIGN        | P | U |   owner   |
 *     +------------------------+---+---+-----------+
 */

#if defined(__GNUC__)
typedef uint32_t __attribute__((may_alias))
hl_word; /* lies in memory that had another type before */
#else
typedef uint32_t hl_word;
#endif

struct block {
    hl_word head;
    hl_word next; /* from here on: free blocks only */
    hl_word link;
};

enum {
    BLOCK_HEAD_BYTES = 4,
    BLOCK_MIN_SPAN = 16, /* head, next, link, foot */
    BLOCK_SPAN_SHIFT = HL_OWNER_BITS + 2,
    BLOCK_ALIGN_SHIFT = HL_ALIGN == 4 ? 2 : HL_ALIGN == 8 ? 3 : 4,
};

#define BLOCK_OWNER_MASK ((1UL << HL_OWNER_BITS) - 1)
#define BLOCK_USED       ((uint32_t)1 << HL_OWNER_BITS)
#define BLOCK_PREV_FREE  ((uint32_t)2 << HL_OWNER_BITS)
#define BLOCK_TAG_MASK   (((uint32_t)1 << BLOCK_SPAN_SHIFT) - 1)
#define BLOCK_MAX_SPAN   ((((uint32_t)1 << (32 - BLOCK_SPAN_SHIFT)) - 1) << BLOCK_ALIGN_SHIFT)

_Static_assert(sizeof(hl_word) == BLOCK_HEAD_BYTES, "a head is one 32-bit word");
_Static_assert(sizeof(struct block) + sizeof(hl_word) == BLOCK_MIN_SPAN, "the foot comes behind");
_Static_assert(HL_ALIGN == 1 << BLOCK_ALIGN_SHIFT, "HL_ALIGN is 4, 8 or 16");
_Static_assert(BLOCK_MIN_SPAN % HL_ALIGN == 0, "the smallest block is a multiple of the alignment");
_Static_assert(BLOCK_OWNER_MASK < BLOCK_USED && BLOCK_USED < BLOCK_PREV_FREE &&
                   BLOCK_PREV_FREE < (uint32_t)1 << BLOCK_SPAN_SHIFT,
               "owner, the two state bits and the span do not overlap");

/* Bytes from this head to the next. */
HL_FN static inline uint32_t block_span(uint32_t head)
{
    return (head >> BLOCK_SPAN_SHIFT) << BLOCK_ALIGN_SHIFT;
}

/* Usable bytes of a block of this span: what the ledger counts. */
HL_FN static inline uint32_t block_size(uint32_t span)
{
    return span - BLOCK_HEAD_BYTES;
}

HL_FN static inline uint32_t block_owner(uint32_t head)
{
    return head & BLOCK_OWNER_MASK;
}

HL_FN static inline bool block_used(uint32_t head)
{
    return (head & BLOCK_USED) != 0;
}

HL_FN static inline bool block_prev_free(uint32_t head)
{
    return (head & BLOCK_PREV_FREE) != 0;
}

/* The same for a head that is known to be that of a free block. */
HL_FN static inline uint32_t block_free_span(uint32_t head)
{
    return head >> (BLOCK_SPAN_SHIFT - BLOCK_ALIGN_SHIFT);
}

/* The head, and the foot, of a free block. `span` is a multiple of HL_ALIGN. */
HL_FN static inline uint32_t block_free_head(uint32_t span)
{
    return span << (BLOCK_SPAN_SHIFT - BLOCK_ALIGN_SHIFT);
}

HL_FN static inline bool block_is_free_head(uint32_t head)
{
    return (head & BLOCK_TAG_MASK) == 0;
}

/* The head of a live block; `prev_free` is BLOCK_PREV_FREE or 0. */
HL_FN static inline uint32_t block_live_head(uint32_t span, uint32_t owner, uint32_t prev_free)
{
    return block_free_head(span) | prev_free | BLOCK_USED | owner;
}

HL_FN static inline uint32_t block_with_owner(uint32_t head, uint32_t owner)
{
    return (head & ~(uint32_t)BLOCK_OWNER_MASK) | owner;
}

HL_FN static inline struct block *block_at(const struct block *b, uint32_t bytes)
{
    return (struct block *)(void *)((char *)(uintptr_t)b + bytes);
}

HL_FN static inline struct block *block_before(const struct block *b, uint32_t bytes)
{
    return (struct block *)(void *)((char *)(uintptr_t)b - bytes);
}

/* The last word of the block that ends where `behind` starts. */
HL_FN static inline hl_word *block_foot(const struct block *behind)
{
    return &block_before(behind, BLOCK_HEAD_BYTES)->head;
}

HL_FN static inline void *block_user(const struct block *b)
{
    return &block_at(b, BLOCK_HEAD_BYTES)->head;
}

HL_FN static inline struct block *block_of(const void *user)
{
    return block_before(user, BLOCK_HEAD_BYTES);
}

/* Bytes from a to b, which lies in the same heap and not before a. */
HL_FN static inline uint32_t block_distance(const struct block *a, const struct block *b)
{
    return (uint32_t)((const char *)b - (const char *)a);
}

#endif
