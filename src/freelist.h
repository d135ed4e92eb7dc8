/* SPDX-License-Identifier: MIT */
/* The free lists of a heap: bins by size, found by a bitmap in constant time. */
#ifndef HL_FREELIST_H
#define HL_FREELIST_H

#include "block.h"

/*
 * 32 bins by span: one each for 16, 24, 32, 40, 48 and 56 bytes, then two per octave (64, 96, 128, 192,
 * ...); the last takes everything from 384 KiB on. A bin is a list of blocks, linked both ways by
 * offsets of 32 bits: addresses where pointers have 32 bits, else distances from the base of the heap.
 * Offsets below FREELIST_BINS stand for the head of that bin; no block has such an offset.
 *
 * Good fit in the manner of TLSF (M. Masmano et al., TLSF: a new dynamic memory allocator for real-time
 * systems, 2004), with a look at the first blocks of the exact bin.
 */
enum {
    FREELIST_BINS = 32,
    FREELIST_LOOKS = 4,       /* blocks looked at in the bin of the request */
    FREELIST_LAST_LOOKS = 32, /* and when that is the last bin */
    FREELIST_BASE_GAP = 64,   /* offset of the first block, at least; more than FREELIST_BINS */
};

struct freelist {
    uint32_t bitmap;              /* bit i: bin i is not empty */
    uint32_t bins[FREELIST_BINS]; /* offset of the first block, 0 for none */
    struct block *first;          /* lowest block of the heap */
    uint32_t extent;              /* links lead at most this far behind `first` */
#if UINTPTR_MAX > UINT32_MAX
    char *base; /* what offsets are relative to */
#endif
};

/* A block at `b` (free, span and foot set) enters its bin; linear in nothing. */
void freelist_insert(struct freelist *list, struct block *b, uint32_t span);

/* A block leaves its bin. Its links are sound: freelist_sound has been asked. */
void freelist_remove(struct freelist *list, struct block *b);

/* Do the links of a free block lead to blocks that link back? */
bool freelist_sound(const struct freelist *list, const struct block *b);

/* A free block of at least `need` bytes span, or NULL. Stays in its bin. Sets *damaged to a block whose
 * links or head are not sound, and returns NULL then. At most FREELIST_LAST_LOOKS blocks looked at. */
struct block *freelist_find(const struct freelist *list, uint32_t need,
                            const struct block **damaged);

/* The largest span that freelist_find is sure to find, 0 when nothing is free. */
uint32_t freelist_sure_span(const struct freelist *list);

/* The bin that holds free blocks of this span, and the smallest span that it holds. */
unsigned freelist_bin(uint32_t span);
uint32_t freelist_bin_span(unsigned bin);

static inline struct block *freelist_block(const struct freelist *list, uint32_t offset)
{
#if UINTPTR_MAX > UINT32_MAX
    return (struct block *)(void *)(list->base + offset);
#else
    (void)list;
    return (struct block *)offset; /* NOLINT(performance-no-int-to-ptr): offsets are addresses */
#endif
}

static inline uint32_t freelist_offset(const struct freelist *list, const struct block *b)
{
#if UINTPTR_MAX > UINT32_MAX
    return (uint32_t)((const char *)b - list->base);
#else
    (void)list;
    return (uint32_t)b;
#endif
}

/* Does an offset name a place where a block of this heap can lie? */
static inline bool freelist_leads_into_heap(const struct freelist *list, uint32_t offset)
{
    uint32_t distance = offset - freelist_offset(list, list->first);

    return distance <= list->extent && distance % HL_ALIGN == 0;
}

#endif
