/* SPDX-License-Identifier: MIT */
/* The free lists of a heap: insert, remove, find. */
#include "freelist.h"

/* Spans below 2 KiB by steps of 8 bytes. Larger ones are looked up after a shift: five octaves are ten
 * bins, and from 64 bytes on the table repeats itself. */
enum {
    TABLE_SPANS = 2048,
    TABLE_OCTAVES = 5,
    TABLE_OCTAVE_BINS = 10,
    EXACT_BINS = 6, /* of spans below 64 */
};

HL_DATA static const uint8_t bins_of_spans[TABLE_SPANS / 8] = {
    0,  0,  0,  1,  2,  3,  4,  5,  6,  6,  6,  6,  7,  7,  7,  7,  8,  8,  8,  8,  8,  8,  8,  8,
    9,  9,  9,  9,  9,  9,  9,  9,  10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10,
    11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 11, 12, 12, 12, 12, 12, 12, 12, 12,
    12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12,
    13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13, 13,
    13, 13, 13, 13, 13, 13, 13, 13, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14,
    14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14,
    14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14, 14,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
    15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15,
};

HL_FN unsigned freelist_bin(uint32_t span)
{
    unsigned above = 0;

    while (span >= TABLE_SPANS) {
        span >>= TABLE_OCTAVES;
        above += TABLE_OCTAVE_BINS;
    }
    above += bins_of_spans[span >> 3];
    return above < FREELIST_BINS ? above : FREELIST_BINS - 1;
}

uint32_t freelist_bin_span(unsigned bin)
{
    uint32_t octave;

    if (bin < EXACT_BINS) {
        return BLOCK_MIN_SPAN + 8 * bin;
    }
    octave = (uint32_t)64 << ((bin - EXACT_BINS) >> 1);
    return (bin - EXACT_BINS) % 2 == 0 ? octave : octave + (octave >> 1);
}

#if defined(__ARM_FEATURE_CLZ) || defined(__riscv_zbb) || defined(__x86_64__) || defined(__i386__)
static inline unsigned lowest_bit(uint32_t bits)
{
    return (unsigned)__builtin_ctz(bits);
}
#else
/* Without an instruction for it: by a de Bruijn sequence (C. Leiserson, H. Prokop, K. Randall, Using de
 * Bruijn sequences to index a 1 in a computer word, 1998). */
HL_DATA static const uint8_t de_bruijn_bits[32] = {
    0,  1,  28, 2,  29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4,  8,
    31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6,  11, 5,  10, 9,
};

static inline unsigned lowest_bit(uint32_t bits)
{
    return de_bruijn_bits[((bits & (0U - bits)) * 0x077CB531U) >> 27];
}
#endif

HL_FN void freelist_insert(struct freelist *list, struct block *b, uint32_t span)
{
    unsigned bin = freelist_bin(span);
    uint32_t offset = freelist_offset(list, b);
    uint32_t front = list->bins[bin];

    if (front != 0 && front < offset) {
        struct block *first = freelist_block(list, front);
        uint32_t next = first->next;

        /* In second place: that keeps low addresses in front, nearly for free. */
        if (!HL_CHECK_LINKS || next == 0 || freelist_leads_into_heap(list, next)) {
            b->next = next;
            b->prev = front;
            first->next = offset;
            if (next != 0) {
                freelist_block(list, next)->prev = offset;
            }
            return;
        }
    }
    b->next = front;
    b->prev = bin;
    list->bins[bin] = offset;
    list->bitmap |= (uint32_t)1 << bin;
    if (front != 0) {
        freelist_block(list, front)->prev = offset;
    }
}

HL_FN void freelist_remove(struct freelist *list, struct block *b)
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

HL_FN bool freelist_sound(const struct freelist *list, const struct block *b)
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

static inline unsigned looks_for(unsigned bin)
{
    return bin == FREELIST_BINS - 1 ? FREELIST_LAST_LOOKS : FREELIST_LOOKS;
}

HL_FN struct block *freelist_find(const struct freelist *list, uint32_t need,
                                  const struct block **damaged)
{
    unsigned bin = freelist_bin(need);
    unsigned looks = looks_for(bin);
    uint32_t offset = list->bins[bin];
    uint32_t above;

    while (offset != 0 && looks-- != 0) {
        struct block *b = freelist_block(list, offset);

        if (block_span(b->head) >= need) {
            return b;
        }
        offset = b->next;
        if (HL_CHECK_LINKS && offset != 0 && !freelist_leads_into_heap(list, offset)) {
            *damaged = b;
            return NULL;
        }
    }
    above = list->bitmap & (UINT32_C(0xfffffffe) << bin);
    return above != 0 ? freelist_block(list, list->bins[lowest_bit(above)]) : NULL;
}

uint32_t freelist_sure_span(const struct freelist *list)
{
    unsigned bin = FREELIST_BINS - 1;
    unsigned looks;
    uint32_t offset;
    uint32_t sure = 0;

    if (list->bitmap == 0) {
        return 0;
    }
    while ((list->bitmap >> bin) == 0) {
        bin--;
    }
    looks = looks_for(bin);
    for (offset = list->bins[bin]; offset != 0 && looks-- != 0;) {
        const struct block *b = freelist_block(list, offset);
        uint32_t span = block_span(b->head);

        sure = span > sure ? span : sure;
        offset = b->next;
        if (HL_CHECK_LINKS && offset != 0 && !freelist_leads_into_heap(list, offset)) {
            break;
        }
    }
    return sure;
}
