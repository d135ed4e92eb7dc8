/* SPDX-License-Identifier: MIT */
/* A port that calls back after each unlock, as if an interrupt or another task had been waiting. */
#ifndef TEST_HL_PORT_H
#define TEST_HL_PORT_H

#include <stdlib.h>

#include "hook_port.h"

#define TEST_PORT_HAS_HOOK 1

typedef int hl_port_state;

static inline hl_port_state hl_port_lock(struct hl *hl)
{
    struct hook_port *port = hl_port_data(hl);

    if (port->locked) {
        abort(); /* never taken twice */
    }
    port->locked = true;
    return 0;
}

static inline void hl_port_unlock(struct hl *hl, hl_port_state state)
{
    struct hook_port *port = hl_port_data(hl);

    (void)state;
    if (!port->locked) {
        abort();
    }
    port->locked = false;
    if (port->in_hook) {
        return;
    }
    port->unlocks++;
    if (port->after_unlock != NULL) {
        port->in_hook = true;
        port->after_unlock(port->context);
        port->in_hook = false;
    }
}

static inline uint32_t hl_port_current(struct hl *hl)
{
    const struct hook_port *port = hl_port_data(hl);

    return port->running;
}

#endif
