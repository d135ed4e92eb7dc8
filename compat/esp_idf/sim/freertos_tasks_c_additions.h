/* SPDX-License-Identifier: MIT */
/* Included at the end of the kernel's tasks.c: heapledger's hooks, and what the simulation asks. */
#include "heapledger_tasks_c_additions.h"

/* Asked by the idle task: nobody else is ready to run, and no task waits for a moment to come. */
BaseType_t sim_nothing_to_come(void);
BaseType_t sim_nothing_to_come(void)
{
    return listCURRENT_LIST_LENGTH(&pxReadyTasksLists[tskIDLE_PRIORITY]) == 1 &&
                   listLIST_IS_EMPTY(pxDelayedTaskList) &&
                   listLIST_IS_EMPTY(pxOverflowDelayedTaskList)
               ? pdTRUE
               : pdFALSE;
}
