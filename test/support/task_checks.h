/* SPDX-License-Identifier: MIT */
/* For test programs that check inside tasks of the real kernel: checks that go on, and what a task holds.
 * C and C++. */
#ifndef TEST_TASK_CHECKS_H
#define TEST_TASK_CHECKS_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "heapledger/snapshot.h"
#include "heapledger_freertos.h"

static int failures;

static inline void check_at(const char *file, int line, const char *what, bool good)
{
    if (!good) {
        printf("%s:%d: not so: %s\n", file, line, what);
        failures++;
    }
}
#define CHECK(condition) check_at(__FILE__, __LINE__, #condition, condition)

static inline struct hl *books(void)
{
    return hl_freertos_instance();
}

#if HL_TASK_TRACKING
/* What a task holds, 0 for one that is not listed. */
static inline uint32_t held_by(uint32_t serial)
{
    struct hl_task_info task;
    struct hl_snapshot snapshot;

    memset(&snapshot, 0, sizeof(snapshot));
    snapshot.tasks = &task;
    snapshot.task_room = 1;
    if (hl_snapshot(books(), serial, &snapshot) != 0 || snapshot.task_count != 1) {
        return 0;
    }
    return task.current;
}
#endif

#endif
