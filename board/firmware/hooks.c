/* SPDX-License-Identifier: MIT */
/* The kernel's hooks on a machine without an operating system. */
#include <stdint.h>

#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "machine.h"

void board_assert_failed(const char *file, int line, const char *what)
{
    firmware_say(file);
    firmware_say(": assertion failed: ");
    firmware_say(what);
    firmware_fail(", line ", (uint32_t)line);
}

void vApplicationIdleHook(void)
{
    machine_wait();
}

/* Called in every tick, from its interrupt. */
__attribute__((weak)) void vApplicationTickHook(void)
{
}

/* Programs look at what pvPortMalloc returns. */
__attribute__((weak)) void vApplicationMallocFailedHook(void)
{
}

void vApplicationStackOverflowHook(TaskHandle_t task, char *name)
{
    firmware_say(name);
    firmware_fail(": stack overflow in this task, of priority ", (uint32_t)uxTaskPriorityGet(task));
}
