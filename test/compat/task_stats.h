/* SPDX-License-Identifier: MIT */
/* Statistics of tasks in static arrays, for tests. */
#ifndef TEST_COMPAT_TASK_STATS_H
#define TEST_COMPAT_TASK_STATS_H

#include <string.h>

#include "esp_heap_task_info.h"
#include "unity.h"

enum {
    ROOM_TASKS = 64,
    ROOM_HEAPS = 256,
    ROOM_BLOCKS = 1024
};

extern task_stat_t stat_tasks[ROOM_TASKS];
extern heap_stat_t stat_heaps[ROOM_HEAPS];
extern heap_task_block_t stat_blocks[ROOM_BLOCKS];

/* All tasks, or one; everything finds room, and everything adds up. A pointer into the result is
 * valid until the next call. */
heap_all_tasks_stat_t stats_of_all(void);
heap_single_task_stat_t stats_of(TaskHandle_t task);

/* By handle and life among all tasks; NULL: it is not listed. */
const task_stat_t *stats_find(TaskHandle_t task, bool alive);
const task_stat_t *stats_find_name(const char *name);

/* What a task has on the heap of a pointer (NULL: nothing yet), and whether the pointer is listed
 * there. */
const heap_stat_t *stats_on_heap(const task_stat_t *task, const void *ptr);
const heap_task_block_t *stats_block(const heap_stat_t *heap, const void *ptr);

#endif
