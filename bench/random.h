/* SPDX-License-Identifier: MIT */
/* Random numbers that are the same everywhere. */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

static uint32_t random_state = 12345;

static inline uint32_t random_next(void) /* Marsaglia's xorshift32 */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

/* 0 to n - 1. */
static inline uint32_t random_below(uint32_t n)
{
    return (uint32_t)(((uint64_t)random_next() * n) >> 32);
}

/* From `least` to least * 2^octaves, evenly on a logarithmic scale, in 32 steps per octave. */
static inline uint32_t random_size(uint32_t least, uint32_t octaves)
{
    uint32_t step = random_below(octaves * 32);
    uint32_t base = least << step / 32;
    uint32_t low = base + base * (step % 32) / 32;

    return low + random_below(base / 32 + 1);
}

#endif
