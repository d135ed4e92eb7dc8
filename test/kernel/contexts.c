/* SPDX-License-Identifier: MIT */
/* Allocation before the start, with the scheduler suspended, in critical sections, interrupts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "puppet.h"

enum {
    PRE_SCHEDULER_SERIAL = HL_TASK_PRE_SCHEDULER + 1,
    ISR_SERIAL = HL_TASK_ISR + 1,
};

/* What each context does: every function of allocation, so that one block is left. */
static void *use_heap(void)
{
    struct hl *hl = hl_freertos_instance();
    void *first = pvPortMalloc(40);
    unsigned char *second = pvPortCalloc(3, 20);
    void *last;

    CHECK(first != NULL && second != NULL);
    for (int i = 0; i < 60; i++) {
        CHECK(second[i] == 0);
    }
    memset(second, 0x5a, 60);
    vPortFree(first);
    last = hl_realloc(hl, second, 3000, HL_FREERTOS_CAPS);
    CHECK(last != NULL && ((unsigned char *)last)[59] == 0x5a);
    CHECK(hl_owner(hl, last) == hl_freertos_id(NULL));
    return last;
}

static void *before_the_start;
static void *in_an_interrupt_before_the_start;

static void allocate_before_the_start(void)
{
    bool masked = test_interrupts_masked();

    CHECK(hl_freertos_id(NULL) == HL_TASK_PRE_SCHEDULER);
    CHECK(hl_freertos_serial(NULL) == PRE_SCHEDULER_SERIAL);
    before_the_start = use_heap();
    CHECK(test_interrupts_masked() == masked);

    hl_freertos_isr_enter();
    CHECK(hl_port_in_isr());
    in_an_interrupt_before_the_start = use_heap();
    hl_freertos_isr_exit();
    CHECK(!hl_port_in_isr());
    CHECK(hl_owner(hl_freertos_instance(), in_an_interrupt_before_the_start) == HL_TASK_ISR);
}

static void what_runs_before_the_first_task_is_pre_scheduler(void **state)
{
    struct hl *hl = hl_freertos_instance();

    (void)state;
    assert_int_equal(hl_owner(hl, before_the_start), HL_TASK_PRE_SCHEDULER);
    assert_in_range(test_current(PRE_SCHEDULER_SERIAL), 3000, 3012);
    vPortFree(before_the_start);
    assert_int_equal(test_current(PRE_SCHEDULER_SERIAL), 0);
    vPortFree(in_an_interrupt_before_the_start);
    assert_int_equal(test_current(ISR_SERIAL), 0);
}

static void the_heap_works_with_the_scheduler_suspended(void **state)
{
    uint32_t me = hl_freertos_serial(NULL);
    uint32_t before = test_current(me);
    void *block;

    (void)state;
    vTaskSuspendAll();
    block = use_heap();
    assert_in_range(test_current(me) - before, 3000, 3012);
    vPortFree(block);
    (void)xTaskResumeAll();
    assert_int_equal(test_current(me), before);
}

static void the_heap_works_in_nested_critical_sections_and_leaves_them_closed(void **state)
{
    uint32_t me = hl_freertos_serial(NULL);
    uint32_t before = test_current(me);
    void *block;

    (void)state;
    assert_false(test_interrupts_masked());
    taskENTER_CRITICAL();
    taskENTER_CRITICAL();
    block = use_heap();
    assert_true(test_interrupts_masked());
    taskEXIT_CRITICAL();
    vPortFree(block);
    block = use_heap();
    assert_true(test_interrupts_masked());
    vPortFree(block);
    taskEXIT_CRITICAL();
    assert_false(test_interrupts_masked());
    assert_int_equal(test_current(me), before);
}

static void the_heap_leaves_interrupts_open_in_a_task(void **state)
{
    void *block;

    (void)state;
    assert_false(test_interrupts_masked());
    block = use_heap();
    assert_false(test_interrupts_masked());
    vPortFree(block);
    assert_false(test_interrupts_masked());
}

static void *volatile of_the_interrupt;
static void *volatile for_the_interrupt;
static volatile unsigned interrupts;

static void tick_allocates(void)
{
    if (of_the_interrupt == NULL) {
        of_the_interrupt = use_heap();
    }
    vPortFree(for_the_interrupt);
    for_the_interrupt = NULL;
    interrupts = interrupts + 1;
    CHECK(hl_port_in_isr());
    CHECK(hl_freertos_serial(NULL) == ISR_SERIAL);
}

static void an_interrupt_has_an_account_of_its_own(void **state)
{
    uint32_t me = hl_freertos_serial(NULL);
    uint32_t before = test_current(me);

    (void)state;
    for_the_interrupt = pvPortMalloc(500);
    assert_true(test_current(me) - before >= 500);
    interrupts = 0;
    test_tick = tick_allocates;
    vTaskDelay(3);
    test_tick = NULL;
    assert_true(interrupts >= 2);
    assert_null(for_the_interrupt);
    assert_int_equal(test_current(me), before);
    assert_int_equal(hl_owner(hl_freertos_instance(), of_the_interrupt), HL_TASK_ISR);
    assert_in_range(test_current(ISR_SERIAL), 3000, 3012);
    vPortFree(of_the_interrupt);
    assert_int_equal(test_current(ISR_SERIAL), 0);
}

static void interrupts_nest(void **state)
{
    (void)state;
    taskENTER_CRITICAL();
    hl_freertos_isr_enter();
    hl_freertos_isr_enter();
    hl_freertos_isr_exit();
    assert_true(hl_port_in_isr());
    assert_int_equal(hl_freertos_id(NULL), HL_TASK_ISR);
    hl_freertos_isr_exit();
    taskEXIT_CRITICAL();
    assert_false(hl_port_in_isr());
    assert_true(hl_freertos_id(NULL) >= HL_TASK_FIRST);
}

static void tasks_come_and_go_while_the_scheduler_is_suspended(void **state)
{
    static struct puppet puppet;
    uint32_t serial;

    (void)state;
    vTaskSuspendAll();
    assert_true(puppet_create(&puppet, "suspended"));
    serial = hl_freertos_serial(puppet.handle);
    assert_true(test_current(serial) >= PUPPET_STACK_BYTES);
    vTaskDelete(puppet.handle);
    (void)xTaskResumeAll();
    assert_int_equal(test_current(serial), 0);
}

static int books_balance(void **state)
{
    (void)state;
    test_check_books();
    return 0;
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_runs_before_the_first_task_is_pre_scheduler, books_balance),
        cmocka_unit_test_teardown(the_heap_works_with_the_scheduler_suspended, books_balance),
        cmocka_unit_test_teardown(the_heap_works_in_nested_critical_sections_and_leaves_them_closed,
                                  books_balance),
        cmocka_unit_test_teardown(the_heap_leaves_interrupts_open_in_a_task, books_balance),
        cmocka_unit_test_teardown(an_interrupt_has_an_account_of_its_own, books_balance),
        cmocka_unit_test_teardown(interrupts_nest, books_balance),
        cmocka_unit_test_teardown(tasks_come_and_go_while_the_scheduler_is_suspended,
                                  books_balance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    allocate_before_the_start();
    return test_run(argc > 1 && strcmp(argv[1], "--realtime") == 0, run);
}
