/* SPDX-License-Identifier: MIT */
/* Which heaps a chip's table makes: what is reserved is cut out, neighbours are merged. */
#include "layout.h"

#include <stdlib.h>

enum {
    WORD_BYTES = 4,
    DROPPED_BYTES = 16, /* leftovers up to this size are no use */
};

static int by_start(const void *left, const void *right)
{
    const soc_reserved_region_t *a = left;
    const soc_reserved_region_t *b = right;

    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return (a->end > b->end) - (a->end < b->end);
}

const soc_reserved_region_t *layout_sort(soc_reserved_region_t *reserved, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        reserved[i].start &= ~(intptr_t)(WORD_BYTES - 1);
        reserved[i].end = (reserved[i].end + WORD_BYTES - 1) & ~(intptr_t)(WORD_BYTES - 1);
    }
    qsort(reserved, count, sizeof(reserved[0]), by_start);
    for (size_t i = 1; i < count; i++) {
        if (reserved[i].start < reserved[i - 1].end || reserved[i].start == reserved[i - 1].start) {
            return &reserved[i - 1];
        }
    }
    return NULL;
}

static intptr_t end_of(const soc_memory_region_t *region)
{
    return region->start + (intptr_t)region->size;
}

/* The part [start, end) of a region, with the instruction bus's view of it. */
static soc_memory_region_t part_of(const soc_memory_region_t *region, intptr_t start, intptr_t end,
                                   bool inverted)
{
    soc_memory_region_t part = *region;

    part.start = start;
    part.size = (size_t)(end - start);
    if (region->iram_address != 0) {
        part.iram_address += inverted ? end_of(region) - end : start - region->start;
    }
    return part;
}

size_t layout_cut(const soc_memory_region_t *regions, size_t count,
                  const soc_reserved_region_t *reserved, size_t reserved_count, bool inverted,
                  soc_memory_region_t *left)
{
    size_t parts = 0;

    for (size_t i = 0; i < count; i++) {
        intptr_t start = regions[i].start; /* of what is not dealt with yet */
        intptr_t end = end_of(&regions[i]);

        for (size_t k = 0; k < reserved_count; k++) {
            const soc_reserved_region_t *range = &reserved[k];

            if (range->end <= start || range->start >= end) {
                continue;
            }
            if (range->start - start > DROPPED_BYTES) {
                left[parts++] = part_of(&regions[i], start, range->start, inverted);
            }
            start = range->end;
        }
        if (end - start > DROPPED_BYTES) {
            left[parts++] = part_of(&regions[i], start, end, inverted);
        }
    }
    return parts;
}

size_t layout_merge(soc_memory_region_t *regions, size_t count, bool inverted)
{
    size_t merged = 0;

    for (size_t i = 0; i < count; i++) {
        soc_memory_region_t *before = merged > 0 ? &regions[merged - 1] : NULL;

        if (before != NULL && end_of(before) == regions[i].start &&
            before->type == regions[i].type && before->startup_stack == regions[i].startup_stack) {
            before->size += regions[i].size;
            if (inverted) {
                before->iram_address = regions[i].iram_address; /* the lower one */
            }
        } else {
            regions[merged++] = regions[i];
        }
    }
    return merged;
}
