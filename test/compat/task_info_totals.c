/* SPDX-License-Identifier: MIT */
/* heap_caps_get_per_task_info: totals and blocks per task and kind of memory. */
#include "own_heaps.h"
#include "task_stats.h"
#include "worker.h"

enum {
    MAX_TOTALS = 32
};

static struct worker worker, other;
static void *blocks[4]; /* of worker: two on the first heap, one on the second; one of other */

static heap_task_totals_t totals[MAX_TOTALS];
static size_t num_totals;
static heap_task_block_t found[256];

void setUp(void)
{
    worker_start(&worker, "worker");
    worker_start(&other, "other");
    blocks[0] = worker_malloc(&worker, 100, CAP_A);
    blocks[1] = worker_malloc(&worker, 200, CAP_A);
    blocks[2] = worker_malloc(&worker, 300, CAP_B);
    blocks[3] = worker_malloc(&other, 50, CAP_A);
    num_totals = 0;
    memset(totals, 0x5a, sizeof(totals));
    memset(found, 0x5a, sizeof(found));
}

void tearDown(void)
{
    for (int i = 0; i < 4; i++) {
        heap_caps_free(blocks[i]);
    }
    worker_delete(&worker);
    worker_delete(&other);
}

/* Kinds: 0 is CAP_A, 1 is CAP_B, others match nothing. */
static heap_task_info_params_t own_kinds(void)
{
    return (heap_task_info_params_t){
        .mask = {CAP_A, CAP_B, -1, -1},
        .caps = {CAP_A, CAP_B, 0, 0},
        .totals = totals,
        .num_totals = &num_totals,
        .max_totals = MAX_TOTALS,
    };
}

static const heap_task_totals_t *totals_of(TaskHandle_t task)
{
    for (size_t i = 0; i < num_totals; i++) {
        if (totals[i].task == task) {
            return &totals[i];
        }
    }
    return NULL;
}

TEST_CASE("bytes and blocks are counted per task and kind", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();
    const heap_task_totals_t *of;

    TEST_ASSERT_EQUAL(0, heap_caps_get_per_task_info(&params));
    TEST_ASSERT_EQUAL(2, num_totals);
    of = totals_of(worker.handle);
    TEST_ASSERT_EQUAL(2, of->count[0]);
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(blocks[0]) +
                          heap_caps_get_allocated_size(blocks[1]),
                      of->size[0]);
    TEST_ASSERT_EQUAL(1, of->count[1]);
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(blocks[2]), of->size[1]);
    TEST_ASSERT_EQUAL(0, of->count[2] + of->count[3] + of->size[2] + of->size[3]);
    of = totals_of(other.handle);
    TEST_ASSERT_EQUAL(1, of->count[0]);
    TEST_ASSERT_EQUAL(0, of->count[1]);
}

TEST_CASE("entries that are there keep their places, and start from zero", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();

    totals[0].task = (TaskHandle_t)&params;
    totals[1].task = other.handle;
    num_totals = 2;
    heap_caps_get_per_task_info(&params);
    TEST_ASSERT_EQUAL(3, num_totals);
    TEST_ASSERT_EQUAL_PTR(&params, totals[0].task);
    TEST_ASSERT_EQUAL(0, totals[0].count[0] + totals[0].size[3]);
    TEST_ASSERT_EQUAL_PTR(other.handle, totals[1].task);
    TEST_ASSERT_EQUAL(1, totals[1].count[0]);
    TEST_ASSERT_EQUAL_PTR(worker.handle, totals[2].task);
    heap_caps_get_per_task_info(&params);
    TEST_ASSERT_EQUAL(3, num_totals);
    TEST_ASSERT_EQUAL(1, totals[1].count[0]);
}

TEST_CASE("new tasks are added as long as there is room; the rest is not counted", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();

    params.max_totals = 1;
    heap_caps_get_per_task_info(&params);
    TEST_ASSERT_EQUAL(1, num_totals);
    TEST_ASSERT_EQUAL(0x5a, *(unsigned char *)&totals[1]);
}

TEST_CASE("without totals their number is written back unchanged", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();

    params.totals = NULL;
    num_totals = 7;
    heap_caps_get_per_task_info(&params);
    TEST_ASSERT_EQUAL(7, num_totals);
}

TEST_CASE("the first kind that matches counts; mask and capabilities 0 catch everything", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();
    const heap_task_totals_t *of;

    params.mask[0] = CAP_B;
    params.caps[0] = CAP_B;
    params.mask[1] = params.caps[1] = 0;
    heap_caps_get_per_task_info(&params);
    of = totals_of(worker.handle);
    TEST_ASSERT_EQUAL(1, of->count[0]);
    TEST_ASSERT_EQUAL(2, of->count[1]);
    TEST_ASSERT_EQUAL(0, of->count[2]);
    TEST_ASSERT_NOT_NULL(totals_of(xTaskGetCurrentTaskHandle())); /* on the chip's heaps */
}

TEST_CASE("a kind may want a capability not to be there", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();

    params.mask[0] = CAP_A | CAP_B;
    heap_caps_get_per_task_info(&params);
    TEST_ASSERT_EQUAL(2, totals_of(worker.handle)->count[0]);
    params.caps[0] = CAP_A | CAP_B;
    heap_caps_get_per_task_info(&params);
    TEST_ASSERT_EQUAL(0, totals_of(worker.handle)->count[0]);
}

TEST_CASE(
    "blocks: the caller's addresses, whole sizes, owners; in address order; their number returned",
    "[2.8]")
{
    heap_task_info_params_t params = own_kinds();
    bool seen[4] = {false};

    params.blocks = found;
    params.max_blocks = sizeof(found) / sizeof(found[0]);
    params.mask[1] = params.mask[0]; /* the first heap only */
    params.caps[1] = params.caps[0];
    TEST_ASSERT_EQUAL(3, heap_caps_get_per_task_info(&params));
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 4; k++) {
            if (found[i].address == blocks[k]) {
                seen[k] = true;
                TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(blocks[k]), found[i].size);
                TEST_ASSERT_EQUAL_PTR(k < 3 ? worker.handle : other.handle, found[i].task);
            }
        }
        TEST_ASSERT(i == 0 || (char *)found[i - 1].address < (char *)found[i].address);
    }
    TEST_ASSERT(seen[0] && seen[1] && !seen[2] && seen[3]);
    TEST_ASSERT_EQUAL(0x5a, *(unsigned char *)&found[3]);
}

TEST_CASE("blocks: only those of the tasks asked for", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();

    params.blocks = found;
    params.max_blocks = sizeof(found) / sizeof(found[0]);
    params.tasks = &other.handle;
    params.num_tasks = 1;
    TEST_ASSERT_EQUAL(1, heap_caps_get_per_task_info(&params));
    TEST_ASSERT_EQUAL_PTR(blocks[3], found[0].address);
    TEST_ASSERT_EQUAL(2, num_totals); /* totals are of all */
    params.num_tasks = 0;
    TEST_ASSERT_EQUAL(0, heap_caps_get_per_task_info(&params));
}

TEST_CASE("blocks: nothing is written past the room; without room nothing is", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();

    params.blocks = found;
    params.max_blocks = 2;
    TEST_ASSERT_EQUAL(2, heap_caps_get_per_task_info(&params));
    TEST_ASSERT_EQUAL(0x5a, *(unsigned char *)&found[2]);
    params.max_blocks = 0;
    TEST_ASSERT_EQUAL(0, heap_caps_get_per_task_info(&params));
    params.blocks = NULL;
    params.max_blocks = 10;
    TEST_ASSERT_EQUAL(0, heap_caps_get_per_task_info(&params));
}

/* The reference misreads them: their first word is no handle. */
TEST_CASE("arrays of statistics are no task's blocks", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();
    heap_single_task_stat_t stat;
    size_t before;

    params.mask[0] = params.caps[0] = 0;
    params.blocks = found;
    params.max_blocks = sizeof(found) / sizeof(found[0]);
    before = heap_caps_get_per_task_info(&params);
    TEST_ESP_OK(heap_caps_alloc_single_task_stat_arrays(&stat, worker.handle));
    TEST_ASSERT_EQUAL(before, heap_caps_get_per_task_info(&params));
    heap_caps_free_single_task_stat_arrays(&stat);
}

TEST_CASE("totals agree with the statistics", "[2.8]")
{
    heap_task_info_params_t params = own_kinds();
    heap_all_tasks_stat_t all;
    size_t bytes = 0;
    size_t counted = 0;

    params.mask[0] = params.caps[0] = 0;
    heap_caps_get_per_task_info(&params);
    all = stats_of_all();
    for (size_t i = 0; i < all.task_count; i++) {
        bytes += all.stat_arr[i].overall_current_usage;
    }
    for (size_t i = 0; i < num_totals; i++) {
        counted += totals[i].size[0];
    }
    TEST_ASSERT_EQUAL(bytes, counted);
}

void app_main(void)
{
    own_heap(0, CAP_A, 0, 0);
    own_heap(1, CAP_B, 0, 0);
    unity_run_all_tests();
}
