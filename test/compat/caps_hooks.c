/* SPDX-License-Identifier: MIT */
/* Hooks, with CONFIG_HEAP_USE_HOOKS; deleted tasks that are not kept; names that are cut. */
#include <string.h>

#include "own_heaps.h"
#include "task_stats.h"
#include "worker.h"

#include "heaps.h"

static unsigned allocs, frees;
static void *alloc_ptr, *free_ptr;
static size_t alloc_size;
static uint32_t alloc_caps;
static bool free_came_last;

void esp_heap_trace_alloc_hook(void *ptr, size_t size, uint32_t caps)
{
    allocs++;
    alloc_ptr = ptr;
    alloc_size = size;
    alloc_caps = caps;
    free_came_last = false;
}

void esp_heap_trace_free_hook(void *ptr)
{
    frees++;
    free_ptr = ptr;
    free_came_last = true;
}

/* Since the last call there were so many calls of each. */
static void expect_calls(unsigned of_alloc, unsigned of_free)
{
    TEST_ASSERT_EQUAL(of_alloc, allocs);
    TEST_ASSERT_EQUAL(of_free, frees);
    allocs = frees = 0;
}

void setUp(void)
{
    allocs = frees = 0;
}

TEST_CASE("the allocation hook gets pointer, size and capabilities after their adjustment", "[3.4]")
{
    void *ptr = heap_caps_malloc(13, MALLOC_CAP_32BIT | CAP_A);

    expect_calls(1, 0);
    TEST_ASSERT_EQUAL_PTR(ptr, alloc_ptr);
    TEST_ASSERT_EQUAL(16, alloc_size);
    TEST_ASSERT_EQUAL_HEX32(MALLOC_CAP_32BIT | CAP_A, alloc_caps);
    heap_caps_free(ptr);
    ptr = heap_caps_malloc(13, MALLOC_CAP_DMA_DESC_AHB | MALLOC_CAP_INTERNAL);
    TEST_ASSERT_EQUAL_HEX32(MALLOC_CAP_DMA | MALLOC_CAP_INTERNAL, alloc_caps);
    heap_caps_free(ptr);
    ptr = heap_caps_malloc(13, MALLOC_CAP_DMA_DESC_AXI | MALLOC_CAP_INTERNAL);
    TEST_ASSERT_EQUAL(16, alloc_size);
    TEST_ASSERT_EQUAL_HEX32(MALLOC_CAP_DMA | MALLOC_CAP_INTERNAL, alloc_caps);
    heap_caps_free(ptr);
    ptr = heap_caps_malloc(13, MALLOC_CAP_EXEC);
    TEST_ASSERT_EQUAL_PTR(ptr, alloc_ptr);
    TEST_ASSERT_EQUAL(16, alloc_size);
    TEST_ASSERT_EQUAL_HEX32(MALLOC_CAP_EXEC | MALLOC_CAP_32BIT, alloc_caps);
    heap_caps_free(ptr);
}

TEST_CASE("the free hook of a block for code gets its address on the data bus", "[3.4]")
{
    char *ptr = heap_caps_malloc(13, MALLOC_CAP_EXEC);

    heap_caps_free(ptr);
    TEST_ASSERT_NOT_NULL(esp_heap_of(free_ptr));
    if (esp_heap_of(ptr) != NULL) {
        TEST_ASSERT_EQUAL_PTR(ptr, free_ptr);
    }
}

TEST_CASE("a failed allocation calls no hook", "[3.4]")
{
    TEST_ASSERT_NULL(heap_caps_malloc(100, 1U << 25));
    TEST_ASSERT_NULL(heap_caps_malloc(0, CAP_A));
    expect_calls(0, 0);
}

TEST_CASE("the free hook comes after the block was released", "[3.4]")
{
    void *ptr = heap_caps_malloc(100, CAP_A);

    heap_caps_free(NULL);
    expect_calls(1, 0);
    heap_caps_free(ptr);
    expect_calls(0, 1);
    TEST_ASSERT_EQUAL_PTR(ptr, free_ptr);
}

TEST_CASE("realloc in place, or within its heap, calls the allocation hook only", "[3.4]")
{
    void *ptr = heap_caps_malloc(100, CAP_A);
    void *behind = heap_caps_malloc(16, CAP_A);

    expect_calls(2, 0);
    ptr = heap_caps_realloc(ptr, 50, CAP_A);
    expect_calls(1, 0);
    TEST_ASSERT_EQUAL_PTR(ptr, alloc_ptr);
    TEST_ASSERT_EQUAL(50, alloc_size);
    ptr = heap_caps_realloc(ptr, 1000, CAP_A);
    expect_calls(1, 0);
    heap_caps_free(ptr);
    heap_caps_free(behind);
}

TEST_CASE("realloc to another heap calls the allocation hook, then the free hook", "[3.4]")
{
    void *ptr = heap_caps_malloc(100, CAP_A);
    void *moved;

    allocs = 0;
    moved = heap_caps_realloc(ptr, 100, CAP_B);
    expect_calls(1, 1);
    TEST_ASSERT_EQUAL_PTR(moved, alloc_ptr);
    TEST_ASSERT_EQUAL_PTR(ptr, free_ptr);
    TEST_ASSERT_TRUE(free_came_last);
    heap_caps_free(moved);
}

TEST_CASE("every function that allocates or frees calls them, malloc and the kernel too", "[3.4]")
{
    struct worker worker;

    heap_caps_free(heap_caps_calloc(1, 10, CAP_A));
    heap_caps_free(heap_caps_aligned_alloc(64, 10, CAP_A));
    heap_caps_free(heap_caps_malloc_prefer(10, 1, CAP_A));
    free(malloc(10));
    expect_calls(4, 4);
    worker_start(&worker, "worker");
    expect_calls(2, 0);
    worker_delete(&worker);
    expect_calls(0, 2);
}

TEST_CASE("a deleted task that owes nothing is no longer listed", "[2.3]")
{
    struct worker guest;

    worker_start(&guest, "guest");
    worker_free(&guest, worker_malloc(&guest, 100, CAP_A));
    TEST_ASSERT_NOT_NULL(stats_find_name("guest"));
    worker_delete(&guest);
    TEST_ASSERT_NULL(stats_find_name("guest"));
}

/* The reference forgets at once what it leaked. */
TEST_CASE("a deleted task that owes bytes stays listed until they are freed", "[2.3]")
{
    struct worker guest;
    heap_single_task_stat_t stat = {0};
    void *ptr;

    worker_start(&guest, "guest");
    ptr = worker_malloc(&guest, 100, CAP_A);
    worker_delete(&guest);
    TEST_ASSERT_FALSE(stats_find_name("guest")->is_alive);
    TEST_ASSERT_EQUAL(100, stats_find_name("guest")->overall_current_usage);
    heap_caps_free(ptr);
    TEST_ASSERT_NULL(stats_find_name("guest"));
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_get_single_task_stat(&stat, guest.handle));
}

static unsigned kernel_failures;

static void on_failure(size_t size, uint32_t caps, const char *function_name)
{
    kernel_failures++;
    TEST_ASSERT_GREATER_THAN(30000000, size);
    TEST_ASSERT_EQUAL_HEX32(MALLOC_CAP_INTERNAL | MALLOC_CAP_8BIT, caps);
    TEST_ASSERT_EQUAL_STRING("heap_caps_malloc", function_name);
}

static void never(void *argument)
{
    (void)argument;
}

TEST_CASE("a task that finds no memory for its stack is told to the failure callback", "[3.4]")
{
    TEST_ESP_OK(heap_caps_register_failed_alloc_callback(on_failure));
    TEST_ASSERT_EQUAL(errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY,
                      xTaskCreate(never, "huge", 32000000, NULL, 1, NULL));
    TEST_ASSERT_EQUAL(1, kernel_failures);
}

/* The reference writes past the end of the field. */
TEST_CASE("Pre-scheduler is cut to the length of a name", "[2.3]")
{
    heap_all_tasks_stat_t all = stats_of_all();

    TEST_ASSERT_EQUAL(12, sizeof(all.stat_arr[0].name));
    TEST_ASSERT_EQUAL_STRING("Pre-schedul", all.stat_arr[all.task_count - 1].name);
}

/* More than there are slots for, so that dead ones are put together in idle time. */
TEST_CASE("dead tasks of one name become one, and nothing of what they owe is lost", "[2.3]")
{
    enum {
        GUESTS = 400,
        BYTES = 20
    };
    static void *owed[GUESTS];
    size_t sum = 0;
    size_t tasks = 0;
    heap_all_tasks_stat_t all;

    for (int i = 0; i < GUESTS; i++) {
        struct worker guest;

        worker_start(&guest, "leaker");
        owed[i] = worker_malloc(&guest, BYTES, MALLOC_CAP_DEFAULT);
        worker_delete(&guest);
        vTaskDelay(1);
    }
    all = (heap_all_tasks_stat_t){0};
    TEST_ESP_OK(heap_caps_alloc_all_task_stat_arrays(&all));
    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    for (size_t i = 0; i < all.task_count; i++) {
        const task_stat_t *task = &all.stat_arr[i];
        bool several = task->handle == NULL && !task->is_alive;

        if (several) {
            TEST_ASSERT_NOT_NULL(strstr(task->name, " dead)"));
        }
        if (several || strcmp(task->name, "leaker") == 0) {
            sum += task->overall_current_usage;
            tasks++;
        }
    }
    TEST_ASSERT_EQUAL(GUESTS * BYTES, sum);
    TEST_ASSERT_LESS_THAN(251, tasks);
    TEST_ASSERT_EQUAL_STRING("Pre-schedul", all.stat_arr[all.task_count - 1].name);
    heap_caps_free_all_task_stat_arrays(&all);
    for (int i = 0; i < GUESTS; i++) {
        heap_caps_free(owed[i]);
    }
    TEST_ASSERT_NULL(stats_find_name("leaker"));
    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
}

static void wait_for_ever(void *argument)
{
    void **ptr = argument;

    *ptr = heap_caps_malloc(20, MALLOC_CAP_DEFAULT);
    vTaskSuspend(NULL);
}

TEST_CASE("tasks that find no slot are charged to (overflow), which is listed and balances",
          "[2.3]")
{
    enum {
        TOO_MANY = 260
    };
    static TaskHandle_t tasks[TOO_MANY];
    static void *owned[TOO_MANY];
    heap_all_tasks_stat_t all;
    size_t sum = 0;
    const task_stat_t *before_last;

    for (int i = 0; i < TOO_MANY; i++) {
        TEST_ASSERT_EQUAL(pdPASS,
                          xTaskCreate(wait_for_ever, "crowd", 512, &owned[i], 3, &tasks[i]));
    }
    TEST_ESP_OK(heap_caps_alloc_all_task_stat_arrays(&all));
    TEST_ESP_OK(heap_caps_get_all_task_stat(&all));
    before_last = &all.stat_arr[all.task_count - 2];
    TEST_ASSERT_EQUAL_STRING("(overflow)", before_last->name);
    TEST_ASSERT_NULL(before_last->handle);
    TEST_ASSERT_TRUE(before_last->is_alive);
    for (size_t i = 0; i < all.task_count; i++) {
        const task_stat_t *task = &all.stat_arr[i];

        sum += strcmp(task->name, "crowd") == 0 || task == before_last ? task->overall_current_usage
                                                                       : 0;
    }
    TEST_ASSERT_EQUAL(TOO_MANY * 20, sum);
    heap_caps_free_all_task_stat_arrays(&all);
    for (int i = 0; i < TOO_MANY; i++) {
        heap_caps_free(owned[i]);
        vTaskDelete(tasks[i]);
    }
    TEST_ASSERT_EQUAL(0, stats_find_name("(overflow)")->overall_current_usage);
    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
}

/* More than there are slots, so that slots are used again. */
TEST_CASE("the order of first use is the task's own, whose slot another one had before", "[2.3]")
{
    for (int i = 0; i < 400; i++) {
        bool a_first = i / 100 % 2 == 0;
        struct worker guest;
        const uint32_t first = a_first ? CAP_A : CAP_B;

        worker_start(&guest, "guest");
        worker_free(&guest, worker_malloc(&guest, 20, first));
        worker_free(&guest, worker_malloc(&guest, 20, a_first ? CAP_B : CAP_A));
        TEST_ASSERT_EQUAL_HEX32(first,
                                stats_of(guest.handle).heap_stat_start[0].caps & (CAP_A | CAP_B));
        worker_delete(&guest);
    }
}

void app_main(void)
{
    own_heap(0, CAP_A | MALLOC_CAP_32BIT, 0, 0);
    own_heap(1, CAP_B, 0, 0);
    unity_run_all_tests();
}
