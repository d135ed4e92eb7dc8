/* SPDX-License-Identifier: MIT */
/* The free lists of a heap: tables, and what is not asked on every allocation. */
#include "freelist.h"

enum {
    EXACT_BINS = 6
}; /* of spans below 64 */

HL_DATA const uint8_t freelist_bins_of_spans[FREELIST_TABLE_SPANS / 8] = {
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

/* Only linked where the machine has no instruction for it. */
HL_DATA const uint8_t freelist_de_bruijn_bits[32] = {
    0,  1,  28, 2,  29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4,  8,
    31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6,  11, 5,  10, 9,
};

uint32_t freelist_bin_span(unsigned bin)
{
    uint32_t octave;

    if (bin < EXACT_BINS) {
        return BLOCK_MIN_SPAN + 8 * bin;
    }
    octave = (uint32_t)64 << ((bin - EXACT_BINS) >> 1);
    return (bin - EXACT_BINS) % 2 == 0 ? octave : octave + (octave >> 1);
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
    looks = freelist_looks(bin);
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
