/* SPDX-License-Identifier: MIT */
/* A program with a recorder, additions and a heap of its own keeps them all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "puppet.h"
#include "recorder.h"

unsigned application_priority_of(TaskHandle_t task);
unsigned application_additions_ran;

/* configAPPLICATION_ALLOCATED_HEAP */
uint8_t ucHeap[configTOTAL_HEAP_SIZE];

static struct {
    void *task;
    char name[configMAX_TASK_NAME_LEN];
    unsigned long priority;
} created, deleted;
static unsigned creations, deletions, ends;
static unsigned long switches_in, switches_out;
static void *running;
static struct {
    void *block;
    size_t size;
} allocated, freed;
static unsigned allocations, frees;

void recorder_created(void *task, const char *name, unsigned long priority)
{
    created.task = task;
    memcpy(created.name, name, sizeof(created.name));
    created.priority = priority;
    creations++;
}

void recorder_deleted(void *task, const char *name)
{
    deleted.task = task;
    memcpy(deleted.name, name, sizeof(deleted.name));
    deletions++;
}

void recorder_switched_in(void *task, const char *name)
{
    CHECK(strcmp(name, pcTaskGetName(task)) == 0);
    running = task;
    switches_in++;
}

void recorder_switched_out(const char *name)
{
    CHECK(name[0] != 0);
    switches_out++;
}

void recorder_ends(int is_running)
{
    CHECK(is_running);
    ends++;
}

void recorder_malloc(void *block, size_t size)
{
    allocated.block = block;
    allocated.size = size;
    allocations++;
}

void recorder_free(void *block, size_t size)
{
    freed.block = block;
    freed.size = size;
    frees++;
}

static void the_recorder_sees_tasks_come_and_go(void **state)
{
    static struct puppet puppet;
    unsigned creations_before = creations, deletions_before = deletions;
    struct hl_task_info info;
    uint32_t serial;

    (void)state;
    assert_true(puppet_create(&puppet, "recorded"));
    assert_int_equal(creations, creations_before + 1);
    assert_ptr_equal(created.task, puppet.handle);
    assert_string_equal(created.name, "recorded");
    assert_int_equal(created.priority, TEST_PRIORITY + 1);
    serial = hl_freertos_serial(puppet.handle);
    assert_true(test_find(serial, &info));
    assert_string_equal(info.name, "recorded");
    assert_in_range(info.current, PUPPET_STACK_BYTES + sizeof(StaticTask_t),
                    PUPPET_STACK_BYTES + sizeof(StaticTask_t) + 32);

    vTaskDelete(puppet.handle);
    assert_int_equal(deletions, deletions_before + 1);
    assert_ptr_equal(deleted.task, puppet.handle);
    assert_string_equal(deleted.name, "recorded");
    assert_false(test_find(serial, &info)); /* deleted tasks are not kept: the default */
}

static void the_recorder_sees_tasks_being_switched(void **state)
{
    unsigned long in = switches_in, out = switches_out;

    (void)state;
    assert_ptr_equal(running, xTaskGetCurrentTaskHandle());
    vTaskDelay(3);
    assert_true(switches_in > in);
    assert_true(switches_out > out);
    assert_ptr_equal(running, xTaskGetCurrentTaskHandle());
}

static void the_recorder_sees_whole_blocks_come_and_go(void **state)
{
    size_t free = xPortGetFreeHeapSize();
    unsigned allocations_before = allocations, frees_before = frees;
    void *block = pvPortMalloc(100);

    (void)state;
    assert_int_equal(allocations, allocations_before + 1);
    assert_ptr_equal(allocated.block, block);
    assert_int_equal(allocated.size, free - xPortGetFreeHeapSize());
    vPortFree(block);
    assert_int_equal(frees, frees_before + 1);
    assert_ptr_equal(freed.block, block);
    assert_int_equal(freed.size, allocated.size);

    assert_null(pvPortMalloc(0));
    assert_int_equal(allocations, allocations_before + 2);
    assert_null(allocated.block);
    assert_int_equal(allocated.size, 0);
    vPortFree(NULL);
    assert_int_equal(frees, frees_before + 1);
}

static void a_wrong_pointer_is_reported_once_and_not_recorded(void **state)
{
    unsigned frees_before = frees;
    void *block = pvPortMalloc(10);

    (void)state;
    vPortFree(block);
    test_expects_assert = true;
    test_asserts = 0;
    vPortFree(block);
    test_expects_assert = false;
    assert_int_equal(test_asserts, 1);
    assert_int_equal(frees, frees_before + 1);
}

static void freed_memory_is_cleared(void **state)
{
    struct hl *hl = hl_freertos_instance();
    unsigned char *block = pvPortMalloc(200);
    size_t size = hl_usable_size(hl, block);

    (void)state;
    memset(block, 0xee, size);
    vPortFree(block);
    for (size_t i = 8; i < size - 4; i++) { /* a free block's links and last word aside */
        assert_int_equal(block[i], 0);
    }
}

static void the_heap_is_the_application_s(void **state)
{
    struct hl_heap_facts facts;

    (void)state;
    assert_int_equal(hl_heap_facts(hl_freertos_instance(), 0, &facts), 0);
    assert_ptr_equal(facts.start, ucHeap);
    assert_int_equal(facts.size, sizeof(ucHeap));
}

static void additions_of_the_application_work(void **state)
{
    (void)state;
    assert_int_equal(application_additions_ran, 1);
    assert_int_equal(application_priority_of(xTaskGetCurrentTaskHandle()), TEST_PRIORITY);
}

static void the_kernel_s_task_number_is_the_recorder_s(void **state)
{
    TaskHandle_t me = xTaskGetCurrentTaskHandle();
    uint32_t serial = hl_freertos_serial(me);

    (void)state;
    assert_int_equal(uxTaskGetTaskNumber(me), 0);
    vTaskSetTaskNumber(me, 77);
    assert_int_equal(hl_freertos_serial(NULL), serial);
    vPortFree(pvPortMalloc(10));
    assert_int_equal(uxTaskGetTaskNumber(me), 77);
}

static int result;

static void run(void *unused)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_recorder_sees_tasks_come_and_go),
        cmocka_unit_test(the_recorder_sees_tasks_being_switched),
        cmocka_unit_test(the_recorder_sees_whole_blocks_come_and_go),
        cmocka_unit_test(a_wrong_pointer_is_reported_once_and_not_recorded),
        cmocka_unit_test(freed_memory_is_cleared),
        cmocka_unit_test(the_heap_is_the_application_s),
        cmocka_unit_test(additions_of_the_application_work),
        cmocka_unit_test(the_kernel_s_task_number_is_the_recorder_s),
    };

    (void)unused;
    result = cmocka_run_group_tests(tests, NULL, NULL);
    test_check_books();
    test_end_scheduler();
}

int main(void)
{
    test_run_until_end(run);
    CHECK(ends == 1);
    return result;
}
