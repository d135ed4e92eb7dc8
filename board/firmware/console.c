/* SPDX-License-Identifier: MIT */
/* Output and the end on a machine without an operating system. */
#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "machine.h"

/* No other task runs meanwhile: a report is not cut into by another one. Interrupts stay on. */
void board_write(const char *text, size_t length)
{
    bool running = xTaskGetSchedulerState() != taskSCHEDULER_NOT_STARTED;

    if (running) {
        vTaskSuspendAll();
    }
    for (size_t i = 0; i < length; i++) {
        machine_put(text[i]);
    }
    if (running) {
        (void)xTaskResumeAll();
    }
}

/* There is one console. */
void board_message(const char *text, size_t length)
{
    board_write(text, length);
}

void board_exit(int code)
{
    machine_exit(code);
}

uint32_t board_uptime_ms(void)
{
    return (uint32_t)xTaskGetTickCount() * (1000U / configTICK_RATE_HZ);
}
