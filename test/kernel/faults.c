/* SPDX-License-Identifier: MIT */
/* Without hooks of its own a program sees a fault as a failed assertion, and nothing is changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_test.h"

static HeapStats_t stats(void)
{
    HeapStats_t now;

    vPortGetHeapStats(&now);
    return now;
}

static int expect_assert(void **state)
{
    (void)state;
    test_expects_assert = true;
    test_asserts = 0;
    return 0;
}

static int books_balance(void **state)
{
    (void)state;
    test_expects_assert = false;
    test_check_books();
    return 0;
}

static void a_double_free_fails_one_assertion_and_is_not_counted(void **state)
{
    void *block = pvPortMalloc(100);
    void *behind = pvPortMalloc(100);
    HeapStats_t before;

    (void)state;
    vPortFree(block);
    before = stats();
    vPortFree(block);
    assert_int_equal(test_asserts, 1);
    assert_int_equal(stats().xNumberOfSuccessfulFrees, before.xNumberOfSuccessfulFrees);
    assert_int_equal(stats().xAvailableHeapSpaceInBytes, before.xAvailableHeapSpaceInBytes);
    vPortFree(behind);
    assert_int_equal(test_asserts, 1);
    assert_int_equal(stats().xNumberOfSuccessfulFrees, before.xNumberOfSuccessfulFrees + 1);
}

static void a_pointer_of_nobody_fails_an_assertion(void **state)
{
    static uint64_t elsewhere[4];

    (void)state;
    vPortFree(&elsewhere[1]);
    assert_int_equal(test_asserts, 1);
    assert_non_null(strstr(test_last_assert, "a wrong pointer or a damaged heap"));
}

static void going_over_a_limit_needs_no_hook(void **state)
{
    struct hl *hl = hl_freertos_instance();
    int me = hl_freertos_id(NULL);
    unsigned failures = test_malloc_failures;

    (void)state;
    assert_int_equal(
        hl_task_limit(hl, me, test_current(hl_freertos_serial(NULL)) + 100, HL_NO_LIMIT, true), 0);
    assert_null(pvPortMalloc(200));
    assert_int_equal(test_malloc_failures, failures + 1);
    assert_int_equal(hl_task_limit(hl, me, HL_NO_LIMIT, HL_NO_LIMIT, false), 0);
    assert_int_equal(test_asserts, 0);
}

/* A visitor that asks for the statistics while its own walk is under way. */
static bool ask_meanwhile(void *context, const struct hl_block_info *block)
{
    (void)block;
    vPortGetHeapStats(context);
    return false;
}

static void statistics_do_without_a_walk_when_another_is_under_way(void **state)
{
    HeapStats_t meanwhile, otherwise = stats();

    (void)state;
    assert_true(hl_visit_blocks(hl_freertos_instance(), 0, ask_meanwhile, &meanwhile) >= 0);
    assert_int_equal(meanwhile.xAvailableHeapSpaceInBytes, otherwise.xAvailableHeapSpaceInBytes);
    assert_int_equal(meanwhile.xNumberOfSuccessfulFrees, otherwise.xNumberOfSuccessfulFrees);
    assert_int_equal(meanwhile.xNumberOfFreeBlocks, 1);
    assert_true(meanwhile.xSizeOfLargestFreeBlockInBytes >
                otherwise.xSizeOfLargestFreeBlockInBytes / 2);
    assert_true(meanwhile.xSizeOfLargestFreeBlockInBytes <=
                otherwise.xSizeOfLargestFreeBlockInBytes);
}

static void *all_of_the_heap(void)
{
    void *list = NULL;

    for (size_t size = configTOTAL_HEAP_SIZE; size >= sizeof(void *); size /= 2) {
        void **block;

        while ((block = pvPortMalloc(size)) != NULL) {
            *block = list;
            list = block;
        }
    }
    return list;
}

static void statistics_of_a_full_heap_do_without_a_walk_too(void **state)
{
    void *list = all_of_the_heap();
    HeapStats_t meanwhile;

    (void)state;
    assert_true(hl_visit_blocks(hl_freertos_instance(), 0, ask_meanwhile, &meanwhile) >= 0);
    assert_int_equal(meanwhile.xNumberOfFreeBlocks, 0);
    assert_int_equal(meanwhile.xSizeOfLargestFreeBlockInBytes, 0);
    while (list != NULL) {
        void *block = list;

        list = *(void **)block;
        vPortFree(block);
    }
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_double_free_fails_one_assertion_and_is_not_counted,
                                        expect_assert, books_balance),
        cmocka_unit_test_setup_teardown(a_pointer_of_nobody_fails_an_assertion, expect_assert,
                                        books_balance),
        cmocka_unit_test_setup_teardown(going_over_a_limit_needs_no_hook, expect_assert,
                                        books_balance),
        cmocka_unit_test(statistics_do_without_a_walk_when_another_is_under_way),
        cmocka_unit_test(statistics_of_a_full_heap_do_without_a_walk_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    return test_run(false, run);
}
