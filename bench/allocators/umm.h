/* SPDX-License-Identifier: MIT */
/* umm_malloc: best fit; its pool has at most 32,767 blocks. */
#include <stddef.h>

#include "umm_malloc.h"

#define BENCH_REALLOC  1
#define BENCH_OVERHEAD 0

/* For umm_init(), which is not used. */
void *UMM_MALLOC_CFG_HEAP_ADDR;
uint32_t UMM_MALLOC_CFG_HEAP_SIZE;

static inline void allocator_start(void *pool, size_t bytes)
{
    if (bytes == BENCH_POOL_BYTES) {
        bytes -= BENCH_POOL_BYTES / 0x8000; /* it would be one block too many */
    }
    umm_init_heap(pool, bytes);
}

static inline void *allocator_malloc(size_t size)
{
    return umm_malloc(size);
}

static inline void allocator_free(void *ptr)
{
    umm_free(ptr);
}

static inline void *allocator_realloc(void *ptr, size_t size)
{
    return umm_realloc(ptr, size);
}
