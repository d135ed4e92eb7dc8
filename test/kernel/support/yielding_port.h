/* SPDX-License-Identifier: MIT */
/* The port with a seeded yield after every unlock: what can come in between does (HL_PORT_FILE). */
#ifndef YIELDING_PORT_H
#define YIELDING_PORT_H

#define hl_port_unlock hl_port_unlock_only
#include "hl_port.h"
#undef hl_port_unlock

/* random_ops.c: yields sometimes, where a task may. */
void test_maybe_yield(void);

static inline void hl_port_unlock(struct hl *hl, hl_port_state state)
{
    hl_port_unlock_only(hl, state);
    test_maybe_yield();
}

#endif
