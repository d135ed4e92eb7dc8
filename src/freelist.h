/* SPDX-License-Identifier: MIT */
/* The free lists of a heap: bins by size, found by a bitmap in constant time. */
#ifndef HL_FREELIST_H
#define HL_FREELIST_H

#include "block.h"

/*
 * 32 bins by span: one each for 16, 24, 32, 40, 48 and 56 bytes, then two per octave (64, 96, 128, 192,
 * ...); the last takes everything from 384 KiB on. A bin is a list of blocks. Offsets of 32 bits lead
 * from block to block: addresses where pointers have 32 bits, else distances from the base of the heap.
 * Each block knows the offset of the next one, and of the word that leads to itself: the `next` of the
 * block before it, or the head of its bin. So it leaves its list without knowing its bin.
 *
 * Bins are named by their place among the heads, in bytes.
 *
 * Good fit in the manner of TLSF (M. Masmano et al., TLSF: a new dynamic memory allocator for real-time
 * systems, 2004), with a look at the first blocks of the exact bin.
 */
enum {
    FREELIST_BINS = 32,
    FREELIST_BIN_BYTES = 4,
    FREELIST_LAST_BIN = (FREELIST_BINS - 1) * FREELIST_BIN_BYTES,
    FREELIST_LAST_BIN_SPAN = 384 * 1024,
    FREELIST_LOOKS = 3,      /* blocks looked at in the bin of the request */
    FREELIST_LAST_LOOKS = 5, /* and when that is the last bin, and nothing else was found */
    FREELIST_BASE_GAP = 256, /* least offset of a block: smaller ones are heads of bins */
};

struct freelist {
    hl_word bins[FREELIST_BINS]; /* offset of the first block, 0 for none */
    uint32_t bitmap;             /* bit i: bin i is not empty */
    struct block *first;         /* lowest block of the heap */
    uintptr_t last;              /* what a caller gets where a smallest block is the last one */
    uint32_t reach; /* each starts less than that behind the first; 0: there are none */
#if UINTPTR_MAX > UINT32_MAX
    char *base; /* what offsets are relative to */
#endif
};

/* The bins of spans below FREELIST_TABLE_SPANS, by steps of 8 bytes. Larger ones are looked up
 * after a shift by some octaves: from 64 bytes on the table repeats itself. */
enum {
#if defined(__OPTIMIZE_SIZE__)
    FREELIST_TABLE_SPANS = 256,
    FREELIST_TABLE_OCTAVES = 2,
#else
    FREELIST_TABLE_SPANS = 2048,
    FREELIST_TABLE_OCTAVES = 5,
#endif
    FREELIST_TABLE_BINS = FREELIST_TABLE_OCTAVES * 2 * FREELIST_BIN_BYTES,
};
extern const uint8_t freelist_bins_of_spans[FREELIST_TABLE_SPANS / 8];

#if defined(__OPTIMIZE_SIZE__)
/* freelist_bin, by steps. */
uint32_t freelist_bin_of_large(uint32_t span);
#endif

/* The largest span that freelist_find is sure to find, 0 when nothing is free. */
uint32_t freelist_sure_span(const struct freelist *list);

/* The smallest span that the bin of this number holds. */
uint32_t freelist_bin_span(unsigned number);

/* The list itself, heads of bins and all, has been copied to where it is now. */
void freelist_moved(struct freelist *list);

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

/* The offset of the head of a bin. */
HL_INLINE uint32_t freelist_head(const struct freelist *list, uint32_t bin)
{
#if UINTPTR_MAX > UINT32_MAX
    (void)list;
    return bin;
#else
    return (uint32_t)list->bins + bin;
#endif
}

/* The offset of the word in a block that leads to the next one. */
HL_INLINE uint32_t freelist_next_link(const struct freelist *list, const struct block *b)
{
    return freelist_offset(list, b) + (uint32_t)offsetof(struct block, next);
}

/* The word of which this is the offset. */
HL_INLINE hl_word *freelist_link(struct freelist *list, uint32_t link)
{
#if UINTPTR_MAX > UINT32_MAX
    return (hl_word *)(void *)((link < FREELIST_BASE_GAP ? (char *)list->bins : list->base) + link);
#else
    (void)list;
    return (hl_word *)link; /* NOLINT(performance-no-int-to-ptr): offsets are addresses */
#endif
}

/* Does an offset name a place where a block of this heap can lie? */
HL_INLINE bool freelist_leads_into_heap(const struct freelist *list, uint32_t offset)
{
    uint32_t distance = offset - freelist_offset(list, list->first);

    return distance < list->reach && distance % HL_ALIGN == 0;
}

/* The bin of free blocks of this span. */
HL_INLINE uint32_t freelist_bin(uint32_t span)
{
    if (HL_LIKELY(span < FREELIST_TABLE_SPANS)) {
        return freelist_bins_of_spans[span >> 3];
    }
#if defined(__OPTIMIZE_SIZE__)
    return freelist_bin_of_large(span);
#else
    if (span < FREELIST_TABLE_SPANS << FREELIST_TABLE_OCTAVES) {
        return freelist_bins_of_spans[span >> (3 + FREELIST_TABLE_OCTAVES)] + FREELIST_TABLE_BINS;
    }
    if (span < FREELIST_LAST_BIN_SPAN) {
        return freelist_bins_of_spans[span >> (3 + 2 * FREELIST_TABLE_OCTAVES)] +
               2 * FREELIST_TABLE_BINS;
    }
    return FREELIST_LAST_BIN;
#endif
}

HL_INLINE const hl_word *freelist_bin_head(const struct freelist *list, uint32_t bin)
{
    return (const hl_word *)(const void *)((const char *)list->bins + bin);
}

/* The offset of the first block of a bin, 0 for none. */
HL_INLINE uint32_t freelist_front(const struct freelist *list, uint32_t bin)
{
    return *(const hl_word *)(const void *)((const char *)list->bins + bin);
}

/* The bit that stands for a bin. */
HL_INLINE uint32_t freelist_bit(uint32_t bin)
{
    return (uint32_t)1 << (bin / FREELIST_BIN_BYTES);
}

#if defined(__ARM_FEATURE_CLZ) || defined(__riscv_zbb) || defined(__x86_64__) || defined(__i386__)
/* The bin of the lowest bit. */
HL_INLINE uint32_t freelist_lowest_bin(uint32_t bits)
{
    return (uint32_t)__builtin_ctz(bits) * FREELIST_BIN_BYTES;
}
#else
/* Without an instruction for it: by a de Bruijn sequence (C. Leiserson, H. Prokop, K. Randall,
 * Using de Bruijn sequences to index a 1 in a computer word, 1998). */
extern const uint8_t freelist_de_bruijn_bins[32];

HL_INLINE uint32_t freelist_lowest_bin(uint32_t bits)
{
    return freelist_de_bruijn_bins[((bits & (0U - bits)) * 0x077CB531U) >> 27];
}
#endif

/* A block at `b` (free, head and foot set) enters the bin of its span: in front if it is lower than
 * the first, else behind that one. So low addresses stay in front, nearly for free. */
HL_INLINE void freelist_insert(struct freelist *list, struct block *b, uint32_t span)
{
    uint32_t bin = freelist_bin(span);
    uint32_t link = freelist_head(list, bin);
    uint32_t offset = freelist_offset(list, b);
    uint32_t next = *freelist_link(list, link);

    if (next == 0) {
        list->bitmap |= freelist_bit(bin);
    } else if (next < offset) {
        link = freelist_next_link(list, freelist_block(list, next));
        next = *freelist_link(list, link);
        if (HL_CHECK_LINKS && next != 0 &&
            (!freelist_leads_into_heap(list, next) || freelist_block(list, next)->link != link)) {
            link = freelist_head(list, bin); /* not behind a damaged link: it would be followed */
            next = *freelist_link(list, link);
        }
    }
    b->next = next;
    b->link = link;
    *freelist_link(list, link) = offset;
    if (next != 0) {
        freelist_block(list, next)->link = freelist_next_link(list, b);
    }
}

/* A block leaves its bin. Its links are sound. */
HL_INLINE void freelist_remove(struct freelist *list, const struct block *b)
{
    uint32_t next = b->next;
    uint32_t link = b->link;

    *freelist_link(list, link) = next;
    if (next != 0) {
        freelist_block(list, next)->link = link;
    } else {
        uint32_t bin = link - freelist_head(list, 0);

        if (bin <= FREELIST_LAST_BIN) {
            list->bitmap ^= freelist_bit(bin); /* which is set */
        }
    }
}

/* Do the links of a free block lead to where something leads back? */
HL_INLINE bool freelist_sound(struct freelist *list, const struct block *b)
{
    uint32_t next = b->next;
    uint32_t link = b->link;
    uint32_t bin = link - freelist_head(list, 0);

    if (next != 0 && (!freelist_leads_into_heap(list, next) ||
                      freelist_block(list, next)->link != freelist_next_link(list, b))) {
        return false;
    }
    if (bin <= FREELIST_LAST_BIN
            ? bin % FREELIST_BIN_BYTES != 0
            : !freelist_leads_into_heap(list, link - (uint32_t)offsetof(struct block, next))) {
        return false;
    }
    return *freelist_link(list, link) == freelist_offset(list, b);
}

/* Blocks to look at in the bin of a request. */
HL_INLINE unsigned freelist_looks(uint32_t need)
{
    return need >= FREELIST_LAST_BIN_SPAN ? FREELIST_LAST_LOOKS : FREELIST_LOOKS;
}

/* Finds a free block of at least `need` bytes span, whose bin is this, or NULL. It stays in its
 * bin. At most `looks` blocks of the bin of the request are looked at. */
HL_INLINE struct block *freelist_find_in(const struct freelist *list, uint32_t bin, uint32_t need,
                                         unsigned looks)
{
    uint32_t offset = freelist_front(list, bin);
    uint32_t above;

    while (offset != 0) {
        struct block *b = freelist_block(list, offset);

        if (block_free_span(b->head) >= need) {
            return b;
        }
        offset = --looks != 0 ? b->next : 0;
        if (HL_CHECK_LINKS && offset != 0 && !freelist_leads_into_heap(list, offset)) {
            return b; /* too small: that is what makes the caller look closer */
        }
    }
    above = list->bitmap & (UINT32_C(0xfffffffe) << (bin / FREELIST_BIN_BYTES));
    if (above == 0) {
        return NULL;
    }
    return freelist_block(list, freelist_front(list, freelist_lowest_bin(above)));
}

HL_INLINE struct block *freelist_find(const struct freelist *list, uint32_t need, unsigned looks)
{
    return freelist_find_in(list, freelist_bin(need), need, looks);
}

/* A free block that was found, and its span. */
struct freelist_found {
    struct block *block;
    uint32_t span;
};

HL_INLINE bool freelist_fits(const struct freelist *list, uint32_t offset, uint32_t need,
                             struct freelist_found *found)
{
    found->block = freelist_block(list, offset);
    found->span = block_free_span(found->block->head);
    return found->span >= need;
}

/* The first block of the next bin above one of the usual case that has any, or 0. The bins above
 * are mostly filled: the next four (there are as many) are looked at before the bitmap is. */
HL_INLINE uint32_t freelist_front_above(const struct freelist *list, const hl_word *bin)
{
    uint32_t offset = bin[1];
    uint32_t filled;

    offset = offset != 0 ? offset : bin[2];
    offset = offset != 0 ? offset : bin[3];
    offset = offset != 0 ? offset : bin[4];
    if (offset != 0) {
        return offset;
    }
    filled = list->bitmap & (UINT32_C(0xfffffffe) << (bin - list->bins));
    return filled != 0 ? freelist_front(list, freelist_lowest_bin(filled)) : 0;
}

/* freelist_find for the usual case: less than FREELIST_TABLE_SPANS bytes. False: none is found. */
HL_INLINE bool freelist_find_small(const struct freelist *list, uint32_t need,
                                   struct freelist_found *found)
{
    const hl_word *bin = freelist_bin_head(list, freelist_bins_of_spans[need >> 3]);
    uint32_t offset = bin[0];

    if (offset != 0) {
        unsigned looks = FREELIST_LOOKS - 1;

        if (freelist_fits(list, offset, need, found)) {
            return true;
        }
        for (offset = found->block->next; offset != 0 && looks != 0; looks--) {
            if (HL_CHECK_LINKS && !freelist_leads_into_heap(list, offset)) {
                return false; /* to be found again, and reported */
            }
            if (freelist_fits(list, offset, need, found)) {
                return true;
            }
            offset = found->block->next;
        }
    }
    offset = freelist_front_above(list, bin);
    return offset != 0 && (freelist_fits(list, offset, need, found) || !HL_CHECK_LINKS);
}

#endif
