/* SPDX-License-Identifier: MIT */
/* Stacks from an allocator of the application: charged to the task if they are ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "puppet.h"

static bool from_the_ledger;

/* configSTACK_ALLOCATION_FROM_SEPARATE_HEAP */
void *pvPortMallocStack(size_t xSize)
{
    return from_the_ledger ? pvPortMalloc(xSize) : malloc(xSize);
}

void vPortFreeStack(void *pv)
{
    if (hl_heap_of(hl_freertos_instance(), pv) >= 0) {
        vPortFree(pv);
    } else {
        free(pv);
    }
}

static void create_and_delete(uint32_t bytes)
{
    static struct puppet puppet;
    uint32_t me = hl_freertos_serial(NULL);
    uint32_t mine = test_current(me);
    uint32_t serial;

    assert_true(puppet_create(&puppet, "stacked"));
    serial = hl_freertos_serial(puppet.handle);
    assert_in_range(test_current(serial), bytes, bytes + 32);
    assert_int_equal(test_current(me), mine);
    vTaskDelete(puppet.handle);
    assert_int_equal(test_current(serial), 0);
}

static void a_stack_from_elsewhere_is_not_charged(void **state)
{
    (void)state;
    from_the_ledger = false;
    create_and_delete(sizeof(StaticTask_t));
}

static void a_stack_from_the_ledger_is_charged_to_the_task(void **state)
{
    (void)state;
    from_the_ledger = true;
    create_and_delete(sizeof(StaticTask_t) + PUPPET_STACK_BYTES);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_from_elsewhere_is_not_charged),
        cmocka_unit_test(a_stack_from_the_ledger_is_charged_to_the_task),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);

    test_check_books();
    return result;
}

int main(void)
{
    return test_run(false, run);
}
