/* SPDX-License-Identifier: MIT */
/* The port for programs without an RTOS: no lock, and the program says who is running. */
#ifndef HL_PORT_NONE_H
#define HL_PORT_NONE_H

/*
 * For one context of execution only: no interrupt and no second thread may use the instance.
 * hl_config.port may point to a uint32_t that holds the id of the task that is running (ledger.h); the
 * program changes it. NULL: everything belongs to HL_TASK_PRE_SCHEDULER.
 */

#include <stdint.h>

#include "heapledger/ledger.h"

typedef int hl_port_state;

HL_FN static inline hl_port_state hl_port_lock(struct hl *hl)
{
    (void)hl;
    return 0;
}

HL_FN static inline void hl_port_unlock(struct hl *hl, hl_port_state state)
{
    (void)hl;
    (void)state;
}

HL_FN static inline uint32_t hl_port_current(struct hl *hl)
{
    const uint32_t *running = hl_port_data(hl);

    return *running; /* 0 without hl_config.port: HL_TASK_PRE_SCHEDULER */
}

#endif
