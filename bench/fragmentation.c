/* SPDX-License-Identifier: MIT */
/* The smallest pool in which an allocator gets through random sequences without a failure. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include BENCH_ALLOCATOR
#include "random.h"

enum {
    OPERATIONS = 20000,
    SEEDS = 20,
    MAX_SLOTS = 1000,
    OCTAVES = 8, /* the largest size is 256 times the least */
    STEP = 8     /* pools are multiples of it */
};

static const struct mix {
    uint32_t slots, least;
} mixes[] = {{60, 8}, {200, 8}, {1000, 8}, {60, 64}, {200, 64}, {600, 64}};

static _Alignas(16) char pool[
#ifdef BENCH_OWN_POOL
    16
#else
    BENCH_POOL_BYTES
#endif
];

static uint32_t sizes[MAX_SLOTS]; /* 0: nothing there */
static uint32_t *blocks[MAX_SLOTS];
static uint32_t payload; /* sum of the sizes */
static uint32_t damaged;

static void begin(uint32_t seed)
{
    random_state = seed * 2654435761U;
    memset(sizes, 0, sizeof(sizes));
    payload = 0;
}

/* A random slot is emptied, or filled if it was empty. Returns which. */
static unsigned next(const struct mix *mix)
{
    unsigned i = random_below(mix->slots);

    payload -= sizes[i];
    sizes[i] = sizes[i] != 0 ? 0 : random_size(mix->least, OCTAVES);
    payload += sizes[i];
    return i;
}

static uint32_t peak_payload(const struct mix *mix, uint32_t seed)
{
    uint32_t peak = 0;

    begin(seed);
    for (unsigned i = 0; i < OPERATIONS; i++) {
        (void)next(mix);
        peak = payload > peak ? payload : peak;
    }
    return peak;
}

/* Does the whole sequence fit? The first word of each block shows that no other lies over it. */
static bool fits(const struct mix *mix, uint32_t seed, uint32_t bytes)
{
    begin(seed);
    allocator_start(pool, bytes);
    for (unsigned n = 0; n < OPERATIONS; n++) {
        unsigned i = next(mix);

        if (sizes[i] == 0) {
            damaged += *blocks[i] != i;
            allocator_free(blocks[i]);
            continue;
        }
        blocks[i] = allocator_malloc(sizes[i]);
        if (blocks[i] == NULL) {
            return false;
        }
        *blocks[i] = i;
    }
    return true;
}

/* Narrows it down from a pool below the payload, and one that is large enough. 0: there is none. */
static uint32_t smallest_pool(const struct mix *mix, uint32_t seed, uint32_t peak)
{
    uint32_t low, high = (peak - 1) / STEP * STEP;

    do {
        low = high;
        if (low >= BENCH_POOL_BYTES) {
            return 0;
        }
        high = low + (low / 4 / STEP + 1) * STEP;
        high = high < BENCH_POOL_BYTES ? high : BENCH_POOL_BYTES;
    } while (!fits(mix, seed, high));
    while (high - low > STEP) {
        uint32_t middle = low + (high - low) / 2 / STEP * STEP;

        if (fits(mix, seed, middle)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    return high;
}

static void report(const struct mix *mix)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        uint32_t peak = peak_payload(mix, seed);

        printf("payload %lu %lu\n", (unsigned long)seed, (unsigned long)peak);
        printf("pool %lu %lu\n", (unsigned long)seed,
               (unsigned long)smallest_pool(mix, seed, peak));
    }
    printf("damaged %lu\n", (unsigned long)damaged);
}

#if BENCH_PARAMETER

int main(void)
{
    report(&mixes[*(volatile uint32_t *)BENCH_PARAMETER]);
    return 0;
}

#else

int main(int argc, char **argv)
{
    report(&mixes[argc > 1 ? atoi(argv[1]) : 0]);
    return 0;
}

#endif
