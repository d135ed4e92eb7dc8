/* SPDX-License-Identifier: MIT */
/* The free lists of a heap: tables, and what is not asked on every allocation. */
#include "freelist.h"

enum {
    EXACT_BINS = 6
}; /* of spans below 64 */

HL_DATA const uint8_t freelist_bins_of_spans[FREELIST_TABLE_SPANS / 8] = {
    0,  0,  0,  4,  8,  12, 16, 20, 24, 24, 24, 24, 28, 28, 28, 28, 32, 32, 32, 32, 32, 32, 32,
    32, 36, 36, 36, 36, 36, 36, 36, 36,
#if !defined(__OPTIMIZE_SIZE__)
    40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 44, 44, 44, 44, 44, 44, 44,
    44, 44, 44, 44, 44, 44, 44, 44, 44, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48,
    48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 52, 52, 52, 52, 52,
    52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52,
    52, 52, 52, 52, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56,
    56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56,
    56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 56, 60,
    60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60,
    60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60,
    60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60,
#endif
};

/* Only linked where the machine has no instruction for it. */
HL_DATA const uint8_t freelist_de_bruijn_bins[32] = {
    0,   4,   112, 8,  116, 56, 96, 12, 120, 88, 80, 60, 100, 68, 16, 32,
    124, 108, 52,  92, 84,  76, 64, 28, 104, 48, 72, 24, 44,  20, 40, 36,
};

#if defined(__OPTIMIZE_SIZE__)
HL_FN uint32_t freelist_bin_of_large(uint32_t span)
{
    uint32_t bin = 0;

    while (span >= FREELIST_TABLE_SPANS) {
        span >>= FREELIST_TABLE_OCTAVES;
        bin += FREELIST_TABLE_BINS;
    }
    bin += freelist_bins_of_spans[span >> 3];
    return bin < FREELIST_LAST_BIN ? bin : FREELIST_LAST_BIN;
}
#endif

uint32_t freelist_bin_span(unsigned number)
{
    uint32_t octave;

    if (number < EXACT_BINS) {
        return BLOCK_MIN_SPAN + 8 * number;
    }
    octave = (uint32_t)64 << ((number - EXACT_BINS) >> 1);
    return (number - EXACT_BINS) % 2 == 0 ? octave : octave + (octave >> 1);
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
    looks = bin == FREELIST_BINS - 1 ? FREELIST_LAST_LOOKS : FREELIST_LOOKS;
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

void freelist_moved(struct freelist *list)
{
    for (uint32_t bin = 0; bin < FREELIST_BINS; bin++) {
        uint32_t offset = list->bins[bin];

        if (offset != 0 && freelist_leads_into_heap(list, offset)) {
            freelist_block(list, offset)->link = freelist_head(list, bin * FREELIST_BIN_BYTES);
        }
    }
}
