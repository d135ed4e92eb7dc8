/* SPDX-License-Identifier: MIT */
/* An allocator for tests: a pool is enough when its blocks, 16 bytes each added, fit together. */
#include <stddef.h>
#include <stdint.h>

#define BENCH_OWN_POOL 1

/* Blocks lie elsewhere; the first word is all that is used of them. */
static struct cell {
    uint32_t word, taken;
} cells[1000];

static uint32_t room;

static void allocator_start(void *pool, size_t bytes)
{
    (void)pool;
    room = (uint32_t)bytes;
    for (unsigned i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
        cells[i].taken = 0;
    }
}

static void *allocator_malloc(size_t size)
{
    uint32_t taken = (uint32_t)(size + 16 + 7) & ~7U;
    struct cell *cell = cells;

    if (taken > room) {
        return NULL;
    }
#ifndef IDEAL_GIVES_ONE_BLOCK_TWICE
    while (cell->taken != 0) {
        cell++;
    }
#endif
    room -= taken;
    cell->taken = taken;
    return &cell->word;
}

static void allocator_free(void *ptr)
{
    struct cell *cell = ptr;

    room += cell->taken;
    cell->taken = 0;
}
