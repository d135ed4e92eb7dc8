/* SPDX-License-Identifier: MIT */
/* Counting instructions exactly, as QEMU does it with -icount. Counts are in units of the machine's
 * counter, to be added up as they are, and become instructions at the end. */
#ifndef BENCH_METER_H
#define BENCH_METER_H

#include <stdint.h>

#if defined(__riscv)

static inline void meter_start(void)
{
}

static inline uint32_t meter_read(void)
{
    uint32_t value;

    __asm volatile("csrr %0, minstret" : "=r"(value)::"memory");
    return value;
}

static inline uint32_t meter_between(uint32_t before, uint32_t after)
{
    return after - before;
}

static inline uint64_t meter_instructions(uint64_t count)
{
    return count;
}

/* Instructions that do nothing bring the harness to the 12 that are part of every published figure. */
enum {
    METER_PAD_MALLOC = 8,
    METER_PAD_FREE = 9
};

#elif defined(__arm__)

/* SysTick counts down at 25 MHz; an instruction takes 64 ns (-icount shift=6). */
#define SYST_CSR (*(volatile uint32_t *)0xe000e010)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018)

static inline void meter_start(void)
{
    SYST_RVR = 0xffffff;
    SYST_CVR = 0;
    SYST_CSR = 5;
}

static inline uint32_t meter_read(void)
{
    return SYST_CVR;
}

static inline uint32_t meter_between(uint32_t before, uint32_t after)
{
    return (before - after) & 0xffffff;
}

/* 1.6 ticks each: sums come out right, the count of one operation up to one instruction wrong. */
static inline uint64_t meter_instructions(uint64_t count)
{
    return (count * 5 + 4) / 8;
}

enum {
    METER_PAD_MALLOC = 7,
    METER_PAD_FREE = 9
};

#endif

#define METER_PAD(n) __asm volatile(".rept %c0\n\tnop\n\t.endr" ::"i"(n))

#endif
