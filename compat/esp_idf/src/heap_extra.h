/* SPDX-License-Identifier: MIT */
/* What is known about a heap beside its description. */
#ifndef COMPAT_HEAP_EXTRA_H
#define COMPAT_HEAP_EXTRA_H

#include <limits.h>
#include <stddef.h>

#include "heaps.h"

struct heap_extra {
    const struct esp_heap *heap;
    /* The least free bytes before the instance's own count began; SIZE_MAX: none. */
    size_t min_free_before;
    /* A bit per place of a block: it was given out with its address on the instruction bus.
     * NULL: none was. */
    unsigned char *exec;
};

/* The entry of a heap. It is made when it is first asked for, and stays. */
struct heap_extra *heap_extra(const struct esp_heap *heap);

/* The number of a heap's entry, below HL_MAX_HEAPS: it stays when heaps are added. */
size_t heap_extra_number(const struct esp_heap *heap);

#endif
