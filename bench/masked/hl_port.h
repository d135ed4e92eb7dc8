/* SPDX-License-Identifier: MIT */
/* The port of the benchmarks of the core alone: a lock that measures how long it is held. */
#ifndef BENCH_HL_PORT_H
#define BENCH_HL_PORT_H

#include <stdint.h>

#include "heapledger/ledger.h"

#include "meter.h"

typedef uint32_t hl_port_state; /* the instructions done when the lock was taken */

extern uint32_t masked_longest; /* instructions between lock and unlock, the most there were */
extern uint32_t masked_running; /* the id of the task that runs */

HL_FN static inline hl_port_state hl_port_lock(struct hl *hl)
{
    (void)hl;
    return meter_read();
}

/* The pair of meter_read stands where a port masks and unmasks interrupts with an instruction each. */
HL_FN static inline void hl_port_unlock(struct hl *hl, hl_port_state state)
{
    uint32_t held = meter_between(state, meter_read());

    (void)hl;
    if (held > masked_longest) {
        masked_longest = held;
    }
}

HL_FN static inline uint32_t hl_port_current(struct hl *hl)
{
    (void)hl;
    return masked_running;
}

#endif
