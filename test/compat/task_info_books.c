/* SPDX-License-Identifier: MIT */
/* What is recorded, and when: allocation, free, realloc, deletion, tasks whose handles are used
 * again. */
#include "task_stats.h"
#include "worker.h"

#include "heapledger_freertos.h"
#include "heaps.h"
#include "own_heaps.h"

#define CAPS (MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL)

static struct worker worker;

void setUp(void)
{
    worker_start(&worker, "worker");
}

void tearDown(void)
{
    worker_delete(&worker);
    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
}

TEST_CASE("an allocation is the calling task's, with its whole block and the caller's address",
          "[2.3]")
{
    void *ptr = worker_malloc(&worker, 101, CAPS);
    heap_single_task_stat_t stat = stats_of(worker.handle);
    const heap_stat_t *heap = stats_on_heap(&stat.stat, ptr);

    TEST_ASSERT_EQUAL_STRING("worker", stat.stat.name);
    TEST_ASSERT_EQUAL_PTR(worker.handle, stat.stat.handle);
    TEST_ASSERT_TRUE(stat.stat.is_alive);
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(ptr), stat.stat.overall_current_usage);
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(ptr), stat.stat.overall_peak_usage);
    TEST_ASSERT_EQUAL(1, stat.stat.heap_count);
    TEST_ASSERT_EQUAL(1, heap->alloc_count);
    TEST_ASSERT_EQUAL_PTR(worker.handle, heap->alloc_stat->task);
    TEST_ASSERT_EQUAL_PTR(ptr, heap->alloc_stat->address);
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(ptr), heap->alloc_stat->size);
    heap_caps_free(ptr);
}

TEST_CASE("all functions that allocate record", "[2.3]")
{
    void *ptrs[] = {
        worker_malloc(&worker, 10, CAPS),
        heap_caps_calloc(4, 10, CAPS),
        heap_caps_aligned_alloc(64, 10, CAPS),
        heap_caps_malloc_prefer(10, 1, CAPS),
        malloc(10),
        calloc(1, 10),
    };
    heap_single_task_stat_t stat = stats_of(NULL);

    for (size_t i = 1; i < sizeof(ptrs) / sizeof(ptrs[0]); i++) {
        TEST_ASSERT_NOT_NULL(stats_block(stats_on_heap(&stat.stat, ptrs[i]), ptrs[i]));
    }
    for (size_t i = 0; i < sizeof(ptrs) / sizeof(ptrs[0]); i++) {
        free(ptrs[i]);
    }
}

TEST_CASE("tracking takes no memory from the heaps", "[2.3]")
{
    size_t before = heap_caps_get_free_size(0);
    void *ptr = worker_malloc(&worker, 100, CAPS);

    TEST_ASSERT_EQUAL(before - heap_caps_get_allocated_size(ptr) - 4, heap_caps_get_free_size(0));
    heap_caps_free(ptr);
    TEST_ASSERT_EQUAL(before, heap_caps_get_free_size(0));
}

TEST_CASE("a task is listed from its first allocation on", "[2.3]")
{
    TEST_ASSERT_NULL(stats_find(worker.handle, true));
    worker_free(&worker, worker_malloc(&worker, 100, CAPS));
    TEST_ASSERT_NOT_NULL(stats_find(worker.handle, true));
}

TEST_CASE("a heap that a task has used stays listed when nothing is left; peaks never decrease",
          "[2.3]")
{
    void *ptr = worker_malloc(&worker, 100, CAPS);
    size_t size = heap_caps_get_allocated_size(ptr);
    heap_single_task_stat_t stat;

    heap_caps_free(ptr);
    stat = stats_of(worker.handle);
    TEST_ASSERT_EQUAL(1, stat.stat.heap_count);
    TEST_ASSERT_EQUAL(0, stat.stat.overall_current_usage);
    TEST_ASSERT_EQUAL(size, stat.stat.overall_peak_usage);
    TEST_ASSERT_EQUAL(0, stat.heap_stat_start[0].current_usage);
    TEST_ASSERT_EQUAL(size, stat.heap_stat_start[0].peak_usage);
    TEST_ASSERT_EQUAL(0, stat.heap_stat_start[0].alloc_count);
}

TEST_CASE("name, capabilities and size of a heap are the heap's", "[2.3]")
{
    void *ptr = worker_malloc(&worker, 100, CAPS);
    const struct esp_heap *heap = esp_heap_of(ptr);
    heap_single_task_stat_t stat = stats_of(worker.handle);

    TEST_ASSERT_EQUAL_STRING(heap->name, stat.heap_stat_start[0].name);
    TEST_ASSERT_EQUAL_HEX32(heap->caps[0] | heap->caps[1] | heap->caps[2],
                            stat.heap_stat_start[0].caps);
    TEST_ASSERT_EQUAL(heap->end - heap->start, stat.heap_stat_start[0].size);
    heap_caps_free(ptr);
}

TEST_CASE("a free by any task is charged back to the owner", "[2.3]")
{
    void *ptr = worker_malloc(&worker, 1000, CAPS);
    size_t mine = stats_of(NULL).stat.overall_current_usage;

    heap_caps_free(ptr);
    TEST_ASSERT_EQUAL(0, stats_of(worker.handle).stat.overall_current_usage);
    TEST_ASSERT_EQUAL(mine, stats_of(NULL).stat.overall_current_usage);
}

TEST_CASE("realloc in a heap makes the caller the owner", "[2.3]")
{
    void *ptr = heap_caps_malloc(100, CAPS);
    size_t mine = stats_of(NULL).stat.overall_current_usage;
    size_t size = heap_caps_get_allocated_size(ptr);
    heap_single_task_stat_t stat;

    worker_free(&worker, worker_malloc(&worker, 10, CAPS));
    ptr = worker_realloc(&worker, ptr, 300, CAPS);
    TEST_ASSERT_EQUAL(mine - size, stats_of(NULL).stat.overall_current_usage);
    stat = stats_of(worker.handle);
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(ptr), stat.stat.overall_current_usage);
    TEST_ASSERT_NOT_NULL(stats_block(stats_on_heap(&stat.stat, ptr), ptr));
    heap_caps_free(ptr);
}

/* The reference loses the block: usage stays too high for ever. */
TEST_CASE("realloc by a task that is new to the heap balances", "[2.3]")
{
    void *elsewhere;
    void *ptr;
    heap_single_task_stat_t stat;

    own_heap(0, CAP_A, 0, 0);
    own_heap(1, CAP_B, 0, 0);
    elsewhere = worker_malloc(&worker, 10, CAP_B);
    ptr = worker_realloc(&worker, heap_caps_malloc(100, CAP_A), 200, CAP_A);
    stat = stats_of(worker.handle);
    TEST_ASSERT_EQUAL(2, stat.stat.heap_count);
    TEST_ASSERT_NOT_NULL(stats_block(stats_on_heap(&stat.stat, ptr), ptr));
    heap_caps_free(ptr);
    heap_caps_free(elsewhere);
    TEST_ASSERT_EQUAL(0, stats_of(worker.handle).stat.overall_current_usage);
}

TEST_CASE("realloc to another heap is an allocation, then a free: the peak sees both", "[2.3]")
{
    void *ptr = worker_malloc(&worker, 1000, CAP_A);
    size_t first = heap_caps_get_allocated_size(ptr);
    heap_single_task_stat_t stat;

    ptr = worker_realloc(&worker, ptr, 1000, CAP_B);
    stat = stats_of(worker.handle);
    TEST_ASSERT_EQUAL(first + heap_caps_get_allocated_size(ptr), stat.stat.overall_peak_usage);
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(ptr), stat.stat.overall_current_usage);
    heap_caps_free(ptr);
}

TEST_CASE("a realloc that fails changes nothing", "[2.3]")
{
    void *ptr = heap_caps_malloc(100, CAP_A);
    heap_single_task_stat_t before = stats_of(NULL);
    heap_single_task_stat_t after;

    worker_free(&worker, worker_malloc(&worker, 10, CAPS));
    TEST_ASSERT_NULL(worker_realloc(&worker, ptr, OWN_HEAP_BYTES, CAP_A));
    after = stats_of(NULL);
    TEST_ASSERT_EQUAL(before.stat.overall_current_usage, after.stat.overall_current_usage);
    TEST_ASSERT_EQUAL(before.stat.overall_peak_usage, after.stat.overall_peak_usage);
    TEST_ASSERT_NOT_NULL(stats_block(stats_on_heap(&after.stat, ptr), ptr));
    TEST_ASSERT_EQUAL(0, stats_of(worker.handle).stat.overall_current_usage);
    heap_caps_free(ptr);
}

TEST_CASE("stack and control block are the creator's, and the handle is the control block", "[2.3]")
{
    size_t before = stats_of(NULL).stat.overall_current_usage;
    struct worker guest;
    heap_single_task_stat_t stat;

    worker_start(&guest, "guest");
    stat = stats_of(NULL);
    TEST_ASSERT_GREATER_THAN(before + WORKER_STACK_BYTES, stat.stat.overall_current_usage);
    TEST_ASSERT_NOT_NULL(stats_block(stats_on_heap(&stat.stat, guest.handle), guest.handle));
    worker_delete(&guest);
    TEST_ASSERT_EQUAL(before, stats_of(NULL).stat.overall_current_usage);
}

TEST_CASE("deletion is seen at once, and what is owed stays listed", "[2.3]")
{
    struct worker guest;
    const task_stat_t *stat;
    void *ptr;

    worker_start(&guest, "guest_owes");
    ptr = worker_malloc(&guest, 100, CAPS);
    worker_delete(&guest);
    stat = stats_find_name("guest_owes");
    TEST_ASSERT_FALSE(stat->is_alive);
    TEST_ASSERT_EQUAL_PTR(guest.handle, stat->handle);
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size(ptr), stat->overall_current_usage);
    TEST_ASSERT_NOT_NULL(stats_block(stats_on_heap(stat, ptr), ptr));
    heap_caps_free(ptr);
    stat = stats_find_name("guest_owes");
    TEST_ASSERT_EQUAL(0, stat->overall_current_usage); /* this configuration keeps it */
    TEST_ASSERT_EQUAL(0, stat->heap_stat[0].alloc_count);
}

static void delete_self(void *argument)
{
    (void)argument;
    vTaskDelete(NULL);
}

TEST_CASE("a task that deletes itself is dead before its memory is freed", "[2.3]")
{
    struct worker guest;

    worker_start(&guest, "guest_ends");
    worker_free(&guest, worker_malloc(&guest, 100, CAPS));
    worker_do(&guest, delete_self, NULL);
    TEST_ASSERT_FALSE(stats_find_name("guest_ends")->is_alive);
    vTaskDelay(2);
}

/* The reference never sees them end. */
TEST_CASE("a statically allocated task is seen to be deleted", "[2.3]")
{
    static StackType_t stack[4096];
    static StaticTask_t memory;
    TaskHandle_t task =
        xTaskCreateStatic(delete_self, "static_guest", sizeof(stack), NULL, 1, stack, &memory);

    vTaskSuspend(task);
    vTaskDelete(task);
    TEST_ASSERT_NULL(stats_find(task, true));
}

static struct worker again[2];

/* Makes two tasks that have the same handle, one after the other; the first dies owing a block,
 * which lies elsewhere, so that the second finds the same memory. */
static void *reuse_a_handle(const char *first, const char *second)
{
    void *owed;

    worker_start(&again[0], first);
    owed = worker_malloc(&again[0], 100, CAP_A);
    worker_delete(&again[0]);
    worker_start(&again[1], second);
    TEST_ASSERT_EQUAL_PTR(again[0].handle, again[1].handle);
    worker_free(&again[1], worker_malloc(&again[1], 300, CAP_A));
    return owed;
}

TEST_CASE("a handle that is used again has books of its own, and balances", "[2.3]")
{
    void *owed = reuse_a_handle("first", "second");
    size_t size = heap_caps_get_allocated_size(owed);

    TEST_ASSERT_EQUAL_PTR(again[1].handle, stats_find_name("first")->handle);
    TEST_ASSERT_FALSE(stats_find_name("first")->is_alive);
    TEST_ASSERT_EQUAL(size, stats_find_name("first")->overall_current_usage);
    TEST_ASSERT_TRUE(stats_find_name("second")->is_alive);
    TEST_ASSERT_EQUAL(0, stats_find_name("second")->overall_current_usage);
    heap_caps_free(owed);
    TEST_ASSERT_EQUAL(0, stats_find_name("first")->overall_current_usage);
    TEST_ASSERT_EQUAL(0, stats_find_name("second")->overall_current_usage);
    worker_delete(&again[1]);
}

TEST_CASE("of several tasks with a handle, functions for one task mean the live one", "[2.3]")
{
    void *owed = reuse_a_handle("third", "fourth");

    TEST_ASSERT_EQUAL_STRING("fourth", stats_of(again[1].handle).stat.name);
    worker_delete(&again[1]);
    TEST_ASSERT_EQUAL_STRING("fourth", stats_of(again[1].handle).stat.name);
    TEST_ASSERT_FALSE(stats_of(again[1].handle).stat.is_alive);
    heap_caps_free(owed);
}

TEST_CASE("Pre-scheduler has handle NULL, is always alive, and always the last", "[2.3]")
{
    heap_all_tasks_stat_t all = stats_of_all();
    const task_stat_t *last = &all.stat_arr[all.task_count - 1];

    TEST_ASSERT_EQUAL_STRING("Pre-scheduler", last->name);
    TEST_ASSERT_NULL(last->handle);
    TEST_ASSERT_TRUE(last->is_alive);
    TEST_ASSERT_GREATER_THAN(0, last->overall_current_usage);
    for (size_t i = 0; i + 1 < all.task_count; i++) {
        TEST_ASSERT_NOT_NULL(all.stat_arr[i].handle);
    }
}

/* The reference leaves them listed for ever. */
TEST_CASE("a block from before the scheduler is taken off when it is freed", "[2.3]")
{
    size_t before = stats_find(NULL, true)->overall_current_usage;
    void *ptr;

    taskENTER_CRITICAL();
    hl_freertos_charge(NULL); /* as if no task existed yet */
    ptr = heap_caps_malloc(100, CAPS);
    hl_freertos_charge(xTaskGetCurrentTaskHandle());
    taskEXIT_CRITICAL();
    TEST_ASSERT_EQUAL(before + heap_caps_get_allocated_size(ptr),
                      stats_find(NULL, true)->overall_current_usage);
    heap_caps_free(ptr);
    TEST_ASSERT_EQUAL(before, stats_find(NULL, true)->overall_current_usage);
}

TEST_CASE("tasks come by descending handle", "[2.3]")
{
    struct worker more[3];
    heap_all_tasks_stat_t all;

    for (int i = 0; i < 3; i++) {
        worker_start(&more[i], "more");
        worker_free(&more[i], worker_malloc(&more[i], 10, CAPS));
    }
    all = stats_of_all();
    for (size_t i = 1; i < all.task_count; i++) {
        TEST_ASSERT((uintptr_t)all.stat_arr[i - 1].handle >= (uintptr_t)all.stat_arr[i].handle);
    }
    for (int i = 0; i < 3; i++) {
        worker_delete(&more[i]);
    }
}

TEST_CASE("the heaps of a task come in the order of first use", "[2.3]")
{
    struct worker forth, back;

    worker_start(&forth, "forth");
    worker_start(&back, "back");
    worker_free(&forth, worker_malloc(&forth, 10, CAP_A));
    worker_free(&forth, worker_malloc(&forth, 10, CAP_B));
    worker_free(&forth, worker_malloc(&forth, 10, CAP_A));
    worker_free(&back, worker_malloc(&back, 10, CAP_B));
    worker_free(&back, worker_malloc(&back, 10, CAP_A));
    TEST_ASSERT_EQUAL_HEX32(CAP_A, stats_of(forth.handle).heap_stat_start[0].caps);
    TEST_ASSERT_EQUAL_HEX32(CAP_B, stats_of(forth.handle).heap_stat_start[1].caps);
    TEST_ASSERT_EQUAL_HEX32(CAP_B, stats_of(back.handle).heap_stat_start[0].caps);
    TEST_ASSERT_EQUAL_HEX32(CAP_A, stats_of(back.handle).heap_stat_start[1].caps);
    worker_delete(&forth);
    worker_delete(&back);
}

TEST_CASE("the first use of a heap may be a realloc", "[2.3]")
{
    struct worker guest;
    void *ptr = heap_caps_malloc(100, CAP_B);

    worker_start(&guest, "by_realloc");
    ptr = worker_realloc(&guest, ptr, 120, CAP_B);
    worker_free(&guest, worker_malloc(&guest, 10, CAP_A));
    TEST_ASSERT_EQUAL_HEX32(CAP_B, stats_of(guest.handle).heap_stat_start[0].caps);
    heap_caps_free(ptr);
    worker_delete(&guest);
}

static void start_another(void *argument)
{
    worker_start(argument, "another");
}

TEST_CASE("the first use of a heap may be the stack of a task that is created", "[2.3]")
{
    struct worker guest, another;

    worker_start(&guest, "creator");
    worker_do(&guest, start_another, &another);
    worker_free(&guest, worker_malloc(&guest, 10, CAP_A));
    TEST_ASSERT_EQUAL_HEX32(CAP_A, stats_of(guest.handle).heap_stat_start[1].caps);
    worker_delete(&another);
    worker_delete(&guest);
}

TEST_CASE("the blocks of a heap come by address", "[2.3]")
{
    void *ptrs[6];
    heap_single_task_stat_t stat;

    for (int i = 0; i < 6; i++) {
        ptrs[i] = worker_malloc(&worker, 16, CAP_A);
    }
    heap_caps_free(ptrs[2]);
    ptrs[2] = worker_malloc(&worker, 16, CAP_A);
    stat = stats_of(worker.handle);
    for (size_t i = 1; i < stat.alloc_count; i++) {
        TEST_ASSERT((char *)stat.alloc_stat_start[i - 1].address <
                    (char *)stat.alloc_stat_start[i].address);
    }
    for (int i = 0; i < 6; i++) {
        heap_caps_free(ptrs[i]);
    }
}

/* The reference may not: a mutex is in the way. */
TEST_CASE("allocating works with the scheduler suspended and in a critical section", "[2.3]")
{
    size_t before = stats_of(NULL).stat.overall_current_usage;
    void *ptrs[2];

    vTaskSuspendAll();
    ptrs[0] = heap_caps_malloc(100, CAPS);
    (void)xTaskResumeAll();
    taskENTER_CRITICAL();
    ptrs[1] = heap_caps_malloc(100, CAPS);
    taskEXIT_CRITICAL();
    TEST_ASSERT_EQUAL(before + heap_caps_get_allocated_size(ptrs[0]) +
                          heap_caps_get_allocated_size(ptrs[1]),
                      stats_of(NULL).stat.overall_current_usage);
    heap_caps_free(ptrs[0]);
    heap_caps_free(ptrs[1]);
}

void app_main(void)
{
    unity_run_all_tests();
}
