/* SPDX-License-Identifier: MIT */
/* heap_caps_get_per_task_info: totals per task and kind of memory, from a walk over all blocks. */
#include "esp_heap_task_info.h"

#ifdef CONFIG_HEAP_TASK_TRACKING

#include <string.h>

#include "exec.h"
#include "heapledger_freertos.h"
#include "heaps.h"
#include "report.h"
#include "walks.h"

struct totalling {
    heap_task_info_params_t *params;
    struct report report; /* who has which serial number */
    size_t totals;
    size_t blocks;
};

static struct walk_heap find(const void *context)
{
    struct walk_heap heap = {hl_freertos_instance(), esp_heap_index(context)};

    return heap;
}

/* The kind of memory that a heap is, or NUM_HEAP_TASK_CAPS: none that is wanted. */
static size_t kind_of(const heap_task_info_params_t *params, const struct esp_heap *heap)
{
    size_t kind = 0;

    while (kind < NUM_HEAP_TASK_CAPS &&
           (esp_heap_caps(heap) & (uint32_t)params->mask[kind]) != (uint32_t)params->caps[kind]) {
        kind++;
    }
    return kind;
}

/* The handle of an owner. False: the block is none of a task's, but a report's, or free. */
static bool handle_of(const struct totalling *totalling, uint32_t serial, TaskHandle_t *handle)
{
    for (size_t i = 0; i < totalling->report.task_count; i++) {
        if (totalling->report.tasks[i].serial == serial) {
            *handle = totalling->report.tasks[i].handle;
            return true;
        }
    }
    return false;
}

static void add_to_totals(struct totalling *totalling, TaskHandle_t task, size_t kind,
                          uint32_t size)
{
    const heap_task_info_params_t *params = totalling->params;
    heap_task_totals_t *totals;
    size_t i = 0;

    if (params->totals == NULL) {
        return;
    }
    while (i < totalling->totals && params->totals[i].task != task) {
        i++;
    }
    totals = &params->totals[i];
    if (i == totalling->totals) {
        if (totalling->totals >= params->max_totals) {
            return;
        }
        totalling->totals++;
        memset(totals, 0, sizeof(*totals));
        totals->task = task;
    }
    totals->size[kind] += size;
    totals->count[kind]++;
}

static bool is_wanted(const heap_task_info_params_t *params, TaskHandle_t task)
{
    if (params->tasks == NULL) {
        return true;
    }
    for (size_t i = 0; i < params->num_tasks; i++) {
        if (params->tasks[i] == task) {
            return true;
        }
    }
    return false;
}

static void add_to_blocks(struct totalling *totalling, TaskHandle_t task,
                          const struct hl_block_info *block)
{
    const heap_task_info_params_t *params = totalling->params;

    if (params->blocks == NULL || totalling->blocks >= params->max_blocks ||
        !is_wanted(params, task)) {
        return;
    }
    params->blocks[totalling->blocks++] = (heap_task_block_t){
        .task = task,
        .address = exec_given(block->address),
        .size = block->size,
    };
}

static void add_heap(struct totalling *totalling, const struct esp_heap *heap)
{
    size_t kind = kind_of(totalling->params, heap);
    struct block_list list;
    TaskHandle_t task;

    if (kind == NUM_HEAP_TASK_CAPS) {
        return;
    }
    (void)block_list_take(&list, find, heap);
    for (size_t i = 0; i < list.count; i++) {
        const struct hl_block_info *block = &list.blocks[i];

        if (handle_of(totalling, block->owner, &task)) {
            add_to_totals(totalling, task, kind, block->size);
            add_to_blocks(totalling, task, block);
        }
    }
    block_list_free(&list);
}

/* Other tasks are held off, so that report and blocks are of one moment. 0, or the error of
 * report_take. */
static int total(struct totalling *totalling)
{
    int error;

    esp_heaps_lock();
    error = report_take(&totalling->report, 0);
    if (error == 0) {
        for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
            if (heap->enabled) {
                add_heap(totalling, heap);
            }
        }
        report_free(&totalling->report);
    }
    esp_heaps_unlock();
    return error;
}

size_t heap_caps_get_per_task_info(heap_task_info_params_t *params)
{
    struct totalling totalling = {.params = params, .totals = *params->num_totals};
    int error;

    for (size_t i = 0; params->totals != NULL && i < totalling.totals; i++) {
        memset(params->totals[i].size, 0, sizeof(params->totals[i].size));
        memset(params->totals[i].count, 0, sizeof(params->totals[i].count));
    }
    do {
        error = total(&totalling);
    } while (error == HL_ERR_BUSY && walk_wait());
    *params->num_totals = totalling.totals;
    return totalling.blocks;
}

#endif
