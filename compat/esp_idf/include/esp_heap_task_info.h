/* SPDX-License-Identifier: MIT */
/* Which task holds which memory: ESP-IDF's heap task tracking. */
#pragma once

#include "sdkconfig.h"

#ifdef CONFIG_HEAP_TASK_TRACKING

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "esp_err.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A task is listed from its first allocation on. When it is deleted, it stays for as long as it
 * owes bytes; with "Keep information about the memory usage of deleted tasks" also when it owes
 * nothing. What was allocated before any task existed is held by `Pre-scheduler`, handle NULL,
 * always the last. Tasks come by descending handle, the heaps of a task in the order in which it
 * first used them, blocks in address order.
 *
 * In all functions for a single task, NULL is the calling task; of several tasks that had the same
 * handle the live one is meant, or else the newest.
 */
#define NUM_HEAP_TASK_CAPS 4

typedef struct {
    TaskHandle_t task;
    size_t size[NUM_HEAP_TASK_CAPS];
    size_t count[NUM_HEAP_TASK_CAPS];
} heap_task_totals_t;

typedef struct {
    TaskHandle_t task;
    void *address;
    uint32_t size;
} heap_task_block_t;

typedef struct {
    int32_t caps[NUM_HEAP_TASK_CAPS];
    int32_t mask[NUM_HEAP_TASK_CAPS];
    TaskHandle_t *tasks;
    size_t num_tasks;
    heap_task_totals_t *totals;
    size_t *num_totals;
    size_t max_totals;
    heap_task_block_t *blocks;
    size_t max_blocks;
} heap_task_info_params_t;

/* A task on one heap. */
typedef struct {
    const char *name;
    uint32_t caps; /* all three words together */
    size_t size;   /* of the whole heap */
    size_t current_usage;
    size_t peak_usage;
    size_t alloc_count; /* of the entries at alloc_stat */
    heap_task_block_t *alloc_stat;
} heap_stat_t;

typedef struct {
    char name[configMAX_TASK_NAME_LEN];
    TaskHandle_t handle;
    bool is_alive;
    size_t overall_peak_usage;
    size_t overall_current_usage;
    size_t heap_count; /* of the entries at heap_stat; without an array for heaps: of all */
    heap_stat_t *heap_stat;
} task_stat_t;

/* Arrays are the caller's, with the number of entries that they have room for. NULL with 0 leaves
 * that kind out. The functions write back how many they filled. */
typedef struct {
    task_stat_t stat;
    size_t heap_count;
    heap_stat_t *heap_stat_start;
    size_t alloc_count;
    heap_task_block_t *alloc_stat_start;
} heap_single_task_stat_t;

typedef struct {
    size_t task_count;
    task_stat_t *stat_arr;
    size_t heap_count;
    heap_stat_t *heap_stat_start;
    size_t alloc_count;
    heap_task_block_t *alloc_stat_start;
} heap_all_tasks_stat_t;

/* Walks over all heaps. Heaps are sorted into NUM_HEAP_TASK_CAPS kinds: the first i for which all
 * their capabilities & mask[i] == caps[i]; others are left out. `totals`: per task and kind;
 * entries that are there already keep their places. `blocks`: those of the tasks in `tasks` (NULL:
 * of all). Returns the number of blocks listed. */
size_t heap_caps_get_per_task_info(heap_task_info_params_t *params);

/* What has no room is left out: tasks at the end, all heaps of a task, all blocks of a heap; the
 * counts beside a NULL are then 0. ESP_ERR_INVALID_ARG: NULL, or an array that is NULL with a
 * count. ESP_ERR_INVALID_STATE: another walk is under way, and the scheduler is suspended, so that
 * it cannot end. */
esp_err_t heap_caps_get_all_task_stat(heap_all_tasks_stat_t *tasks_stat);

/* The same for one task; heaps at the end are left out one by one. ESP_FAIL: the task is not
 * listed. */
esp_err_t heap_caps_get_single_task_stat(heap_single_task_stat_t *task_stat,
                                         TaskHandle_t task_handle);

/* Text; stream NULL: standard output. Nothing is locked while it is written. */
void heap_caps_print_all_task_stat(FILE *stream);
void heap_caps_print_all_task_stat_overview(FILE *stream);
void heap_caps_print_single_task_stat(FILE *stream, TaskHandle_t task_handle);
void heap_caps_print_single_task_stat_overview(FILE *stream, TaskHandle_t task_handle);

/* Arrays that are large enough now, for a live task or for all. They come from the largest heap,
 * are nobody's, and are given back by the functions below only. ESP_FAIL: no room. */
esp_err_t heap_caps_alloc_single_task_stat_arrays(heap_single_task_stat_t *task_stat,
                                                  TaskHandle_t task_handle);
void heap_caps_free_single_task_stat_arrays(heap_single_task_stat_t *task_stat);
esp_err_t heap_caps_alloc_all_task_stat_arrays(heap_all_tasks_stat_t *tasks_stat);
void heap_caps_free_all_task_stat_arrays(heap_all_tasks_stat_t *tasks_stat);

#ifdef __cplusplus
}
#endif

#endif
