/* SPDX-License-Identifier: MIT */
/* Which heaps a chip's table makes: what is reserved is cut out, neighbours are merged. */
#ifndef COMPAT_LAYOUT_H
#define COMPAT_LAYOUT_H

#include "heap_memory_layout.h"

/* Aligns ranges outward to words and sorts them by start. Returns NULL, or two of them that overlap: the first,
 * with the other one behind it. */
const soc_reserved_region_t *layout_sort(soc_reserved_region_t *reserved, size_t count);

/* What is left of the regions, in their order, when the sorted ranges are cut out of them and leftovers of 16
 * bytes or less are dropped. `left` has room for regions + ranges. `inverted`: views of the instruction bus
 * run backwards. Returns the number of regions left. */
size_t layout_cut(const soc_memory_region_t *regions, size_t count,
                  const soc_reserved_region_t *reserved, size_t reserved_count, bool inverted,
                  soc_memory_region_t *left);

/* Merges each region with the one before it that ends where it starts, if type and start-up stack are the same.
 * Returns their new number. */
size_t layout_merge(soc_memory_region_t *regions, size_t count, bool inverted);

#endif
