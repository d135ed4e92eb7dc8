/* SPDX-License-Identifier: MIT */
/* The core's platform (heapledger/port.h) under FreeRTOS. */
#ifndef HL_PORT_FREERTOS_H
#define HL_PORT_FREERTOS_H

/* As the kernel's own heap files: the core runs with the kernel's privileges. */
#ifndef MPU_WRAPPERS_INCLUDED_FROM_API_FILE
#define MPU_WRAPPERS_INCLUDED_FROM_API_FILE
#include "FreeRTOS.h"
#include "task.h"
#undef MPU_WRAPPERS_INCLUDED_FROM_API_FILE
#endif

#include "heapledger/ledger.h"

#include "hl_freertos_lock.h"

typedef hl_freertos_lock_state hl_port_state;

HL_FN static inline hl_port_state hl_port_lock(struct hl *hl)
{
    (void)hl; /* one lock for all instances */
    return hl_freertos_lock();
}

HL_FN static inline void hl_port_unlock(struct hl *hl, hl_port_state state)
{
    (void)hl;
    hl_freertos_unlock(state);
}

#if HL_TASK_TRACKING

/* These two live in heapledger_tasks_c_additions.h, where control blocks can be read. */

/* The handle of the running task. */
void *hl_freertos_running_handle(void);

#if HL_FREERTOS_CORES > 1
/* The id of the task that runs on this core. With the lock, so that it stays on this core. */
uint32_t hl_freertos_running_here(void);
#endif

/* The instance behind pvPortMalloc has hl_freertos_running for its port data. Another instance in the same
 * program has ids of its own: it says in a word of its own who runs, or everything is Pre-scheduler's. */
HL_FN static inline uint32_t hl_port_current(struct hl *hl)
{
    if (hl_port_in_isr()) {
        return HL_TASK_ISR;
    }
#if HL_FREERTOS_CORES > 1
    (void)hl;
    return hl_freertos_running_here();
#else
    return *(const volatile uint32_t *)hl_port_data(hl);
#endif
}

#endif

#endif
