/* SPDX-License-Identifier: MIT */
/* What a machine without an operating system must give, so that the files of this folder run on it. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Before anything else: vectors, console, clocks. With interrupts off, before the scheduler starts. */
void machine_start(void);

/* Sends one byte to the console; waits while it cannot take more. */
void machine_put(char c);

/* Ends the program with an exit code for whoever started the machine, or stops. */
__attribute__((noreturn)) void machine_exit(int code);

/* Waits for the next interrupt, to save power. */
void machine_wait(void);

/* For exception handlers and the like, in any context (fail.c). The second one says what and the number, and ends
 * the program with exit code 1. */
void firmware_say(const char *text);
__attribute__((noreturn)) void firmware_fail(const char *what, uint32_t number);

#ifdef __cplusplus
}
#endif

#endif
