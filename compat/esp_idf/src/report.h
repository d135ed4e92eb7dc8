/* SPDX-License-Identifier: MIT */
/* What all of esp_heap_task_info.h reads: the ledger at one moment, in ESP-IDF's order. */
#ifndef COMPAT_REPORT_H
#define COMPAT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "heapledger/snapshot.h"

/* Tasks that have ever allocated, by descending handle; the accounts of each, in the order in which
 * it first used its heaps; the blocks of each account, in address order, with the addresses that
 * their owners know. Each entry says where its own are, as in a snapshot. */
struct report {
    struct hl_task_info *tasks;
    size_t task_count;
    struct hl_account_info *accounts;
    struct hl_block_info *blocks;
    void *memory;
    size_t memory_bytes;
};

/* Takes it, in the computer's memory. `serial`: of the task that is wanted, or 0 for all. 0, or as
 * hl_snapshot. */
int report_take(struct report *report, uint32_t serial);
void report_free(struct report *report);

/* The serial number of a task; NULL: the calling one. 0: there is none. Of several that had a
 * handle it is the live one, or else the newest. */
uint32_t report_serial(TaskHandle_t task);

/* What a task is called, cut to `room` bytes; of several that became one the number of them is
 * kept. */
void report_name(const struct hl_task_info *task, char *name, size_t room);

/* The pseudo-task that has the arrays of reports, and is in none; HL_TASK_OVERFLOW if there is no
 * slot. */
int report_task(void);

#endif
