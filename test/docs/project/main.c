/* SPDX-License-Identifier: MIT */
/* Firmware of a user: a task allocates, and calls README.md's report(). */
#include <stdlib.h>

#include "FreeRTOS.h"
#include "task.h"

void report(void);

static void worker(void *unused)
{
    void *block = pvPortMalloc(100);

    (void)unused;
    report();
    vPortFree(block);
    exit(0);
}

int main(void)
{
    if (xTaskCreate(worker, "worker", configMINIMAL_STACK_SIZE, NULL, 1, NULL) == pdPASS) {
        vTaskStartScheduler();
    }
    return 1;
}
