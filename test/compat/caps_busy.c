/* SPDX-License-Identifier: MIT */
/* One walk is under way at a time. When another task is in the middle of one, whoever wants to walk
 * waits; where that task cannot go on, nothing hangs. */
#include "own_heaps.h"
#include "task_stats.h"
#include "worker.h"

#include "heapledger/snapshot.h"
#include "heapledger_freertos.h"

static struct worker walker;
static volatile bool walking;

static bool pause_once(void *context, const struct hl_block_info *block)
{
    (void)block;
    if (!walking) {
        walking = true;
        vTaskDelay(*(TickType_t *)context);
    }
    return true;
}

static void walk_slowly(void *argument)
{
    walking = false;
    TEST_ASSERT_EQUAL(1, hl_visit_blocks(hl_freertos_instance(), 0, pause_once, argument));
    walking = false;
}

/* The worker walks, and will not be done for a few ticks. It counts as changed: the tests
 * allocate. */
static void begin_walk(void)
{
    static TickType_t ticks = 5;

    worker_do(&walker, walk_slowly, &ticks);
    TEST_ASSERT_TRUE(walking);
    heap_caps_free(heap_caps_malloc(10, MALLOC_CAP_DEFAULT));
}

static void walk_is_over(void)
{
    TEST_ASSERT_FALSE(walking);
}

TEST_CASE("get_info, checks, walks and dumps wait for another walk", "[3.4]")
{
    multi_heap_info_t info;
    char *ptr = heap_caps_malloc(100, CAP_A);

    begin_walk();
    heap_caps_get_info(&info, CAP_A);
    walk_is_over();
    TEST_ASSERT_EQUAL(1, info.allocated_blocks);
    begin_walk();
    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
    walk_is_over();
    begin_walk();
    TEST_ASSERT_EQUAL(100, heap_caps_get_containing_block_size(ptr + 50));
    walk_is_over();
    heap_caps_free(ptr);
}

TEST_CASE("statistics of tasks wait for another walk", "[2.4]")
{
    size_t count = 0;
    heap_task_totals_t totals[40];
    heap_task_info_params_t params = {.totals = totals, .num_totals = &count, .max_totals = 40};

    begin_walk();
    TEST_ASSERT_GREATER_THAN(1, stats_of_all().task_count);
    walk_is_over();
    begin_walk();
    TEST_ASSERT_EQUAL(1, stats_of(NULL).stat.is_alive);
    walk_is_over();
    begin_walk();
    heap_caps_get_per_task_info(&params);
    walk_is_over();
    TEST_ASSERT_GREATER_THAN(1, count);
}

TEST_CASE("where the other walk cannot go on, what needs a walk says so or is 0", "[2.4]")
{
    heap_single_task_stat_t stat = {0};
    heap_all_tasks_stat_t all = {0};
    multi_heap_info_t info;

    begin_walk();
    vTaskSuspendAll();
    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_STATE, heap_caps_get_all_task_stat(&all));
    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_STATE, heap_caps_get_single_task_stat(&stat, NULL));
    heap_caps_get_info(&info, CAP_A);
    (void)xTaskResumeAll();
    TEST_ASSERT_GREATER_THAN(0, info.total_free_bytes);
    TEST_ASSERT_EQUAL(0, info.total_blocks);
    TEST_ASSERT_TRUE(walking);
    vTaskDelay(10);
    walk_is_over();
}

void app_main(void)
{
    own_heap(0, CAP_A, 0, 0);
    worker_start(&walker, "walker");
    unity_run_all_tests();
    worker_delete(&walker);
}
