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

/* The bins of spans below FREELIST_TABLE_SPANS, by steps of 8 bytes. Larger ones are looked up after a
 * shift: five octaves are ten bins, and from 64 bytes on the table repeats itself. */
enum {
    FREELIST_TABLE_SPANS = 2048,
    FREELIST_TABLE_OCTAVES = 5,
    FREELIST_TABLE_OCTAVE_BINS = 10,
};
extern const uint8_t freelist_bins_of_spans[FREELIST_TABLE_SPANS / 8];

/* The largest span that freelist_find is sure to find, 0 when nothing is free. */
uint32_t freelist_sure_span(const struct freelist *list);

/* The smallest span that a bin holds. */
uint32_t freelist_bin_span(unsigned bin);

/* What follows is done on every allocation and free, and is compiled into it. */

HL_INLINE struct block *freelist_block(const struct freelist *list, uint32_t offset)
{
#if UINTPTR_MAX > UINT32_MAX
    return (struct block *)(void *)(list->base + offset);
#else
    (void)list;
    return (struct block *)offset; /* NOLINT(performance-no-int-to-ptr): offsets are addresses */
#endif
}

HL_INLINE uint32_t freelist_offset(const struct freelist *list, const struct block *b)
{
#if UINTPTR_MAX > UINT32_MAX
    return (uint32_t)((const char *)b - list->base);
#else
    (void)list;
    return (uint32_t)b;
#endif
}

/* Does an offset name a place where a block of this heap can lie? */
HL_INLINE bool freelist_leads_into_heap(const struct freelist *list, uint32_t offset)
{
    uint32_t distance = offset - freelist_offset(list, list->first);

    return distance <= list->extent && distance % HL_ALIGN == 0;
}

/* The bin that holds free blocks of this span. */
HL_INLINE unsigned freelist_bin(uint32_t span)
{
    unsigned above = 0;

    if (HL_LIKELY(span < FREELIST_TABLE_SPANS)) {
        return freelist_bins_of_spans[span >> 3];
    }
    do {
        span >>= FREELIST_TABLE_OCTAVES;
        above += FREELIST_TABLE_OCTAVE_BINS;
    } while (span >= FREELIST_TABLE_SPANS);
    above += freelist_bins_of_spans[span >> 3];
    return above < FREELIST_BINS ? above : FREELIST_BINS - 1;
}

#if defined(__ARM_FEATURE_CLZ) || defined(__riscv_zbb) || defined(__x86_64__) || defined(__i386__)
HL_INLINE unsigned freelist_lowest_bit(uint32_t bits)
{
    return (unsigned)__builtin_ctz(bits);
}
#else
/* Without an instruction for it: by a de Bruijn sequence (C. Leiserson, H. Prokop, K. Randall, Using de
 * Bruijn sequences to index a 1 in a computer word, 1998). */
extern const uint8_t freelist_de_bruijn_bits[32];

HL_INLINE unsigned freelist_lowest_bit(uint32_t bits)
{
    return freelist_de_bruijn_bits[((bits & (0U - bits)) * 0x077CB531U) >> 27];
}
#endif

/* A block at `b` (free, span and foot set) enters the bin of its span. */
HL_INLINE void freelist_insert(struct freelist *list, struct block *b, uint32_t span)
{
    unsigned bin = freelist_bin(span);
    uint32_t offset = freelist_offset(list, b);
    uint32_t front = list->bins[bin];

    if (front == 0) {
        list->bitmap |= (uint32_t)1 << bin;
    } else {
        struct block *first = freelist_block(list, front);
        uint32_t next = first->next;

        /* In second place unless it is the lowest: that keeps low addresses in front, nearly for free. Not
         * behind a damaged link: it would be followed. */
        if (front < offset &&
            (!HL_CHECK_LINKS || next == 0 ||
             (freelist_leads_into_heap(list, next) && freelist_block(list, next)->prev == front))) {
            b->next = next;
            b->prev = front;
            first->next = offset;
            if (next != 0) {
                freelist_block(list, next)->prev = offset;
            }
            return;
        }
        first->prev = offset;
    }
    b->next = front;
    b->prev = bin;
    list->bins[bin] = offset;
}

/* A block leaves its bin. Its links are sound: freelist_sound has been asked. */
HL_INLINE void freelist_remove(struct freelist *list, struct block *b)
{
    uint32_t next = b->next;
    uint32_t prev = b->prev;

    if (next != 0) {
        freelist_block(list, next)->prev = prev;
    }
    if (prev >= FREELIST_BINS) {
        freelist_block(list, prev)->next = next;
        return;
    }
    list->bins[prev] = next;
    if (next == 0) {
        list->bitmap &= ~((uint32_t)1 << prev);
    }
}

/* Do the links of a free block lead to blocks that link back? */
HL_INLINE bool freelist_sound(const struct freelist *list, const struct block *b)
{
    uint32_t offset = freelist_offset(list, b);
    uint32_t next = b->next;
    uint32_t prev = b->prev;

    if (next != 0 &&
        (!freelist_leads_into_heap(list, next) || freelist_block(list, next)->prev != offset)) {
        return false;
    }
    if (prev < FREELIST_BINS) {
        return list->bins[prev] == offset;
    }
    return freelist_leads_into_heap(list, prev) && freelist_block(list, prev)->next == offset;
}

/* Blocks looked at in the bin of a request. */
HL_INLINE unsigned freelist_looks(unsigned bin)
{
    return bin == FREELIST_BINS - 1 ? FREELIST_LAST_LOOKS : FREELIST_LOOKS;
}

/* Where freelist_find has found a block. */
struct freelist_found {
    struct block *block;
    hl_word *link; /* the word that leads to it: in a bin, or in the block before it */
    uint32_t prev; /* what its `prev` must be */
};

/* Finds a free block of at least `need` bytes span. False: there is none. It stays in its bin, and nothing
 * is known yet but the link to it: a block whose links are damaged may be found too, and is too small or
 * not freelist_found_sound. At most FREELIST_LAST_LOOKS blocks looked at. */
HL_INLINE bool freelist_find(struct freelist *list, uint32_t need, struct freelist_found *found)
{
    unsigned bin = freelist_bin(need);
    uint32_t offset = list->bins[bin];
    uint32_t above;

    found->link = &list->bins[bin];
    found->prev = bin;
    if (offset != 0) {
        unsigned looks = freelist_looks(bin);

        for (;;) {
            struct block *b = freelist_block(list, offset);
            uint32_t next;

            found->block = b;
            if (block_span(b->head) >= need) {
                return true;
            }
            next = b->next;
            if (next == 0 || --looks == 0) {
                break;
            }
            if (HL_CHECK_LINKS && !freelist_leads_into_heap(list, next)) {
                return true;
            }
            found->link = &b->next;
            found->prev = offset;
            offset = next;
        }
    }
    above = list->bitmap & (UINT32_C(0xfffffffe) << bin);
    if (above == 0) {
        return false;
    }
    bin = freelist_lowest_bit(above);
    found->link = &list->bins[bin];
    found->prev = bin;
    found->block = freelist_block(list, *found->link);
    return true;
}

/* freelist_sound, for a block that was found. */
HL_INLINE bool freelist_found_sound(const struct freelist *list, const struct freelist_found *found)
{
    const struct block *b = found->block;
    uint32_t next = b->next;

    return b->prev == found->prev &&
           (next == 0 || (freelist_leads_into_heap(list, next) &&
                          freelist_block(list, next)->prev == freelist_offset(list, b)));
}

/* freelist_remove, for a block that was found. */
HL_INLINE void freelist_remove_found(struct freelist *list, const struct freelist_found *found)
{
    uint32_t next = found->block->next;

    *found->link = next;
    if (next != 0) {
        freelist_block(list, next)->prev = found->prev;
    } else if (found->prev < FREELIST_BINS) {
        list->bitmap &= ~((uint32_t)1 << found->prev);
    }
}

#endif
