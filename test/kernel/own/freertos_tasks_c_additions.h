/* SPDX-License-Identifier: MIT */
/* An application's own additions to tasks.c, with the one line that brings heapledger's. */
#include "heapledger_tasks_c_additions.h"

unsigned application_priority_of(TaskHandle_t task);
extern unsigned application_additions_ran;

unsigned application_priority_of(TaskHandle_t task)
{
    return (unsigned)task->uxPriority;
}

void application_additions_init(void)
{
    application_additions_ran++;
}
