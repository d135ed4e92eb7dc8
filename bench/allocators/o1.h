/* SPDX-License-Identifier: MIT */
/* o1heap, whose control data lies in the pool. */
#include "o1heap.h"

#define BENCH_OVERHEAD   0
#define BENCH_LEAST_POOL o1heapMinArenaSize /* with less there is no instance */

static O1HeapInstance *instance;

static inline void allocator_start(void *pool, size_t bytes)
{
    instance = o1heapInit(pool, bytes);
}

static inline void *allocator_malloc(size_t size)
{
    return o1heapAllocate(instance, size);
}

static inline void allocator_free(void *ptr)
{
    o1heapFree(instance, ptr);
}
