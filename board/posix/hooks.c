/* SPDX-License-Identifier: MIT */
/* The kernel's hooks: a failed assertion, and weak defaults for those that a program may define. */
#include <unistd.h>

#include "FreeRTOS.h"
#include "task.h"

#include "posix_board.h"

void board_assert_failed(const char *file, int line, const char *what)
{
    board_say("%s:%d: assertion failed: %s", file, line, what);
    _exit(BOARD_EXIT_FAILED); /* exit() could wait for what the stopped task holds */
}

/* Called in every tick, in a context that stands for an interrupt: one that allocates says so with
 * hl_freertos_isr_enter and hl_freertos_isr_exit. */
__attribute__((weak)) void vApplicationTickHook(void)
{
}

/* Programs look at what pvPortMalloc returns. */
__attribute__((weak)) void vApplicationMallocFailedHook(void)
{
}
