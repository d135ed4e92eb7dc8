/* SPDX-License-Identifier: MIT */
/* Standard output in the simulation: whole calls, and flushed at the end. */
#include "sim.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static bool tasks_run(void)
{
    return xTaskGetSchedulerState() != taskSCHEDULER_NOT_STARTED;
}

void sim_console_enter(void)
{
    if (tasks_run()) {
        vTaskSuspendAll();
    }
    board_watchdog_pause();
}

_Noreturn static void output_failed(int error)
{
    board_say("cannot write to standard output: %s",
              error != 0 ? strerror(error) : "part of it is lost");
    board_exit(BOARD_EXIT_SYSTEM);
}

void sim_console_leave(void)
{
    int error = errno;

    if (ferror(stdout)) {
        output_failed(error);
    }
    board_watchdog_resume();
    if (tasks_run()) {
        (void)xTaskResumeAll();
    }
    errno = error;
}

void sim_exit(int code)
{
    board_watchdog_pause();
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        output_failed(errno);
    }
    board_exit(code);
}

void sim_fail(int code, const char *format, ...)
{
    char text[480];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    (void)fflush(stdout);
    board_say("%s", text);
    sim_exit(code);
}
