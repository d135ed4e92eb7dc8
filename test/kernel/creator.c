/* SPDX-License-Identifier: MIT */
/* With HL_CHARGE_CREATOR a new task's stack and control block are charged to its creator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "puppet.h"

static struct puppet puppet;

static void the_creator_pays_until_the_task_is_deleted(void **state)
{
    uint32_t me = hl_freertos_serial(NULL);
    uint32_t before = test_current(me);

    (void)state;
    assert_true(puppet_create(&puppet, "guest"));
    assert_int_equal(test_current(hl_freertos_serial(puppet.handle)), 0);
    assert_in_range(test_current(me) - before, PUPPET_STACK_BYTES + sizeof(StaticTask_t),
                    PUPPET_STACK_BYTES + sizeof(StaticTask_t) + 32);
    vTaskDelete(puppet.handle);
    assert_int_equal(test_current(me), before);
}

static void what_main_created_is_charged_to_pre_scheduler(void **state)
{
    (void)state;
    assert_int_equal(hl_owner(hl_freertos_instance(), xTaskGetCurrentTaskHandle()),
                     HL_TASK_PRE_SCHEDULER);
}

/* For start-up code; here no task is switched in between. */
static void another_task_can_be_charged_until_one_is_switched_in(void **state)
{
    TaskHandle_t self = xTaskGetCurrentTaskHandle();
    void *its, *nobody_s, *mine;

    (void)state;
    assert_true(puppet_create(&puppet, "guest"));
    taskENTER_CRITICAL();
    hl_freertos_charge(puppet.handle);
    its = pvPortMalloc(40);
    hl_freertos_charge(NULL);
    nobody_s = pvPortMalloc(40);
    hl_freertos_charge(self);
    mine = pvPortMalloc(40);
    taskEXIT_CRITICAL();
    assert_int_equal(hl_owner(hl_freertos_instance(), its), hl_freertos_id(puppet.handle));
    assert_int_equal(hl_owner(hl_freertos_instance(), nobody_s), HL_TASK_PRE_SCHEDULER);
    assert_int_equal(hl_owner(hl_freertos_instance(), mine), hl_freertos_id(self));
    vPortFree(its);
    vPortFree(nobody_s);
    vPortFree(mine);
    vTaskDelete(puppet.handle);
}

static void many_thread_local_storage_pointers_stay_the_application_s(void **state)
{
    int value = 0;

    (void)state;
    assert_int_equal(HL_FREERTOS_SLOT, TEST_USER_SLOTS);
    vTaskSetThreadLocalStoragePointer(NULL, TEST_USER_SLOTS - 1, &value);
    assert_ptr_equal(pvTaskGetThreadLocalStoragePointer(NULL, TEST_USER_SLOTS - 1), &value);
    assert_int_equal(hl_freertos_id(xTaskGetCurrentTaskHandle()), hl_freertos_id(NULL));
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_creator_pays_until_the_task_is_deleted),
        cmocka_unit_test(what_main_created_is_charged_to_pre_scheduler),
        cmocka_unit_test(another_task_can_be_charged_until_one_is_switched_in),
        cmocka_unit_test(many_thread_local_storage_pointers_stay_the_application_s),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);

    test_check_books();
    return result;
}

int main(void)
{
    return test_run(false, run);
}
