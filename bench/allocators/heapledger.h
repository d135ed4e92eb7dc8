/* SPDX-License-Identifier: MIT */
/* heapledger: one heap, 8 tasks, one of which runs. */
#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"

#define BENCH_CAPS     1
#define BENCH_REALLOC  1
#define BENCH_OVERHEAD HL_BYTES(8, 1)

static _Alignas(8) char books[HL_BYTES(8, 1)];
static struct hl *bench_hl;
static uint32_t running;

static inline void allocator_start(void *pool, size_t bytes)
{
    const struct hl_config config = {.max_tasks = 8, .max_heaps = 1, .port = &running};
    const struct hl_heap_desc heap = {pool, bytes, "RAM", {BENCH_CAPS, 0, 0}};

    bench_hl = hl_init(books, sizeof(books), &config);
    (void)hl_add_heap(bench_hl, &heap);
#if HL_TASK_TRACKING && !defined(BENCH_SIZE)
    running = (uint32_t)hl_task_register(bench_hl, NULL, "bench");
#endif
}

static inline void *allocator_malloc(size_t size)
{
    return hl_malloc(bench_hl, size, BENCH_CAPS);
}

static inline void allocator_free(void *ptr)
{
    hl_free(bench_hl, ptr);
}

static inline void *allocator_realloc(void *ptr, size_t size)
{
    return hl_realloc(bench_hl, ptr, size, BENCH_CAPS);
}
