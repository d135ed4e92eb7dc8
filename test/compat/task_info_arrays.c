/* SPDX-License-Identifier: MIT */
/* Statistics in arrays of the caller: which fit, which are left out, and the helpers that allocate
 * arrays. */
#include "own_heaps.h"
#include "task_stats.h"
#include "worker.h"

#include "heaps.h"

static struct worker worker;
static void *blocks[5]; /* three on the first heap, two on the second */

void setUp(void)
{
    worker_start(&worker, "worker");
    for (int i = 0; i < 5; i++) {
        blocks[i] = worker_malloc(&worker, 50, i < 3 ? CAP_A : CAP_B);
        TEST_ASSERT_NOT_NULL(blocks[i]);
    }
}

void tearDown(void)
{
    for (int i = 0; i < 5; i++) {
        heap_caps_free(blocks[i]);
    }
    worker_delete(&worker);
}

/* A struct with so much room in the static arrays, which are made unlike anything. */
static heap_all_tasks_stat_t room_for(size_t tasks, size_t heaps, size_t allocs)
{
    heap_all_tasks_stat_t all = {tasks, stat_tasks, heaps, stat_heaps, allocs, stat_blocks};

    memset(stat_tasks, 0x5a, sizeof(stat_tasks));
    memset(stat_heaps, 0x5a, sizeof(stat_heaps));
    memset(stat_blocks, 0x5a, sizeof(stat_blocks));
    return all;
}

static heap_single_task_stat_t room_for_one(size_t heaps, size_t allocs)
{
    heap_single_task_stat_t stat = {
        .heap_count = heaps,
        .heap_stat_start = stat_heaps,
        .alloc_count = allocs,
        .alloc_stat_start = stat_blocks,
    };

    return stat;
}

#define BEFORE(type, one, other) TEST_ASSERT_LESS_THAN(offsetof(type, other), offsetof(type, one))

TEST_CASE("fields are in ESP-IDF's order", "[2.1]")
{
    BEFORE(heap_task_totals_t, task, size);
    BEFORE(heap_task_totals_t, size, count);
    BEFORE(heap_task_block_t, task, address);
    BEFORE(heap_task_block_t, address, size);
    BEFORE(heap_task_info_params_t, caps, mask);
    BEFORE(heap_task_info_params_t, mask, tasks);
    BEFORE(heap_task_info_params_t, tasks, num_tasks);
    BEFORE(heap_task_info_params_t, num_tasks, totals);
    BEFORE(heap_task_info_params_t, totals, num_totals);
    BEFORE(heap_task_info_params_t, num_totals, max_totals);
    BEFORE(heap_task_info_params_t, max_totals, blocks);
    BEFORE(heap_task_info_params_t, blocks, max_blocks);
    BEFORE(heap_stat_t, name, caps);
    BEFORE(heap_stat_t, caps, size);
    BEFORE(heap_stat_t, size, current_usage);
    BEFORE(heap_stat_t, current_usage, peak_usage);
    BEFORE(heap_stat_t, peak_usage, alloc_count);
    BEFORE(heap_stat_t, alloc_count, alloc_stat);
    BEFORE(task_stat_t, name, handle);
    BEFORE(task_stat_t, handle, is_alive);
    BEFORE(task_stat_t, is_alive, overall_peak_usage);
    BEFORE(task_stat_t, overall_peak_usage, overall_current_usage);
    BEFORE(task_stat_t, overall_current_usage, heap_count);
    BEFORE(task_stat_t, heap_count, heap_stat);
    BEFORE(heap_single_task_stat_t, stat, heap_count);
    BEFORE(heap_single_task_stat_t, heap_count, heap_stat_start);
    BEFORE(heap_single_task_stat_t, heap_stat_start, alloc_count);
    BEFORE(heap_single_task_stat_t, alloc_count, alloc_stat_start);
    BEFORE(heap_all_tasks_stat_t, task_count, stat_arr);
    BEFORE(heap_all_tasks_stat_t, stat_arr, heap_count);
    BEFORE(heap_all_tasks_stat_t, heap_count, heap_stat_start);
    BEFORE(heap_all_tasks_stat_t, heap_stat_start, alloc_count);
    BEFORE(heap_all_tasks_stat_t, alloc_count, alloc_stat_start);
}

TEST_CASE("all: a struct or an array that is NULL with a count is refused", "[2.4]")
{
    heap_all_tasks_stat_t all = room_for(1, 1, 1);

    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_ARG, heap_caps_get_all_task_stat(NULL));
    all.stat_arr = NULL;
    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_ARG, heap_caps_get_all_task_stat(&all));
    all = room_for(1, 1, 1);
    all.heap_stat_start = NULL;
    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_ARG, heap_caps_get_all_task_stat(&all));
    all = room_for(1, 1, 1);
    all.alloc_stat_start = NULL;
    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_ARG, heap_caps_get_all_task_stat(&all));
}

TEST_CASE("all: NULL arrays with 0 are fine", "[2.4]")
{
    heap_all_tasks_stat_t all = {0};

    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    TEST_ASSERT_EQUAL(0, all.task_count + all.heap_count + all.alloc_count);
    all.task_count = ROOM_TASKS;
    all.stat_arr = stat_tasks;
    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    TEST_ASSERT_GREATER_THAN(2, all.task_count);
    for (size_t i = 0; i < all.task_count;
         i++) { /* heaps were not asked for: their number is true */
        TEST_ASSERT_GREATER_THAN(0, all.stat_arr[i].heap_count);
        TEST_ASSERT_NULL(all.stat_arr[i].heap_stat);
    }
}

TEST_CASE("all: counts say on return what was filled", "[2.4]")
{
    heap_all_tasks_stat_t all = stats_of_all();
    size_t heaps = 0;
    size_t allocs = 0;

    for (size_t i = 0; i < all.task_count; i++) {
        TEST_ASSERT_EQUAL_PTR(&stat_heaps[heaps], all.stat_arr[i].heap_stat);
        for (size_t k = 0; k < all.stat_arr[i].heap_count; k++) {
            TEST_ASSERT_EQUAL_PTR(&stat_blocks[allocs], all.stat_arr[i].heap_stat[k].alloc_stat);
            allocs += all.stat_arr[i].heap_stat[k].alloc_count;
        }
        heaps += all.stat_arr[i].heap_count;
    }
    TEST_ASSERT_EQUAL(heaps, all.heap_count);
    TEST_ASSERT_EQUAL(allocs, all.alloc_count);
}

TEST_CASE("all: tasks at the end are left out, and it is ESP_OK", "[2.4]")
{
    heap_all_tasks_stat_t whole = stats_of_all();
    TaskHandle_t first = whole.stat_arr[0].handle;
    TaskHandle_t second = whole.stat_arr[1].handle;
    heap_all_tasks_stat_t all = room_for(2, ROOM_HEAPS, ROOM_BLOCKS);

    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    TEST_ASSERT_EQUAL(2, all.task_count);
    TEST_ASSERT_EQUAL_PTR(first, all.stat_arr[0].handle);
    TEST_ASSERT_EQUAL_PTR(second, all.stat_arr[1].handle);
    TEST_ASSERT_EQUAL(0x5a, *(unsigned char *)&stat_tasks[2]);
}

/* How the reference leaves the true count beside a NULL is not copied: a loop over it would
 * crash. */
TEST_CASE("all: heaps of a task are listed all or none, and a later task may still fit", "[2.4]")
{
    size_t most = 0;
    size_t listed = 0;
    size_t left_out = 0;
    heap_all_tasks_stat_t all = stats_of_all();

    for (size_t i = 0; i < all.task_count; i++) {
        most = all.stat_arr[i].heap_count > most ? all.stat_arr[i].heap_count : most;
    }
    TEST_ASSERT_GREATER_OR_EQUAL(2, most);
    for (size_t room = 0; room <= all.heap_count; room++) {
        heap_all_tasks_stat_t less = room_for(ROOM_TASKS, room, ROOM_BLOCKS);
        size_t used = 0;

        TEST_ESP_OK(heap_caps_get_all_task_stat(&less));
        TEST_ASSERT_EQUAL(all.task_count, less.task_count);
        for (size_t i = 0; i < less.task_count; i++) {
            const task_stat_t *task = &less.stat_arr[i];

            TEST_ASSERT_EQUAL(task->heap_count != 0, task->heap_stat != NULL);
            left_out += task->heap_count == 0;
            listed += task->heap_count != 0 && i > 0 && task[-1].heap_count == 0;
            used += task->heap_count;
        }
        TEST_ASSERT_EQUAL(used, less.heap_count);
        TEST_ASSERT_LESS_OR_EQUAL(room, used);
        if (room < ROOM_HEAPS) {
            TEST_ASSERT_EQUAL(0x5a, *(unsigned char *)&stat_heaps[room]);
        }
    }
    TEST_ASSERT_GREATER_THAN(0, left_out);
    TEST_ASSERT_GREATER_THAN(0, listed);
}

TEST_CASE("all: blocks of a heap are listed all or none, and no count is without its data", "[2.4]")
{
    heap_all_tasks_stat_t all = stats_of_all();

    for (size_t room = 0; room <= all.alloc_count; room++) {
        heap_all_tasks_stat_t less = room_for(ROOM_TASKS, ROOM_HEAPS, room);
        size_t used = 0;

        TEST_ESP_OK(heap_caps_get_all_task_stat(&less));
        TEST_ASSERT_EQUAL(all.heap_count, less.heap_count);
        for (size_t i = 0; i < less.heap_count; i++) {
            const heap_stat_t *heap = &less.heap_stat_start[i];

            TEST_ASSERT(heap->alloc_count == 0 || heap->alloc_stat == &stat_blocks[used]);
            used += heap->alloc_count;
        }
        TEST_ASSERT_EQUAL(used, less.alloc_count);
        TEST_ASSERT_LESS_OR_EQUAL(room, used);
        TEST_ASSERT_EQUAL(0x5a, *(unsigned char *)&stat_blocks[room]);
    }
}

TEST_CASE("all: a heap without live blocks always fits, and points to the current place", "[2.4]")
{
    heap_all_tasks_stat_t all;
    const task_stat_t *task;

    for (int i = 0; i < 5; i++) {
        heap_caps_free(blocks[i]);
        blocks[i] = NULL;
    }
    all = room_for(ROOM_TASKS, ROOM_HEAPS, 0);
    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    for (task = all.stat_arr; task->handle != worker.handle; task++) {
    }
    TEST_ASSERT_EQUAL_PTR(stat_blocks, task->heap_stat[0].alloc_stat);
    TEST_ASSERT_EQUAL(0, task->heap_stat[0].alloc_count);
    all = room_for(ROOM_TASKS, ROOM_HEAPS, 0);
    all.alloc_stat_start = NULL;
    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    TEST_ASSERT_NULL(task->heap_stat[0].alloc_stat);
}

TEST_CASE("single: a struct or an array that is NULL with a count is refused", "[2.5]")
{
    heap_single_task_stat_t stat = room_for_one(1, 1);

    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_ARG, heap_caps_get_single_task_stat(NULL, worker.handle));
    stat.heap_stat_start = NULL;
    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_ARG, heap_caps_get_single_task_stat(&stat, worker.handle));
    stat = room_for_one(1, 1);
    stat.alloc_stat_start = NULL;
    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_ARG, heap_caps_get_single_task_stat(&stat, worker.handle));
}

TEST_CASE("single: a task that never allocated, or none, is ESP_FAIL, and nothing is written",
          "[2.5]")
{
    heap_single_task_stat_t stat = room_for_one(1, 1);
    heap_single_task_stat_t before;
    struct worker idle;

    memset(&stat.stat, 0x5a, sizeof(stat.stat));
    before = stat;
    worker_start(&idle, "idle");
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_get_single_task_stat(&stat, idle.handle));
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_get_single_task_stat(&stat, (TaskHandle_t)&stat));
    TEST_ASSERT_EQUAL_MEMORY(&before, &stat, sizeof(stat));
    worker_delete(&idle);
}

TEST_CASE("single: NULL is the calling task", "[2.5]")
{
    TEST_ASSERT_EQUAL_PTR(xTaskGetCurrentTaskHandle(), stats_of(NULL).stat.handle);
    TEST_ASSERT_EQUAL_STRING("main", stats_of(NULL).stat.name);
}

TEST_CASE("single: without arrays it gives the totals", "[2.5]")
{
    heap_single_task_stat_t stat = {0};
    size_t sum = 0;

    for (int i = 0; i < 5; i++) {
        sum += heap_caps_get_allocated_size(blocks[i]);
    }
    TEST_ESP_OK(heap_caps_get_single_task_stat(&stat, worker.handle));
    TEST_ASSERT_EQUAL(sum, stat.stat.overall_current_usage);
    TEST_ASSERT_EQUAL(sum, stat.stat.overall_peak_usage);
    TEST_ASSERT_EQUAL(2, stat.stat.heap_count);
    TEST_ASSERT_NULL(stat.stat.heap_stat);
    TEST_ASSERT_EQUAL(0, stat.heap_count + stat.alloc_count);
}

TEST_CASE("single: heaps are filled as far as there is room", "[2.5]")
{
    heap_single_task_stat_t stat = room_for_one(1, ROOM_BLOCKS);

    TEST_ESP_OK(heap_caps_get_single_task_stat(&stat, worker.handle));
    TEST_ASSERT_EQUAL_PTR(stat_heaps, stat.stat.heap_stat);
    TEST_ASSERT_EQUAL(1, stat.heap_count);
    TEST_ASSERT_EQUAL(1, stat.stat.heap_count); /* never more than there is behind the pointer */
    TEST_ASSERT_EQUAL(3, stat.alloc_count);
    TEST_ASSERT_EQUAL_HEX32(CAP_A, stat_heaps[0].caps);
}

TEST_CASE("single: blocks of a heap are listed all or none", "[2.5]")
{
    heap_single_task_stat_t stat = room_for_one(ROOM_HEAPS, 2);

    TEST_ESP_OK(heap_caps_get_single_task_stat(&stat, worker.handle));
    TEST_ASSERT_EQUAL(2, stat.heap_count);
    TEST_ASSERT_NULL(stat_heaps[0].alloc_stat);
    TEST_ASSERT_EQUAL(0, stat_heaps[0].alloc_count);
    TEST_ASSERT_EQUAL_PTR(stat_blocks, stat_heaps[1].alloc_stat);
    TEST_ASSERT_EQUAL(2, stat_heaps[1].alloc_count);
    TEST_ASSERT_EQUAL(2, stat.alloc_count);
}

TEST_CASE("single: a dead task is reported", "[2.5]")
{
    struct worker guest;

    worker_start(&guest, "guest");
    worker_free(&guest, worker_malloc(&guest, 10, CAP_A));
    worker_delete(&guest);
    TEST_ASSERT_FALSE(stats_of(guest.handle).stat.is_alive);
}

TEST_CASE("arrays for one task are as large as needed, and nobody's", "[2.6]")
{
    size_t mine = stats_of(NULL).stat.overall_current_usage;
    size_t peak = stats_of(NULL).stat.overall_peak_usage;
    size_t free = heap_caps_get_free_size(0);
    size_t tasks = stats_of_all().task_count;
    heap_single_task_stat_t stat;

    memset(&stat, 0x5a, sizeof(stat));
    TEST_ESP_OK(heap_caps_alloc_single_task_stat_arrays(&stat, worker.handle));
    TEST_ASSERT_EQUAL(0x5a, *(unsigned char *)&stat.stat); /* not written */
    TEST_ASSERT_EQUAL(2, stat.heap_count);
    TEST_ASSERT_EQUAL(5, stat.alloc_count);
    TEST_ASSERT_LESS_THAN(free, heap_caps_get_free_size(0));
    TEST_ASSERT_EQUAL(mine, stats_of(NULL).stat.overall_current_usage);
    TEST_ASSERT_EQUAL(peak, stats_of(NULL).stat.overall_peak_usage);
    TEST_ASSERT_EQUAL(tasks, stats_of_all().task_count);
    TEST_ESP_OK(heap_caps_get_single_task_stat(&stat, worker.handle));
    TEST_ASSERT_EQUAL(2, stat.heap_count);
    TEST_ASSERT_EQUAL(5, stat.alloc_count);
    heap_caps_free_single_task_stat_arrays(&stat);
    TEST_ASSERT_NULL(stat.heap_stat_start);
    TEST_ASSERT_NULL(stat.alloc_stat_start);
    TEST_ASSERT_EQUAL(0, stat.heap_count + stat.alloc_count);
    TEST_ASSERT_EQUAL(free, heap_caps_get_free_size(0));
}

static const struct esp_heap *largest_heap(void)
{
    const struct esp_heap *largest = esp_heaps();

    for (const struct esp_heap *heap = largest; heap != NULL; heap = heap->next) {
        if (heap->enabled && heap->end - heap->start > largest->end - largest->start) {
            largest = heap;
        }
    }
    return largest;
}

TEST_CASE("arrays come from the largest heap", "[2.6]")
{
    heap_single_task_stat_t stat;

    TEST_ESP_OK(heap_caps_alloc_single_task_stat_arrays(&stat, worker.handle));
    TEST_ASSERT_EQUAL_PTR(largest_heap(), esp_heap_of(stat.heap_stat_start));
    TEST_ASSERT_EQUAL_PTR(largest_heap(), esp_heap_of(stat.alloc_stat_start));
    heap_caps_free_single_task_stat_arrays(&stat);
}

TEST_CASE("arrays for a task that is dead, or none: ESP_OK, and everything is 0", "[2.6]")
{
    heap_single_task_stat_t stat;
    struct worker guest;

    worker_start(&guest, "guest");
    worker_free(&guest, worker_malloc(&guest, 10, CAP_A));
    worker_delete(&guest);
    memset(&stat, 0x5a, sizeof(stat));
    TEST_ESP_OK(heap_caps_alloc_single_task_stat_arrays(&stat, guest.handle));
    TEST_ASSERT_EQUAL(0, stat.heap_count + stat.alloc_count);
    TEST_ASSERT_NULL(stat.heap_stat_start);
    TEST_ASSERT_NULL(stat.alloc_stat_start);
    TEST_ESP_OK(heap_caps_alloc_single_task_stat_arrays(&stat, (TaskHandle_t)&stat));
    TEST_ASSERT_NULL(stat.heap_stat_start);
    heap_caps_free_single_task_stat_arrays(&stat);
}

TEST_CASE("arrays: a count of 0 leaves its pointer NULL", "[2.6]")
{
    heap_single_task_stat_t stat;

    for (int i = 0; i < 5; i++) {
        heap_caps_free(blocks[i]);
        blocks[i] = NULL;
    }
    TEST_ESP_OK(heap_caps_alloc_single_task_stat_arrays(&stat, worker.handle));
    TEST_ASSERT_EQUAL(2, stat.heap_count);
    TEST_ASSERT_NOT_NULL(stat.heap_stat_start);
    TEST_ASSERT_EQUAL(0, stat.alloc_count);
    TEST_ASSERT_NULL(stat.alloc_stat_start);
    blocks[0] = worker_malloc(&worker, 50, CAP_A); /* meanwhile */
    TEST_ESP_OK(heap_caps_get_single_task_stat(&stat, worker.handle));
    for (size_t i = 0; i < stat.heap_count; i++) {
        TEST_ASSERT_EQUAL(0, stat.heap_stat_start[i].alloc_count); /* nothing to loop over */
    }
    heap_caps_free_single_task_stat_arrays(&stat);
}

TEST_CASE("what grows after the arrays were allocated is left out by the same rules", "[2.6]")
{
    heap_single_task_stat_t stat;
    void *more;

    TEST_ESP_OK(heap_caps_alloc_single_task_stat_arrays(&stat, worker.handle));
    more = worker_malloc(&worker, 20, CAP_A);
    TEST_ESP_OK(heap_caps_get_single_task_stat(&stat, worker.handle));
    TEST_ASSERT_EQUAL(2, stat.heap_count);
    TEST_ASSERT_EQUAL(4, stat.heap_stat_start[0].alloc_count);
    TEST_ASSERT_EQUAL(0, stat.heap_stat_start[1].alloc_count);
    heap_caps_free_single_task_stat_arrays(&stat);
    heap_caps_free(more);
}

TEST_CASE("arrays for all tasks hold all of them, dead ones too", "[2.6]")
{
    size_t free = heap_caps_get_free_size(0);
    heap_all_tasks_stat_t whole = stats_of_all();
    heap_all_tasks_stat_t all;

    memset(&all, 0x5a, sizeof(all));
    TEST_ESP_OK(heap_caps_alloc_all_task_stat_arrays(&all));
    TEST_ASSERT_EQUAL(whole.task_count, all.task_count);
    TEST_ASSERT_EQUAL(whole.heap_count, all.heap_count);
    TEST_ASSERT_EQUAL(whole.alloc_count, all.alloc_count);
    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    TEST_ASSERT_EQUAL(whole.task_count, all.task_count);
    TEST_ASSERT_EQUAL(whole.alloc_count, all.alloc_count);
    heap_caps_free_all_task_stat_arrays(&all);
    TEST_ASSERT_NULL(all.stat_arr);
    TEST_ASSERT_NULL(all.heap_stat_start);
    TEST_ASSERT_NULL(all.alloc_stat_start);
    TEST_ASSERT_EQUAL(0, all.task_count + all.heap_count + all.alloc_count);
    TEST_ASSERT_EQUAL(free, heap_caps_get_free_size(0));
}

/* Takes all memory, but for some bytes of the largest heap. */
static void *taken[64];
static int taken_count;

static void leave_of_largest_heap(size_t bytes)
{
    const uint32_t caps = MALLOC_CAP_8BIT;

    while (taken_count < 64 && heap_caps_get_largest_free_block(caps) > 0) {
        taken[taken_count] = heap_caps_malloc(heap_caps_get_largest_free_block(caps), caps);
        taken_count++;
    }
    for (int i = 0; i < taken_count; i++) {
        size_t size = heap_caps_get_allocated_size(taken[i]);

        if (esp_heap_of(taken[i]) == largest_heap() && size > 2 * bytes) {
            taken[i] = heap_caps_realloc(taken[i], size - bytes, caps);
            return;
        }
    }
    TEST_FAIL_MESSAGE("the largest heap has no large block");
}

static void give_all_back(void)
{
    while (taken_count > 0) {
        heap_caps_free(taken[--taken_count]);
    }
}

TEST_CASE("arrays: no room is ESP_FAIL; counts stay", "[2.6]")
{
    size_t free = heap_caps_get_free_size(0);
    heap_all_tasks_stat_t all;
    heap_single_task_stat_t stat;

    leave_of_largest_heap(0);
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_alloc_all_task_stat_arrays(&all));
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_alloc_single_task_stat_arrays(&stat, worker.handle));
    TEST_ASSERT_GREATER_THAN(0, all.task_count);
    TEST_ASSERT_EQUAL(2, stat.heap_count);
    TEST_ASSERT_EQUAL(5, stat.alloc_count);
    TEST_ASSERT_NULL(all.stat_arr);
    TEST_ASSERT_NULL(stat.heap_stat_start);
    heap_caps_free_all_task_stat_arrays(&all);
    heap_caps_free_single_task_stat_arrays(&stat);
    TEST_ASSERT_GREATER_THAN(0, all.task_count); /* its pointer is NULL: it is left as it is */
    TEST_ASSERT_EQUAL(5, stat.alloc_count);
    give_all_back();
    TEST_ASSERT_EQUAL(free, heap_caps_get_free_size(0));
}

TEST_CASE("arrays: when only the first finds room, it stays until the helper frees it", "[2.6]")
{
    const size_t first = 2 * sizeof(heap_stat_t);
    size_t free = heap_caps_get_free_size(0);
    heap_single_task_stat_t stat;

    leave_of_largest_heap(first + 16);
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_alloc_single_task_stat_arrays(&stat, worker.handle));
    TEST_ASSERT_NOT_NULL(stat.heap_stat_start);
    TEST_ASSERT_NULL(stat.alloc_stat_start);
    heap_caps_free_single_task_stat_arrays(&stat);
    TEST_ASSERT_NULL(stat.heap_stat_start);
    give_all_back();
    TEST_ASSERT_EQUAL(free, heap_caps_get_free_size(0));
}

void app_main(void)
{
    own_heap(0, CAP_A, 0, 0);
    own_heap(1, CAP_B, 0, 0);
    unity_run_all_tests();
}
