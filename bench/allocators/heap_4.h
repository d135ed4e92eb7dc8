/* SPDX-License-Identifier: MIT */
/* The kernel's heap_2 and heap_4: their pool is ucHeap, of a fixed size. */
#include "FreeRTOS.h"

#define BENCH_OWN_POOL 1
#define BENCH_OVERHEAD 0

_Alignas(8) uint8_t ucHeap[BENCH_POOL_BYTES];

static inline void allocator_start(void *pool, size_t bytes)
{
    (void)pool;
#ifndef BENCH_SIZE
    vPortHeapResetState();
    if (bytes + 8 < BENCH_POOL_BYTES) { /* what is more than was asked for goes away */
        (void)pvPortMalloc(BENCH_POOL_BYTES - bytes - 8);
    }
#endif
    (void)bytes;
}

static inline void *allocator_malloc(size_t size)
{
    return pvPortMalloc(size);
}

static inline void allocator_free(void *ptr)
{
    vPortFree(ptr);
}
