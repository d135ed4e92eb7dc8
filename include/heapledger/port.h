/* SPDX-License-Identifier: MIT */
/* What a port header must define: the contract between the core and a platform. */
#ifndef HEAPLEDGER_PORT_H
#define HEAPLEDGER_PORT_H

/*
 * The core is compiled once per platform. It finds the platform in the header named by
 * HL_PORT_FILE, "hl_port.h" by default, on the include path. That header defines, as static inline
 * functions:
 *
 *   typedef ... hl_port_state;
 *       What hl_port_lock must remember for hl_port_unlock.
 *
 *   hl_port_state hl_port_lock(struct hl *hl);
 *   void hl_port_unlock(struct hl *hl, hl_port_state state);
 *       Excludes every other context that may use the instance. Taken in the public functions only,
 *       never twice by one context, and held for a bounded number of instructions. Firmware masks
 *       interrupts and restores what was before, so that it nests in critical sections and works in
 *       interrupts and before the scheduler starts.
 *
 *   uint32_t hl_port_current(struct hl *hl);
 *       The id of the task that is running, as hl_task_register gave it, or one of the pseudo-tasks
 *       HL_TASK_PRE_SCHEDULER, HL_TASK_ISR, HL_TASK_OVERFLOW. Called with the lock held, on every
 *       allocation: a few instructions.
 *
 * hl_port_data(hl) is hl_config.port, for ports that keep something per instance; where that is NULL, it
 * points to a uint32_t that is 0.
 *
 * port/none, port/posix and port/freertos are three such headers.
 */

#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"

HL_FN static inline void *hl_port_data(const struct hl *hl)
{
    return *(void *const *)(const void *)hl; /* the first word of an instance; asserted in src/ */
}

#ifndef HL_PORT_FILE
#define HL_PORT_FILE "hl_port.h"
#endif
#include HL_PORT_FILE

#endif
