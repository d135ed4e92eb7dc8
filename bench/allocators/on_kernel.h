/* SPDX-License-Identifier: MIT */
/* heapledger under the real kernel: one heap or three, and blocks from one of them. */
#include "heapledger_freertos.h"

#define BENCH_REALLOC  1
#define BENCH_OVERHEAD 0

/* BENCH_HEAPS: 1 or 3. BENCH_HEAP: the one that blocks come from; undefined: pvPortMalloc. */
static struct hl *bench_hl;

static inline void allocator_start(void *pool, size_t bytes)
{
    static _Alignas(HL_ALIGN) char others[2][BENCH_POOL_BYTES];
    const struct hl_heap_desc heaps[] = {
        {pool, bytes, "first", {HL_FREERTOS_CAPS, 0, 0}},
        {others[0], bytes, "second", {HL_FREERTOS_CAPS << 1, 0, 0}},
        {others[1], bytes, "third", {HL_FREERTOS_CAPS << 2, 0, 0}},
    };

    bench_hl = hl_freertos_instance();
    (void)hl_freertos_define_heaps(heaps, BENCH_HEAPS);
}

static inline void *allocator_malloc(size_t size)
{
#ifdef BENCH_HEAP
    return hl_malloc(bench_hl, size, HL_FREERTOS_CAPS << BENCH_HEAP);
#else
    return pvPortMalloc(size);
#endif
}

static inline void allocator_free(void *ptr)
{
#ifdef BENCH_HEAP
    hl_free(bench_hl, ptr);
#else
    vPortFree(ptr);
#endif
}

static inline void *allocator_realloc(void *ptr, size_t size)
{
    return hl_realloc(bench_hl, ptr, size, HL_FREERTOS_CAPS);
}
