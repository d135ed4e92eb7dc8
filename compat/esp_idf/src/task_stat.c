/* SPDX-License-Identifier: MIT */
/* Statistics of tasks, into arrays of the caller. */
#include "esp_heap_task_info.h"

#ifdef CONFIG_HEAP_TASK_TRACKING

#include "report.h"

/* What is left of the caller's arrays. */
struct room {
    heap_stat_t *heaps;
    size_t heap_room, heaps_used;
    heap_task_block_t *blocks;
    size_t block_room, blocks_used;
};

static void fill_blocks(struct room *room, const struct hl_task_info *task,
                        const struct hl_account_info *account, const struct hl_block_info *blocks)
{
    for (size_t i = 0; i < account->listed; i++) {
        heap_task_block_t *to = &room->blocks[room->blocks_used++];

        to->task = task->handle;
        to->address = (void *)(uintptr_t)blocks[i].address;
        to->size = blocks[i].size;
    }
}

/* All blocks of a heap, or none. */
static void fill_heap(struct room *room, const struct report *report,
                      const struct hl_task_info *task, const struct hl_account_info *account)
{
    heap_stat_t *to = &room->heaps[room->heaps_used++];
    bool fits = account->listed <= room->block_room - room->blocks_used;

    to->name = account->name;
    to->caps = account->caps;
    to->size = account->size;
    to->current_usage = account->current;
    to->peak_usage = account->peak;
    to->alloc_count = fits ? account->listed : 0;
    to->alloc_stat = fits && room->blocks != NULL ? &room->blocks[room->blocks_used] : NULL;
    if (fits) {
        fill_blocks(room, task, account, &report->blocks[account->first_block]);
    }
}

/* The first heaps of a task, as many as wanted. Without an array for them all are counted. */
static void fill_task(task_stat_t *to, size_t heaps, struct room *room, const struct report *report,
                      const struct hl_task_info *task)
{
    report_name(task, to->name, sizeof(to->name));
    to->handle = task->handle;
    to->is_alive = task->alive;
    to->overall_peak_usage = task->peak;
    to->overall_current_usage = task->current;
    to->heap_count = room->heaps != NULL ? heaps : task->account_count;
    to->heap_stat = room->heaps != NULL && heaps != 0 ? &room->heaps[room->heaps_used] : NULL;
    for (size_t i = 0; i < heaps; i++) {
        fill_heap(room, report, task, &report->accounts[task->first_account + i]);
    }
}

static bool is_wrong(const void *array, size_t count)
{
    return array == NULL && count != 0;
}

esp_err_t heap_caps_get_all_task_stat(heap_all_tasks_stat_t *tasks_stat)
{
    struct report report;
    struct room room;
    size_t tasks = 0;

    if (tasks_stat == NULL || is_wrong(tasks_stat->stat_arr, tasks_stat->task_count) ||
        is_wrong(tasks_stat->heap_stat_start, tasks_stat->heap_count) ||
        is_wrong(tasks_stat->alloc_stat_start, tasks_stat->alloc_count)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (report_take(&report, 0) != 0) {
        return ESP_ERR_INVALID_STATE;
    }
    room = (struct room){
        .heaps = tasks_stat->heap_stat_start,
        .heap_room = tasks_stat->heap_count,
        .blocks = tasks_stat->alloc_stat_start,
        .block_room = tasks_stat->alloc_count,
    };
    while (tasks < report.task_count && tasks < tasks_stat->task_count) {
        const struct hl_task_info *task = &report.tasks[tasks];
        bool fits = task->account_count <= room.heap_room - room.heaps_used;

        fill_task(&tasks_stat->stat_arr[tasks], fits ? task->account_count : 0, &room, &report,
                  task);
        tasks++;
    }
    tasks_stat->task_count = tasks;
    tasks_stat->heap_count = room.heaps_used;
    tasks_stat->alloc_count = room.blocks_used;
    report_free(&report);
    return ESP_OK;
}

/* The report of one task that is listed. */
static esp_err_t take_one(struct report *report, TaskHandle_t handle)
{
    uint32_t serial = report_serial(handle);
    int error = serial != 0 ? report_take(report, serial) : HL_ERR_NOT_FOUND;

    if (error == 0 && report->task_count == 0) { /* it has never allocated */
        report_free(report);
        error = HL_ERR_NOT_FOUND;
    }
    if (error != 0) {
        return error == HL_ERR_NOT_FOUND ? ESP_FAIL : ESP_ERR_INVALID_STATE;
    }
    return ESP_OK;
}

esp_err_t heap_caps_get_single_task_stat(heap_single_task_stat_t *task_stat,
                                         TaskHandle_t task_handle)
{
    struct report report;
    struct room room;
    size_t heaps;
    esp_err_t error;

    if (task_stat == NULL || is_wrong(task_stat->heap_stat_start, task_stat->heap_count) ||
        is_wrong(task_stat->alloc_stat_start, task_stat->alloc_count)) {
        return ESP_ERR_INVALID_ARG;
    }
    error = take_one(&report, task_handle);
    if (error != ESP_OK) {
        return error;
    }
    room = (struct room){
        .heaps = task_stat->heap_stat_start,
        .heap_room = task_stat->heap_count,
        .blocks = task_stat->alloc_stat_start,
        .block_room = task_stat->alloc_count,
    };
    heaps = report.tasks[0].account_count;
    heaps = heaps < room.heap_room ? heaps : room.heap_room;
    fill_task(&task_stat->stat, heaps, &room, &report, &report.tasks[0]);
    task_stat->stat.heap_stat = task_stat->heap_stat_start;
    task_stat->heap_count = room.heaps_used;
    task_stat->alloc_count = room.blocks_used;
    report_free(&report);
    return ESP_OK;
}

#endif
