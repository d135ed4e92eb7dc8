/* SPDX-License-Identifier: MIT */
/* What the files of the simulation of ESP-IDF programs share with each other. */
#ifndef SIM_H
#define SIM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sdkconfig.h"

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "posix_board.h"

/* options.c */

struct sim_options {
    bool realtime;
    uint32_t seed;
    uint32_t run_for_s; /* 0: no limit */
};

/* Reads the command line and chooses the chip. Ends the program for --help, --version, --list-chips
 * and wrong options. */
void sim_read_options(int argc, char **argv, struct sim_options *options);

/* start.c */

/* Tasks that the chip has one of per core; 1 with CONFIG_FREERTOS_UNICORE on a chip with two. */
unsigned sim_cores(void);

/* Cores are numbers from 0 up; the task's, or tskNO_AFFINITY. */
BaseType_t sim_core_of(TaskHandle_t task);

/* idle.c */

/* From main(): when to end at the latest. And: app_main has returned, so that the program may end
 * once nothing is left to happen. */
void sim_idle_begin(uint32_t run_for_s);
void sim_main_is_over(void);

/* console.c */

/* Flushes, then ends the program as board_exit does. */
_Noreturn void sim_exit(int code);

/* The same with "PROGRAM: text" on standard error. */
_Noreturn void sim_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* No other task runs, and no watchdog looks, while stdout or stderr is written: a task that is
 * preempted while it holds the lock of a stream would keep others waiting in a way the scheduler
 * cannot see. */
void sim_console_enter(void);
void sim_console_leave(void);

/* libc.c: as without sim_, inside sim_console_enter and sim_console_leave for stdout and stderr. */
int sim_fprintf(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
int sim_vfprintf(FILE *stream, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* unity.c: tests that failed so far; the program's exit code is 1 then. */
unsigned sim_failed_tests(void);

#endif
