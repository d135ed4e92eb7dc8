/* SPDX-License-Identifier: MIT */
/* How long a peer keeps others out: from where it takes its lock to where it gives it back. */
#ifndef BENCH_HOLD_H
#define BENCH_HOLD_H

#include <stdint.h>

#include "meter.h"

#ifdef BENCH_HOLD

extern uint32_t hold_since, hold_longest; /* driver.c */

static inline void hold_begin(void)
{
    hold_since = meter_read();
}

static inline void hold_end(void)
{
    uint32_t held = meter_between(hold_since, meter_read());

    if (held > hold_longest) {
        hold_longest = held;
    }
}

#else

static inline void hold_begin(void)
{
}

static inline void hold_end(void)
{
}

#endif

#endif
