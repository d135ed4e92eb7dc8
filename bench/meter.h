/* SPDX-License-Identifier: MIT */
/* Counting instructions exactly, as QEMU does it with -icount. */
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

/* Brings the harness to the 12 instructions that are part of every published figure. */
#define METER_PAD(n) __asm volatile(".rept " #n "\n\tnop\n\t.endr")

#elif defined(__arm__)

/* SysTick counts down at 25 MHz; an instruction takes 64 ns (-icount shift=6), so 5/8 of a tick ... */
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

/* ... give or take one instruction. */
static inline uint32_t meter_between(uint32_t before, uint32_t after)
{
    return (((before - after) & 0xffffff) * 5 + 4) / 8;
}

#define METER_PAD(n)

#endif

#endif
