/* SPDX-License-Identifier: MIT */
/* Everything that walks over the heaps, in several tasks at once that are preempted anywhere;
 * meanwhile they all allocate. Nothing hangs, and every report adds up in itself. Run in real
 * time. */
#include <string.h>

#include "own_heaps.h"

#include "esp_heap_task_info.h"
#include "multi_heap.h"

#define CAPS (MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL)

enum {
    TASKS = 4,
    ROUNDS = 80,
    TASK_ROOM = 24,
    HEAP_ROOM = 120,
    BLOCK_ROOM = 400
};

struct reader {
    TaskHandle_t handle;
    unsigned seed;
    void *owned[10];
    task_stat_t tasks[TASK_ROOM];
    heap_stat_t heaps[HEAP_ROOM];
    heap_task_block_t blocks[BLOCK_ROOM];
    heap_task_totals_t totals[TASK_ROOM];
};

static struct reader readers[TASKS];
static volatile int running = TASKS;
static volatile unsigned preempted; /* times that another task ran in the middle of a round */
static volatile int last_in_round;
static size_t own_bytes; /* of the heap with CAP_A */

static unsigned next(struct reader *reader)
{
    reader->seed = reader->seed * 1664525 + 1013904223;
    return reader->seed >> 8;
}

static void allocate(struct reader *reader)
{
    for (int i = 0; i < 20; i++) {
        void **slot = &reader->owned[next(reader) % 10];
        size_t size = next(reader) % 400;
        void *ptr = heap_caps_realloc(*slot, size, i % 2 == 0 ? CAPS : CAP_A);

        if (ptr != NULL || size == 0) {
            *slot = ptr;
        }
    }
}

static void check_statistics(struct reader *reader)
{
    heap_all_tasks_stat_t all = {
        TASK_ROOM, reader->tasks, HEAP_ROOM, reader->heaps, BLOCK_ROOM, reader->blocks,
    };

    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    for (size_t i = 0; i < all.task_count; i++) {
        size_t sum = 0;

        for (size_t k = 0; k < all.stat_arr[i].heap_count; k++) {
            const heap_stat_t *heap = &all.stat_arr[i].heap_stat[k];
            size_t bytes = 0;

            for (size_t n = 0; n < heap->alloc_count; n++) {
                bytes += heap->alloc_stat[n].size;
            }
            TEST_ASSERT_EQUAL(heap->current_usage, bytes);
            sum += bytes;
        }
        TEST_ASSERT_EQUAL(all.stat_arr[i].overall_current_usage, sum);
    }
}

static void check_totals(struct reader *reader)
{
    size_t count = 0;
    size_t bytes = 0;
    heap_task_info_params_t params = {
        .totals = reader->totals,
        .num_totals = &count,
        .max_totals = TASK_ROOM,
        .blocks = reader->blocks,
        .max_blocks = BLOCK_ROOM,
    };
    size_t blocks = heap_caps_get_per_task_info(&params);

    for (size_t i = 0; i < blocks; i++) {
        bytes += reader->blocks[i].size;
    }
    for (size_t i = 0; i < count; i++) {
        bytes -= reader->totals[i].size[0];
    }
    TEST_ASSERT_EQUAL(0, bytes);
}

static bool add_block(walker_heap_into_t heap, walker_block_info_t block, void *user_data)
{
    *(size_t *)user_data += block.size;
    return heap.end != 0;
}

static void check_heaps(void)
{
    multi_heap_info_t info;
    size_t bytes = 0;

    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
    heap_caps_walk_all(add_block, &bytes);
    TEST_ASSERT_GREATER_THAN(0, bytes);
    heap_caps_get_info(&info, CAPS);
    TEST_ASSERT_GREATER_THAN(0, info.total_blocks);
    TEST_ASSERT_EQUAL(info.total_blocks, info.free_blocks + info.allocated_blocks);
    heap_caps_get_info(&info, CAP_A); /* one heap: everything is of one moment */
    TEST_ASSERT_EQUAL(own_bytes, info.total_free_bytes + info.total_allocated_bytes +
                                     4 * info.allocated_blocks);
}

static void read(void *argument)
{
    struct reader *reader = argument;

    for (int i = 0; i < ROUNDS; i++) {
        last_in_round = (int)(reader - readers);
        allocate(reader);
        check_statistics(reader);
        check_totals(reader);
        check_heaps();
        preempted += last_in_round != (int)(reader - readers);
    }
    for (int i = 0; i < 10; i++) {
        heap_caps_free(reader->owned[i]);
    }
    running--;
    vTaskDelete(NULL);
}

void app_main(void)
{
    size_t before;

    own_heap(0, CAP_A, 0, 0);
    own_bytes = heap_caps_get_free_size(CAP_A);
    before = heap_caps_get_free_size(0);
    for (int i = 0; i < TASKS; i++) {
        readers[i].seed = (unsigned)i + 1;
        TEST_ASSERT_EQUAL(pdPASS,
                          xTaskCreate(read, "reader", 4096, &readers[i], 1, &readers[i].handle));
    }
    while (running > 0) {
        vTaskDelay(1);
    }
    vTaskDelay(2); /* the idle task frees the stacks */
    TEST_ASSERT_EQUAL(before, heap_caps_get_free_size(0));
    printf("%u rounds were preempted\n", preempted);
}
