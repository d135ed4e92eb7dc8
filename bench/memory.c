/* SPDX-License-Identifier: MIT */
/* What an allocator takes for itself: in each block, in the pool, and beside it. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include BENCH_ALLOCATOR
#include "random.h"

#ifndef BENCH_LEAST_POOL
#define BENCH_LEAST_POOL 64
#endif

enum {
    LARGEST = 2048,
    DRAWS = 10000,
    ENOUGH = 0x8000,  /* a pool for a few of the largest blocks */
    PROBE = 60,       /* bytes of one block, alone in the smallest pool that holds it */
    PROBE_POOL = 4096 /* more than any of them needs for it */
};

static _Alignas(16) char pool[
#ifdef BENCH_OWN_POOL
    16
#else
    ENOUGH
#endif
];

static uint32_t taken[LARGEST + 1]; /* by a block of each size */

/* From a block to the next of the same size: the nearest of four. */
static uint32_t distance(size_t size)
{
    uintptr_t blocks[4];
    uint32_t nearest = ENOUGH;

    allocator_start(pool, ENOUGH);
    for (unsigned i = 0; i < 4; i++) {
        blocks[i] = (uintptr_t)allocator_malloc(size);
        for (unsigned j = 0; j < i; j++) {
            uint32_t gap =
                (uint32_t)(blocks[i] > blocks[j] ? blocks[i] - blocks[j] : blocks[j] - blocks[i]);

            nearest = gap < nearest ? gap : nearest;
        }
    }
    return nearest;
}

static int in_pool(const char *ptr, size_t size, size_t bytes)
{
#ifdef BENCH_OWN_POOL
    (void)bytes;
    return ptr != NULL && size != 0;
#else
    return ptr >= pool && ptr + size <= pool + bytes;
#endif
}

/* Bytes of a pool with one block that are neither the block's nor free. */
static uint32_t lost(void)
{
    for (uint32_t bytes = BENCH_LEAST_POOL; bytes < PROBE_POOL; bytes += 4) {
        allocator_start(pool, bytes);
        if (in_pool(allocator_malloc(PROBE), PROBE, bytes)) {
            return bytes - taken[PROBE];
        }
    }
    return PROBE_POOL;
}

#ifdef HL_BYTES
static void report_fixed(void)
{
    static const uint8_t tasks[] = {1, 8, 32}, heaps[] = {1, 3};

    for (unsigned t = 0; t < sizeof(tasks); t++) {
        for (unsigned h = 0; h < sizeof(heaps); h++) {
            printf("fixed %u %u %lu\n", tasks[t], heaps[h],
                   (unsigned long)HL_BYTES(tasks[t], heaps[h]));
        }
    }
}
#else
static void report_fixed(void)
{
}
#endif

int main(void)
{
    uint32_t header = LARGEST, sum = 0;

    for (size_t size = 1; size <= LARGEST; size++) {
        uint32_t more;

        taken[size] = distance(size);
        more = taken[size] - (uint32_t)size;
        header = more < header ? more : header;
    }
    for (unsigned i = 0; i < DRAWS; i++) {
        uint32_t size = random_size(8, 8);

        sum += taken[size] - size;
    }
    printf("header %lu\nsmallest %lu\n", (unsigned long)header, (unsigned long)taken[1]);
    printf("draws %u\nmore_than_asked %lu\n", DRAWS, (unsigned long)sum);
    printf("lost_in_pool %lu\nbooks %lu\n", (unsigned long)lost(), (unsigned long)BENCH_OVERHEAD);
    report_fixed();
    return 0;
}
