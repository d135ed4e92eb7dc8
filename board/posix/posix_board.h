/* SPDX-License-Identifier: MIT */
/* What the files of the simulation share with each other. Examples include board.h only. */
#ifndef POSIX_BOARD_H
#define POSIX_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "heapledger/heapledger.h"

/* console.c */

/* Must come first: names the program in messages, and makes a broken pipe or a full file an error of
 * write(). */
void board_console_open(const char *name);

/* "PROGRAM: text" and a line end, to standard error; cut to 500 bytes. For any thread and context. */
void board_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* board_say, then board_exit. */
_Noreturn void board_fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* options.c */

/* Fills options from the command line. Ends the program for --help, --version and wrong options. */
void board_read_options(int argc, char **argv, const struct board_app *app,
                        struct board_options *options);

/* End the program for a wrong command line: say where help is, what was wrong with a value. `name`:
 * the program's. */
_Noreturn void board_hint_and_exit(const char *name);
_Noreturn void board_wrong_value(const char *name, const char *option, const char *value,
                                 const char *wanted);

/* Reads a whole string of decimal digits as a number from min to max. False: it is none. */
bool board_parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *number);

/* A seed that the computer chooses, said on standard error together with the option that repeats it. */
uint32_t board_choose_seed(void);

/* heaps.c */

/* Maps the heaps and describes them, in the order in which they are to be searched. Ends the program
 * with BOARD_EXIT_SYSTEM when their addresses are taken. */
size_t board_map_heaps(const struct hl_heap_desc **description);

/* virtual_time.c */

/* Chooses how time passes. Right before vTaskStartScheduler: the next thread without attributes that
 * is created is the port's tick thread. */
void board_choose_time(bool realtime);

/* watchdog.c */

/* Ends the program when no tick has come for so long (0: never). Before the first task is created. */
void board_watchdog_start(uint32_t limit_ms, bool realtime);

/* Waiting for the world outside is not the tasks' fault. Nests. For any thread. */
void board_watchdog_pause(void);
void board_watchdog_resume(void);

/* The limit: HEAPLEDGER_WATCHDOG_MS from the environment, or 5000. */
uint32_t board_watchdog_limit(void);

#endif
