/* SPDX-License-Identifier: MIT */
/* The scenario of both programs: a task that leaks, one that does not, and a main task that asks. */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdint.h>

#include "board.h"
#include "heapledger/config.h"

#if !HL_TASK_TRACKING
#error "heap_task_tracking: there is nothing to show without HL_TASK_TRACKING"
#endif

/* The build says which version of the project this is. */
#ifndef EXAMPLE_VERSION
#define EXAMPLE_VERSION "(unknown version)"
#endif

#define SCENARIO_ROUNDS 5

/* Writes what one task holds, by its serial number, or what all tasks hold when that is 0. Returns 0,
 * or an error of heapledger's (negative). Each program has its own. */
typedef int scenario_show(uint32_t serial);

/* Runs the scenario and returns the program's exit code. Call it from the task `main`; `name` is the
 * program's. */
int scenario_run(const char *name, const struct board_options *options, scenario_show *show);

#endif
