/* SPDX-License-Identifier: MIT */
/* heapledger's hooks inside tasks.c, where TCB_t is known: tasks created, run and deleted. */
#ifndef HEAPLEDGER_TASKS_C_ADDITIONS_H
#define HEAPLEDGER_TASKS_C_ADDITIONS_H

#include "heapledger/config.h"

#if HL_TASK_TRACKING

#include "heapledger_freertos.h"
#include "heapledger/port.h"

/* From here on the hooks are a trace recorder's again, or undefined (heapledger_freertos_config.h).
 * Our functions end with them, under the names that variables have where the kernel uses them. */
#pragma pop_macro("traceTASK_CREATE")
#pragma pop_macro("traceTASK_DELETE")
#pragma pop_macro("traceTASK_SWITCHED_IN")
#pragma pop_macro("traceENTER_vTaskEndScheduler")

static uint32_t hl_freertos_tcb_id(const TCB_t *tcb)
{
    return (uint32_t)(uintptr_t)tcb->pvThreadLocalStoragePointers[HL_FREERTOS_SLOT];
}

/* What the creator allocated for the new task becomes the task's own. */
static void hl_freertos_hand_over(TCB_t *tcb, int id)
{
#if HL_CHARGE_CREATOR || configSUPPORT_DYNAMIC_ALLOCATION == 0
    bool stack = false, control_block = false;
#elif tskSTATIC_AND_DYNAMIC_ALLOCATION_POSSIBLE != 0
    bool stack = tcb->ucStaticallyAllocated == tskDYNAMICALLY_ALLOCATED_STACK_AND_TCB;
    bool control_block = tcb->ucStaticallyAllocated != tskSTATICALLY_ALLOCATED_STACK_AND_TCB;
#else
    bool stack = true, control_block = true;
#endif
    struct hl *hl = hl_freertos_instance();

    /* pvPortMallocStack may be the application's own, and take stacks from elsewhere. */
    if (stack && hl_heap_of(hl, tcb->pxStack) >= 0) {
        (void)hl_transfer(hl, tcb->pxStack, id);
    }
    if (control_block) {
        (void)hl_transfer(hl, tcb, id);
    }
}

/* In a critical section of the creator, before the new task can run. */
void hl_freertos_task_created(void *tcb)
{
    TCB_t *pxNewTCB = (TCB_t *)tcb;
    int id = hl_task_register(hl_freertos_instance(), pxNewTCB, pxNewTCB->pcTaskName);

    pxNewTCB->pvThreadLocalStoragePointers[HL_FREERTOS_SLOT] = (void *)(uintptr_t)(unsigned)id;
    hl_freertos_hand_over(pxNewTCB, id);
#ifdef traceTASK_CREATE
    traceTASK_CREATE(pxNewTCB);
#endif
}

/* In a critical section of whoever deletes it, before its memory is freed. */
void hl_freertos_task_deleted(void *tcb)
{
    TCB_t *pxTCB = (TCB_t *)tcb;

    (void)hl_task_delete(hl_freertos_instance(), (int)hl_freertos_tcb_id(pxTCB));
#ifdef traceTASK_DELETE
    traceTASK_DELETE(pxTCB);
#endif
}

void *hl_freertos_running_handle(void)
{
    return pxCurrentTCB;
}

#if HL_FREERTOS_CORES > 1

uint32_t hl_freertos_running_here(void)
{
    return xSchedulerRunning != pdFALSE ? hl_freertos_tcb_id(pxCurrentTCBs[portGET_CORE_ID()])
                                        : (uint32_t)HL_TASK_PRE_SCHEDULER;
}

#else

PRIVILEGED_DATA volatile uint32_t hl_freertos_running = HL_TASK_PRE_SCHEDULER;

/* With interrupts masked; also right before the first task starts. */
void hl_freertos_task_switched_in(void)
{
    hl_freertos_running = hl_freertos_tcb_id(pxCurrentTCB);
#ifdef traceTASK_SWITCHED_IN
    traceTASK_SWITCHED_IN();
#endif
}

/* In the task that ends the scheduler: from here on no task counts as running. */
void hl_freertos_scheduler_ends(void)
{
#ifdef traceENTER_vTaskEndScheduler
    traceENTER_vTaskEndScheduler();
#endif
    hl_freertos_running = HL_TASK_PRE_SCHEDULER;
}

#endif

/* In every round of the idle task, and of the timer task, whose time is not idle. */
void hl_freertos_idle(void)
{
    if (pxCurrentTCB->uxPriority == tskIDLE_PRIORITY) {
        (void)hl_maintain(hl_freertos_instance());
    }
}

#endif

#endif
