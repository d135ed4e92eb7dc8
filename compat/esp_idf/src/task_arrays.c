/* SPDX-License-Identifier: MIT */
/* Arrays for statistics of tasks: from the largest heap, and nobody's. */
#include "esp_heap_task_info.h"

#ifdef CONFIG_HEAP_TASK_TRACKING

#include "allocate.h"
#include "heapledger_freertos.h"
#include "heaps.h"
#include "report.h"

static const struct esp_heap *largest_heap(void)
{
    const struct esp_heap *largest = NULL;

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (heap->enabled &&
            (largest == NULL || heap->end - heap->start > largest->end - largest->start)) {
            largest = heap;
        }
    }
    return largest;
}

/* An array; NULL for 0 entries. False: no room for it. */
static bool allocate_array(void **array, size_t count, size_t entry_bytes)
{
    int task = report_task();

    *array = NULL;
    if (count != 0) {
        esp_heaps_lock();
        *array = hl_malloc_in(hl_freertos_instance(), esp_heap_index(largest_heap()),
                              count * entry_bytes, task);
        esp_heaps_unlock();
    }
    return count == 0 || *array != NULL;
}

static void free_array(const char *function, void *array, size_t *count)
{
    if (array == NULL) {
        return;
    }
    if (esp_heap_of(array) == NULL) {
        pointer_is_wrong(function, array, "it lies in no heap");
    }
    hl_free(hl_freertos_instance(), array);
    *count = 0;
}

/* How many entries a report has of each kind. */
static void count_entries(const struct report *report, size_t *heaps, size_t *blocks)
{
    *heaps = 0;
    *blocks = 0;
    for (size_t i = 0; i < report->task_count; i++) {
        const struct hl_task_info *task = &report->tasks[i];

        *heaps += task->account_count;
        for (size_t k = 0; k < task->account_count; k++) {
            *blocks += report->accounts[task->first_account + k].listed;
        }
    }
}

esp_err_t heap_caps_alloc_single_task_stat_arrays(heap_single_task_stat_t *task_stat,
                                                  TaskHandle_t task_handle)
{
    uint32_t serial = report_serial(task_handle);
    struct report report;
    void *array;

    task_stat->heap_count = 0;
    task_stat->heap_stat_start = NULL;
    task_stat->alloc_count = 0;
    task_stat->alloc_stat_start = NULL;
    if (serial == 0 || report_take(&report, serial) != 0) {
        return ESP_OK;
    }
    if (report.task_count != 0 && report.tasks[0].alive) {
        count_entries(&report, &task_stat->heap_count, &task_stat->alloc_count);
    }
    report_free(&report);
    if (!allocate_array(&array, task_stat->heap_count, sizeof(heap_stat_t))) {
        return ESP_FAIL;
    }
    task_stat->heap_stat_start = array;
    if (!allocate_array(&array, task_stat->alloc_count, sizeof(heap_task_block_t))) {
        return ESP_FAIL;
    }
    task_stat->alloc_stat_start = array;
    return ESP_OK;
}

void heap_caps_free_single_task_stat_arrays(heap_single_task_stat_t *task_stat)
{
    free_array(__func__, task_stat->heap_stat_start, &task_stat->heap_count);
    task_stat->heap_stat_start = NULL;
    free_array(__func__, task_stat->alloc_stat_start, &task_stat->alloc_count);
    task_stat->alloc_stat_start = NULL;
}

esp_err_t heap_caps_alloc_all_task_stat_arrays(heap_all_tasks_stat_t *tasks_stat)
{
    struct report report;
    void *array;

    *tasks_stat = (heap_all_tasks_stat_t){.task_count = 0};
    if (report_take(&report, 0) != 0) {
        return ESP_FAIL;
    }
    tasks_stat->task_count = report.task_count;
    count_entries(&report, &tasks_stat->heap_count, &tasks_stat->alloc_count);
    report_free(&report);
    if (!allocate_array(&array, tasks_stat->task_count, sizeof(task_stat_t))) {
        return ESP_FAIL;
    }
    tasks_stat->stat_arr = array;
    if (!allocate_array(&array, tasks_stat->heap_count, sizeof(heap_stat_t))) {
        return ESP_FAIL;
    }
    tasks_stat->heap_stat_start = array;
    if (!allocate_array(&array, tasks_stat->alloc_count, sizeof(heap_task_block_t))) {
        return ESP_FAIL;
    }
    tasks_stat->alloc_stat_start = array;
    return ESP_OK;
}

void heap_caps_free_all_task_stat_arrays(heap_all_tasks_stat_t *tasks_stat)
{
    free_array(__func__, tasks_stat->stat_arr, &tasks_stat->task_count);
    tasks_stat->stat_arr = NULL;
    free_array(__func__, tasks_stat->heap_stat_start, &tasks_stat->heap_count);
    tasks_stat->heap_stat_start = NULL;
    free_array(__func__, tasks_stat->alloc_stat_start, &tasks_stat->alloc_count);
    tasks_stat->alloc_stat_start = NULL;
}

#endif
