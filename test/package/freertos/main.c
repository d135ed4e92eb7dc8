/* SPDX-License-Identifier: MIT */
/* Firmware that does not know heapledger: pvPortMalloc comes from it all the same. */
#include <stdio.h>
#include <stdlib.h>

#include "FreeRTOS.h"
#include "task.h"

static void task(void *argument)
{
    (void)argument;
    size_t before = xPortGetFreeHeapSize();
    void *block = pvPortMalloc(100);
    int fine = block != NULL && xPortGetFreeHeapSize() < before;
    vPortFree(block);
    fine = fine && xPortGetFreeHeapSize() == before;
    puts(fine ? "heapledger works under FreeRTOS" : "the heap's figures are wrong");
    exit(fine ? 0 : 1);
}

int main(void)
{
    if (xTaskCreate(task, "task", configMINIMAL_STACK_SIZE, NULL, 1, NULL) != pdPASS) {
        return 1;
    }
    vTaskStartScheduler();
    return 1;
}
