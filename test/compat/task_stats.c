/* SPDX-License-Identifier: MIT */
/* Statistics of tasks in static arrays, for tests. */
#include "task_stats.h"

#include "heaps.h"

task_stat_t stat_tasks[ROOM_TASKS];
heap_stat_t stat_heaps[ROOM_HEAPS];
heap_task_block_t stat_blocks[ROOM_BLOCKS];

static void check_heap(const heap_stat_t *heap)
{
    size_t sum = 0;

    for (size_t i = 0; i < heap->alloc_count; i++) {
        sum += heap->alloc_stat[i].size;
    }
    TEST_ASSERT_EQUAL(sum, heap->current_usage);
    TEST_ASSERT_GREATER_OR_EQUAL(heap->current_usage, heap->peak_usage);
    TEST_ASSERT_NOT_NULL(heap->name);
}

static void check_task(const task_stat_t *task)
{
    size_t sum = 0;

    TEST_ASSERT_GREATER_THAN(0, task->heap_count);
    for (size_t i = 0; i < task->heap_count; i++) {
        check_heap(&task->heap_stat[i]);
        sum += task->heap_stat[i].current_usage;
    }
    TEST_ASSERT_EQUAL(sum, task->overall_current_usage);
    TEST_ASSERT_GREATER_OR_EQUAL(sum, task->overall_peak_usage);
}

heap_all_tasks_stat_t stats_of_all(void)
{
    heap_all_tasks_stat_t all = {
        .task_count = ROOM_TASKS,
        .stat_arr = stat_tasks,
        .heap_count = ROOM_HEAPS,
        .heap_stat_start = stat_heaps,
        .alloc_count = ROOM_BLOCKS,
        .alloc_stat_start = stat_blocks,
    };

    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    TEST_ASSERT_LESS_THAN(ROOM_TASKS, all.task_count);
    for (size_t i = 0; i < all.task_count; i++) {
        check_task(&all.stat_arr[i]);
    }
    return all;
}

heap_single_task_stat_t stats_of(TaskHandle_t task)
{
    heap_single_task_stat_t stat = {
        .heap_count = ROOM_HEAPS,
        .heap_stat_start = stat_heaps,
        .alloc_count = ROOM_BLOCKS,
        .alloc_stat_start = stat_blocks,
    };

    TEST_ESP_OK(heap_caps_get_single_task_stat(&stat, task));
    TEST_ASSERT_EQUAL(stat.stat.heap_count, stat.heap_count);
    check_task(&stat.stat);
    return stat;
}

const task_stat_t *stats_find(TaskHandle_t task, bool alive)
{
    heap_all_tasks_stat_t all = stats_of_all();

    for (size_t i = 0; i < all.task_count; i++) {
        if (all.stat_arr[i].handle == task && all.stat_arr[i].is_alive == alive) {
            return &all.stat_arr[i];
        }
    }
    return NULL;
}

const task_stat_t *stats_find_name(const char *name)
{
    heap_all_tasks_stat_t all = stats_of_all();

    for (size_t i = 0; i < all.task_count; i++) {
        if (strcmp(all.stat_arr[i].name, name) == 0) {
            return &all.stat_arr[i];
        }
    }
    return NULL;
}

const heap_stat_t *stats_on_heap(const task_stat_t *task, const void *ptr)
{
    const struct esp_heap *heap = esp_heap_of(ptr);

    for (size_t i = 0; i < task->heap_count; i++) {
        const heap_stat_t *stat = &task->heap_stat[i];

        if (stat->name == heap->name && stat->caps == esp_heap_caps(heap) &&
            stat->size == (size_t)(heap->end - heap->start)) {
            return stat;
        }
    }
    return NULL;
}

const heap_task_block_t *stats_block(const heap_stat_t *heap, const void *ptr)
{
    for (size_t i = 0; i < heap->alloc_count; i++) {
        if (heap->alloc_stat[i].address == ptr) {
            return &heap->alloc_stat[i];
        }
    }
    return NULL;
}
