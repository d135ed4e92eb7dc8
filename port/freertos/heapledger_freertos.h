/* SPDX-License-Identifier: MIT */
/* heapledger under FreeRTOS: the instance behind pvPortMalloc, its heaps, and tasks by handle. */
#ifndef HEAPLEDGER_FREERTOS_H
#define HEAPLEDGER_FREERTOS_H

#include "FreeRTOS.h"
#include "task.h"

#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * heap_4.c or heap_5.c of this folder stands in for the kernel's file of that name: everything that
 * allocates through pvPortMalloc is on the ledger. Unlike the kernel's, these functions do not
 * suspend the scheduler: pvPortMalloc, pvPortCalloc and vPortFree may be called everywhere, in
 * interrupts up to configMAX_SYSCALL_INTERRUPT_PRIORITY too. Options: heapledger/config.h, its last
 * section.
 */

/* The instance that pvPortMalloc allocates from; never NULL. It is set up by whatever needs it
 * first. For reports (snapshot.h, facts.h, writers.h) and for allocation by capabilities
 * (hl_malloc). A program may set up further instances by hl_init: on one core, hl_config.port then points to a
 * uint32_t, the id of the task that is charged; NULL: all is Pre-scheduler's. */
#define hl_freertos_instance HL_ABI(hl_freertos_instance)
struct hl *hl_freertos_instance(void);

/* Adds heaps with names and capabilities of their own, in the order in which they are to be
 * searched. Descriptions are copied, names are not. pvPortMalloc takes from those that have
 * HL_FREERTOS_CAPS. In heap_4's form ucHeap comes before them. 0, or the error of hl_add_heap for
 * the first heap that was refused; those before it stay. Where: tasks, or before the scheduler
 * starts. */
int hl_freertos_define_heaps(const struct hl_heap_desc *heaps, size_t count);

#if HL_TASK_TRACKING
/* The ledger's id, or serial number, of a task that has not been deleted. NULL: whom an allocation
 * made here would be charged to, pseudo-tasks included (their serial number is id + 1, as that of a
 * task that found no slot). Bound: constant, the serial number at most HL_MAX_TASKS short steps. */
int hl_freertos_id(TaskHandle_t task);
uint32_t hl_freertos_serial(TaskHandle_t task);
#if !defined(configNUMBER_OF_CORES) || configNUMBER_OF_CORES == 1
/* Before the scheduler starts: what is allocated from now on is charged to this task instead of
 * Pre-scheduler, until a task runs. For start-up code whose kernel counts the first task that it
 * creates as the running one. NULL: Pre-scheduler again. */
void hl_freertos_charge(TaskHandle_t task);
#endif
#endif

/* Called when a pointer or a heap is damaged, without the lock, in the context of whoever used it.
 * A weak definition calls configASSERT; a program may define its own, which may not allocate. */
void hl_freertos_fault_hook(const struct hl_fault *fault);

/* Called when a task goes over its warning threshold or limit (hl_task_limit). A weak definition
 * does nothing; a program may define its own, which may not allocate. */
void hl_freertos_limit_hook(const struct hl_limit_event *event);

#ifdef __cplusplus
}
#endif

/*
 * From hl_freertos_lock.h, which says how it is done on each kernel port:
 *
 *   bool hl_port_in_isr(void);
 *       Is this an interrupt?
 *
 *   void hl_freertos_isr_enter(void);
 *   void hl_freertos_isr_exit(void);
 *       Say where an interrupt begins and ends, on kernel ports that cannot tell by themselves: on
 *       POSIX the tick hook, and whatever else a program runs as an interrupt. What is allocated in
 *       between is charged to (isr). They nest, want interrupts to be masked, and do nothing on
 *       other ports.
 */
#include "hl_freertos_lock.h"

#endif
