/* SPDX-License-Identifier: MIT */
/* The layout of a heap, read the slow and plain way. */
#include "support/layout.h"

#include <string.h>

uint32_t layout_word(uintptr_t address)
{
    uint32_t word;

    memcpy(&word, (const void *)address, sizeof word); /* NOLINT(performance-no-int-to-ptr) */
    return word;
}

void layout_set_word(uintptr_t address, uint32_t word)
{
    memcpy((void *)address, &word, sizeof word); /* NOLINT(performance-no-int-to-ptr) */
}

struct layout_tag layout_tag(uintptr_t head)
{
    uint32_t word = layout_word(head);
    struct layout_tag tag = {
        .span = (word >> (HL_OWNER_BITS + 2)) * HL_ALIGN,
        .owner = word & ((1U << HL_OWNER_BITS) - 1),
        .used = (word >> HL_OWNER_BITS & 1U) != 0,
        .prev_free = (word >> (HL_OWNER_BITS + 1) & 1U) != 0,
    };

    return tag;
}

uint32_t layout_head(uint32_t span, bool prev_free, bool used, uint32_t owner)
{
    return span / HL_ALIGN << (HL_OWNER_BITS + 2) | (prev_free ? 2U << HL_OWNER_BITS : 0) |
           (used ? 1U << HL_OWNER_BITS : 0) | owner;
}

uintptr_t layout_base(const struct hl_heap *heap)
{
#if UINTPTR_MAX > UINT32_MAX
    return (uintptr_t)heap->list.base;
#else
    (void)heap;
    return 0;
#endif
}

uint32_t layout_head_link(const struct hl_heap *heap, unsigned bin)
{
#if UINTPTR_MAX > UINT32_MAX
    (void)heap;
    return 4 * bin;
#else
    return (uint32_t)&heap->list.bins[bin];
#endif
}

/* Bins 0 to 5: 16 to 56 bytes in steps of 8; then two for each power of two. */
unsigned layout_bin(uint32_t span)
{
    unsigned bin = 6;
    uint32_t power = 64;

    if (span < power) {
        return (span - LAYOUT_LEAST_SPAN) / 8;
    }
    while (bin < LAYOUT_BINS - 1 && span >= power + power / 2) {
        bin++;
        if (span < 2 * power || bin == LAYOUT_BINS - 1) {
            break;
        }
        bin++;
        power *= 2;
    }
    return bin;
}

uint32_t layout_need(size_t size)
{
    size_t need = LAYOUT_LEAST_SPAN;

    if (size > HL_MAX_HEAP_BYTES - LAYOUT_HEAD) {
        return 0;
    }
    while (need < size + LAYOUT_HEAD) {
        need += (size + LAYOUT_HEAD - need + HL_ALIGN - 1) / HL_ALIGN * HL_ALIGN;
    }
    return (uint32_t)need;
}

static unsigned looks_in(unsigned bin)
{
    return bin == LAYOUT_BINS - 1 ? 32 : 3;
}

/* The free block that serves a request: among the first few in the bin of its size one that is large
 * enough, else the first of the next bin that has one. */
static uintptr_t find_free(const struct hl_heap *heap, uint32_t span)
{
    uintptr_t base = layout_base(heap);
    unsigned bin = layout_bin(span);
    unsigned looks = looks_in(bin);
    uint32_t offset = heap->list.bins[bin];

    for (; offset != 0 && looks > 0; looks--) {
        if (layout_tag(base + offset).span >= span) {
            return base + offset;
        }
        offset = layout_word(base + offset + 4);
    }
    while (++bin < LAYOUT_BINS) {
        if (heap->list.bins[bin] != 0) {
            return base + heap->list.bins[bin];
        }
    }
    return 0;
}

uint32_t layout_predict(const struct hl_heap *heap, uint32_t need, size_t alignment,
                        uintptr_t *user)
{
    uint32_t extra = 0;
    uint32_t left;
    uintptr_t found, at;

    if (alignment > HL_ALIGN) {
        if (alignment > HL_MAX_HEAP_BYTES - need) {
            return 0;
        }
        extra = (uint32_t)alignment + LAYOUT_LEAST_SPAN - HL_ALIGN;
    }
    found = find_free(heap, need + extra);
    if (found == 0) {
        return 0;
    }
    /* The first place at the alignment that leaves nothing, or a whole block, in front. */
    at = found + LAYOUT_HEAD;
    while (at % alignment != 0 ||
           (at != found + LAYOUT_HEAD && at < found + LAYOUT_HEAD + LAYOUT_LEAST_SPAN)) {
        at += HL_ALIGN;
    }
    *user = alignment > HL_ALIGN ? at : 0;
    left = layout_tag(found).span - (uint32_t)(at - LAYOUT_HEAD - found);
    return left - need < LAYOUT_LEAST_SPAN ? left : need;
}

uint32_t layout_sure(const struct hl_heap *heap)
{
    uintptr_t base = layout_base(heap);
    uint32_t sure = 0;

    for (unsigned bin = LAYOUT_BINS; bin-- > 0 && sure == 0;) {
        uint32_t offset = heap->list.bins[bin];

        for (unsigned looks = looks_in(bin); offset != 0 && looks > 0; looks--) {
            uint32_t span = layout_tag(base + offset).span;

            sure = span > sure ? span : sure;
            offset = layout_word(base + offset + 4);
        }
    }
    return sure;
}
