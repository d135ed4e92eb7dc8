/* SPDX-License-Identifier: MIT */
/* The kernel's heap_5, with one region. */
#include "FreeRTOS.h"

#define BENCH_OVERHEAD 0

static inline void allocator_start(void *pool, size_t bytes)
{
    const HeapRegion_t regions[] = {{pool, bytes}, {NULL, 0}};

#ifndef BENCH_SIZE
    vPortHeapResetState();
#endif
    vPortDefineHeapRegions(regions);
}

static inline void *allocator_malloc(size_t size)
{
    return pvPortMalloc(size);
}

static inline void allocator_free(void *ptr)
{
    vPortFree(ptr);
}
