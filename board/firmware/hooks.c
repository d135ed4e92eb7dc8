/* SPDX-License-Identifier: MIT */
/* The kernel's hooks on a machine without an operating system. */
#include <stdint.h>

#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "machine.h"

static void say(const char *text)
{
    for (; *text != '\0'; text++) {
        machine_put(*text);
    }
}

static void say_number(uint32_t number)
{
    char digits[10];
    unsigned count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count-- != 0) {
        machine_put(digits[count]);
    }
}

void firmware_fail(const char *what, uint32_t number)
{
    say(what);
    say_number(number);
    say("\n");
    machine_exit(BOARD_EXIT_FAILED);
}

void board_assert_failed(const char *file, int line, const char *what)
{
    say(file);
    say(": assertion failed: ");
    say(what);
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
    say(name);
    firmware_fail(": stack overflow in this task, of priority ", (uint32_t)uxTaskPriorityGet(task));
}
