/* SPDX-License-Identifier: MIT */
/* What hl_config.port points to in the unit tests, whichever port the core is built for. */
#ifndef TEST_HOOK_PORT_H
#define TEST_HOOK_PORT_H

#include <stdbool.h>
#include <stdint.h>

struct hook_port {
    uint32_t running; /* id of the task that is running; first: port/none reads nothing else */
    /* For the hook port only. */
    bool locked;
    bool in_hook;
    unsigned unlocks;                    /* locks given back, those in the hook not counted */
    void (*after_unlock)(void *context); /* runs whenever the lock was given back; may be NULL */
    void *context;
};

#endif
