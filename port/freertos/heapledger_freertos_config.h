/* SPDX-License-Identifier: MIT */
/* The one line at the end of FreeRTOSConfig.h includes this: heapledger sees tasks come and go. */
#ifndef HEAPLEDGER_FREERTOS_CONFIG_H
#define HEAPLEDGER_FREERTOS_CONFIG_H

#ifndef __ASSEMBLER__ /* some kernel ports read FreeRTOSConfig.h in assembly */

#include "heapledger/config.h"

/* A trace recorder may use traceMALLOC and traceFREE. If none does, block sizes are not looked
 * up. */
#ifdef traceMALLOC
#define HL_FREERTOS_TRACE_MALLOC 1
#else
#define HL_FREERTOS_TRACE_MALLOC 0
#endif
#ifdef traceFREE
#define HL_FREERTOS_TRACE_FREE 1
#else
#define HL_FREERTOS_TRACE_FREE 0
#endif

#if HL_TASK_TRACKING

/*
 * Each hook of the kernel that we need becomes a call of a function inside tasks.c, in
 * heapledger_tasks_c_additions.h. What a trace recorder, whose header comes before this one, has
 * made of the hook is put aside with push_macro. Behind the kernel's last use of the hook the
 * additions bring it back with pop_macro, and our function ends with it.
 */
#pragma push_macro("traceTASK_CREATE")
#pragma push_macro("traceTASK_DELETE")
#pragma push_macro("traceTASK_SWITCHED_IN")
#pragma push_macro("traceENTER_vTaskEndScheduler")
#undef traceTASK_CREATE
#undef traceTASK_DELETE
#define traceTASK_CREATE(pxNewTCB) hl_freertos_task_created(pxNewTCB)
#define traceTASK_DELETE(pxTCB)    hl_freertos_task_deleted(pxTCB)

/* The running task's id is kept at hand. With several cores it is read from the running task. */
#if !defined(configNUMBER_OF_CORES) || configNUMBER_OF_CORES == 1
#undef traceTASK_SWITCHED_IN
#undef traceENTER_vTaskEndScheduler
#define traceTASK_SWITCHED_IN()        hl_freertos_task_switched_in()
#define traceENTER_vTaskEndScheduler() hl_freertos_scheduler_ends()
#endif

/* Folding (ledger.h) goes on in idle time: the idle task asks for this in each round of its
 * loop. */
#ifndef configCONTROL_INFINITE_LOOP
#define configCONTROL_INFINITE_LOOP() (hl_freertos_idle(), 1)
#endif

#ifdef __cplusplus
extern "C" {
#endif
void hl_freertos_task_created(void *tcb);
void hl_freertos_task_deleted(void *tcb);
void hl_freertos_task_switched_in(void);
void hl_freertos_scheduler_ends(void);
void hl_freertos_idle(void);
#ifdef __cplusplus
}
#endif

/* The kernel includes freertos_tasks_c_additions.h. An application that has a file of that name
 * puts it before ours on the include path, and adds the line that is in ours. */
#undef configINCLUDE_FREERTOS_TASK_C_ADDITIONS_H
#define configINCLUDE_FREERTOS_TASK_C_ADDITIONS_H 1

/*
 * A task's id lives in one more thread-local storage pointer, behind those of the application. The
 * preprocessor cannot add to a macro and keep the sum; so it counts.
 */
#ifndef configNUM_THREAD_LOCAL_STORAGE_POINTERS
#define HL_FREERTOS_SLOT 0
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 0
#define HL_FREERTOS_SLOT 0
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 1
#define HL_FREERTOS_SLOT 1
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 2
#define HL_FREERTOS_SLOT 2
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 3
#define HL_FREERTOS_SLOT 3
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 4
#define HL_FREERTOS_SLOT 4
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 5
#define HL_FREERTOS_SLOT 5
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 6
#define HL_FREERTOS_SLOT 6
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 7
#define HL_FREERTOS_SLOT 7
#elif configNUM_THREAD_LOCAL_STORAGE_POINTERS == 8
#define HL_FREERTOS_SLOT 8
#else
/* An enum keeps the number; in #if its name counts as 0, so that the sum is 1 there: not 0, which
 * is all that the kernel asks. */
enum {
    hl_freertos_slot = configNUM_THREAD_LOCAL_STORAGE_POINTERS
};
#define HL_FREERTOS_SLOT hl_freertos_slot
#endif
#undef configNUM_THREAD_LOCAL_STORAGE_POINTERS
#define configNUM_THREAD_LOCAL_STORAGE_POINTERS (HL_FREERTOS_SLOT + 1)

#endif /* HL_TASK_TRACKING */

#endif /* __ASSEMBLER__ */

#endif
