/* SPDX-License-Identifier: MIT */
/* The scheduler ends and starts again: heap and ledger are new, serial numbers go on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel_test.h"
#include "timers.h"

static uint32_t first_serial, second_serial;
static void *leak;
static int id_at_the_end;

static void first_life(void *unused)
{
    (void)unused;
    first_serial = hl_freertos_serial(NULL);
    leak = pvPortMalloc(5000);
    CHECK(test_current(first_serial) >= 5000);
    test_end_scheduler();
}

static void second_life(void *unused)
{
    (void)unused;
    second_serial = hl_freertos_serial(NULL);
    vPortHeapResetState(); /* the ledger does not know this task any more */
    CHECK(hl_freertos_id(NULL) == HL_TASK_PRE_SCHEDULER);
    test_end_scheduler();
}

static void after_the_end_nobody_runs(void **state)
{
    void *block;

    (void)state;
    test_run_until_end(first_life);
    id_at_the_end = hl_freertos_id(NULL);
    assert_int_equal(id_at_the_end, HL_TASK_PRE_SCHEDULER);
    block = pvPortMalloc(10);
    assert_int_equal(hl_owner(hl_freertos_instance(), block), HL_TASK_PRE_SCHEDULER);
    assert_true(test_current(first_serial) >= 5000);
    test_check_books();
}

static void a_reset_forgets_blocks_tasks_and_figures(void **state)
{
    struct hl_task_info info;
    HeapStats_t stats;

    (void)state;
    vPortHeapResetState();
    vTaskResetState();
    vTimerResetState();
    vPortGetHeapStats(&stats);
    assert_int_equal(stats.xNumberOfSuccessfulAllocations, 0);
    assert_int_equal(stats.xNumberOfSuccessfulFrees, 0);
    assert_int_equal(stats.xNumberOfFreeBlocks, 1);
    assert_true(stats.xAvailableHeapSpaceInBytes > configTOTAL_HEAP_SIZE - 32);
    assert_int_equal(stats.xMinimumEverFreeBytesRemaining, stats.xAvailableHeapSpaceInBytes);
    assert_false(test_find(first_serial, &info));
    assert_int_equal(hl_freertos_id(NULL), HL_TASK_PRE_SCHEDULER);
}

static void serial_numbers_go_on_after_a_reset(void **state)
{
    (void)state;
    test_run_until_end(second_life);
    assert_true(second_serial > first_serial);
    test_check_books();
    vPortHeapResetState(); /* and again, without a use in between */
    vPortHeapResetState();
    assert_true(xPortGetFreeHeapSize() > configTOTAL_HEAP_SIZE - 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_the_end_nobody_runs),
        cmocka_unit_test(a_reset_forgets_blocks_tasks_and_figures),
        cmocka_unit_test(serial_numbers_go_on_after_a_reset),
    };

    vPortHeapResetState(); /* before anything was set up */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
