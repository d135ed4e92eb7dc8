/* SPDX-License-Identifier: MIT */
/* Included at the end of the kernel's tasks.c: heapledger's hooks, and what the simulation asks. */
#include "heapledger_tasks_c_additions.h"

/* No task waits for a moment to come. */
BaseType_t sim_nothing_to_come(void);
BaseType_t sim_nothing_to_come(void)
{
    return xNextTaskUnblockTime == portMAX_DELAY && listLIST_IS_EMPTY(pxDelayedTaskList) &&
                   listLIST_IS_EMPTY(pxOverflowDelayedTaskList)
               ? pdTRUE
               : pdFALSE;
}
