/* SPDX-License-Identifier: MIT */
/* A small trace recorder, as a user may have one: its macros look into the control block. */
#ifndef RECORDER_H
#define RECORDER_H

#include <stddef.h>

void recorder_created(void *task, const char *name, unsigned long priority);
void recorder_deleted(void *task, const char *name);
void recorder_switched_in(void *task, const char *name);
void recorder_switched_out(const char *name);
void recorder_ends(int running);
void recorder_malloc(void *block, size_t size);
void recorder_free(void *block, size_t size);

/* The kernel calls this, which is in the application's additions, when the scheduler starts. */
void application_additions_init(void);
#define FREERTOS_TASKS_C_ADDITIONS_INIT() application_additions_init()

#define traceTASK_CREATE(pxNewTCB)                                                                 \
    recorder_created((pxNewTCB), &((pxNewTCB)->pcTaskName[0]), (pxNewTCB)->uxPriority)
#define traceTASK_DELETE(pxTaskToDelete)                                                           \
    recorder_deleted((pxTaskToDelete), (pxTaskToDelete)->pcTaskName)
#define traceTASK_SWITCHED_IN()        recorder_switched_in(pxCurrentTCB, pxCurrentTCB->pcTaskName)
#define traceTASK_SWITCHED_OUT()       recorder_switched_out(pxCurrentTCB->pcTaskName)
#define traceENTER_vTaskEndScheduler() recorder_ends(xSchedulerRunning != pdFALSE)
#define traceMALLOC(pvAddress, uiSize) recorder_malloc((pvAddress), (uiSize))
#define traceFREE(pvAddress, uiSize)   recorder_free((pvAddress), (uiSize))

#endif
