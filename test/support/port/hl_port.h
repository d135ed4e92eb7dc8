/* SPDX-License-Identifier: MIT */
/* The port for the model tests: it checks how the lock is used, and lets operations run in between. */
#ifndef HL_PORT_MODEL_H
#define HL_PORT_MODEL_H

#include <stdint.h>

#include "heapledger/ledger.h"

typedef int hl_port_state;

void world_lock(void);
void world_unlock(void); /* may run other operations before it returns */
uint32_t world_current(void);

static inline hl_port_state hl_port_lock(struct hl *hl)
{
    (void)hl;
    world_lock();
    return 0;
}

static inline void hl_port_unlock(struct hl *hl, hl_port_state state)
{
    (void)hl;
    (void)state;
    world_unlock();
}

static inline uint32_t hl_port_current(struct hl *hl)
{
    (void)hl;
    return world_current();
}

#endif
