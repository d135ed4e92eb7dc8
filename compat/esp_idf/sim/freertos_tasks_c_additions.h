/* SPDX-License-Identifier: MIT */
/* Included at the end of the kernel's tasks.c: heapledger's hooks, and what the simulation asks. */
#include "heapledger_tasks_c_additions.h"

/* Asked by the idle task: nobody else is ready to run, and no task waits for a moment to come. What
 * is further away than 2^31 - 1 ticks, as portMAX_DELAY is, never comes; neither does the end of a
 * wait in the list behind the overflow of the tick count, which has 64 bits. */
BaseType_t sim_nothing_to_come(void);
BaseType_t sim_nothing_to_come(void)
{
    if (listCURRENT_LIST_LENGTH(&pxReadyTasksLists[tskIDLE_PRIORITY]) > 1) {
        return pdFALSE;
    }
    return listLIST_IS_EMPTY(pxDelayedTaskList) ||
                   listGET_ITEM_VALUE_OF_HEAD_ENTRY(pxDelayedTaskList) - xTickCount >= INT32_MAX
               ? pdTRUE
               : pdFALSE;
}
