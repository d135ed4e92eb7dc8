/* SPDX-License-Identifier: MIT */
/* Runs the driver in a task of the real kernel, while no tick comes. */
#include "FreeRTOS.h"
#include "task.h"

#include "machine.h"

enum {
    STACK_WORDS = 4096
};

int driver_main(void);

static void run(void *unused)
{
    (void)unused;
    *(volatile uint32_t *)(configMTIMECMP_BASE_ADDRESS + 4) = UINT32_MAX; /* due in years */
    machine_exit(driver_main());
}

/* All tasks are static: a heap may be set up anew while they run. */
int main(void)
{
    static StaticTask_t control_block;
    static StackType_t stack[STACK_WORDS];

    (void)xTaskCreateStatic(run, "bench", STACK_WORDS, NULL, configMAX_PRIORITIES - 1, stack,
                            &control_block);
    vTaskStartScheduler();
    return 1;
}
