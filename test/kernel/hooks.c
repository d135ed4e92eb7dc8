/* SPDX-License-Identifier: MIT */
/* An application's own hooks for faults and limits are called, with what happened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_test.h"

static struct hl_fault last_fault;
static unsigned faults;
static struct hl_limit_event last_event;
static unsigned events;
static bool masked_in_hook;

void hl_freertos_fault_hook(const struct hl_fault *fault)
{
    last_fault = *fault;
    faults++;
    masked_in_hook = test_interrupts_masked();
}

void hl_freertos_limit_hook(const struct hl_limit_event *event)
{
    last_event = *event;
    events++;
    masked_in_hook = test_interrupts_masked();
}

static void a_fault_names_the_task_the_pointer_and_the_reason(void **state)
{
    void *block = pvPortMalloc(100);

    (void)state;
    masked_in_hook = true;
    vPortFree((char *)block + 1);
    assert_int_equal(faults, 1);
    assert_int_equal(last_fault.reason, HL_FAULT_MISALIGNED);
    assert_ptr_equal(last_fault.address, (char *)block + 1);
    assert_int_equal(last_fault.task, hl_freertos_id(NULL));
    assert_false(masked_in_hook);
    vPortFree(block);
    assert_int_equal(faults, 1);
}

static void a_limit_event_names_the_task_and_the_size(void **state)
{
    struct hl *hl = hl_freertos_instance();
    int me = hl_freertos_id(NULL);
    uint32_t current = test_current(hl_freertos_serial(NULL));

    (void)state;
    masked_in_hook = true;
    assert_int_equal(hl_task_limit(hl, me, current + 1000, current + 500, true), 0);
    assert_null(pvPortMalloc(2000));
    assert_int_equal(events, 1);
    assert_true(last_event.refused);
    assert_int_equal(last_event.task, me);
    assert_false(masked_in_hook);
    assert_int_equal(hl_task_limit(hl, me, HL_NO_LIMIT, HL_NO_LIMIT, false), 0);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_names_the_task_the_pointer_and_the_reason),
        cmocka_unit_test(a_limit_event_names_the_task_and_the_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    return test_run(false, run);
}
