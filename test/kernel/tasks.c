/* SPDX-License-Identifier: MIT */
/* Tasks created, deleted and reused in every way: who is listed, and who owes what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "puppet.h"

static struct puppet puppets[16];

static struct hl_task_info info_of(uint32_t serial)
{
    struct hl_task_info info;

    assert_true(test_find(serial, &info));
    return info;
}

static uint32_t overflowed(void)
{
    struct hl_ledger_facts facts;

    hl_ledger_facts(hl_freertos_instance(), &facts);
    return facts.overflowed;
}

static int no_fault_left_behind(void **state)
{
    (void)state;
    test_let_idle_run();
    test_check_books();
    return 0;
}

static void a_dynamic_task_owns_its_stack_and_control_block(void **state)
{
    struct puppet *p = &puppets[0];
    uint32_t me = hl_freertos_serial(NULL);
    uint32_t mine = test_current(me);
    struct hl_task_info info;
    uint32_t serial;

    (void)state;
    assert_true(puppet_create(p, "dynamic"));
    serial = hl_freertos_serial(p->handle);
    info = info_of(serial);
    assert_string_equal(info.name, "dynamic");
    assert_ptr_equal(info.handle, p->handle);
    assert_true(info.alive);
    assert_int_equal(info.id, hl_freertos_id(p->handle));
    assert_in_range(info.current, PUPPET_STACK_BYTES + sizeof(StaticTask_t),
                    PUPPET_STACK_BYTES + sizeof(StaticTask_t) + 32);
    assert_int_equal(hl_owner(hl_freertos_instance(), p->handle), info.id);
    assert_int_equal(test_current(me), mine);

    vTaskDelete(p->handle); /* the deleter frees its memory at once */
    info = info_of(serial);
    assert_false(info.alive);
    assert_int_equal(info.current, 0);
    assert_int_equal(test_current(me), mine);
    assert_string_equal(info.name, "dynamic");
}

static void a_task_that_deletes_itself_is_credited_by_the_idle_task(void **state)
{
    struct puppet *p = &puppets[0];
    uint32_t serial;

    (void)state;
    assert_true(puppet_create(p, "self"));
    serial = hl_freertos_serial(p->handle);
    (void)puppet_do(p, puppet_delete_itself, NULL);
    assert_false(info_of(serial).alive);
    assert_true(info_of(serial).current >= PUPPET_STACK_BYTES);
    test_let_idle_run();
    assert_int_equal(info_of(serial).current, 0);
    assert_int_equal(info_of(serial).freed_by_others, 2);
}

static void a_static_task_is_seen_created_and_deleted(void **state)
{
    struct puppet *p = &puppets[1];
    uint32_t serial;

    (void)state;
    puppet_create_static(p, "static");
    serial = hl_freertos_serial(p->handle);
    assert_true(info_of(serial).alive);
    assert_int_equal(info_of(serial).current, 0);
    vTaskDelete(p->handle);
    assert_false(info_of(serial).alive);

    puppet_create_static(p, "static self");
    serial = hl_freertos_serial(p->handle);
    (void)puppet_do(p, puppet_delete_itself, NULL);
    assert_false(info_of(serial).alive);
}

static void a_reused_handle_is_a_new_task(void **state)
{
    struct puppet *p = &puppets[2];
    TaskHandle_t handle;
    uint32_t first, second;
    void *leak, *block;

    (void)state;
    puppet_create_static(p, "first");
    handle = p->handle;
    first = hl_freertos_serial(handle);
    leak = puppet_do(p, puppet_malloc, puppet_number(100));
    assert_non_null(leak);
    vTaskDelete(handle);

    puppet_create_static(p, "second");
    assert_ptr_equal(p->handle, handle);
    second = hl_freertos_serial(handle);
    assert_true(second > first);
    block = puppet_do(p, puppet_malloc, puppet_number(200));
    assert_in_range(info_of(first).current, 100, 112);
    assert_in_range(info_of(second).current, 200, 212);
    assert_string_equal(info_of(first).name, "first");

    vPortFree(leak);
    vPortFree(block);
    assert_int_equal(info_of(first).current, 0);
    assert_int_equal(info_of(second).current, 0);
    vTaskDelete(handle);
}

static void a_free_by_another_task_credits_the_owner(void **state)
{
    struct puppet *owner = &puppets[3], *other = &puppets[4];
    uint32_t owner_serial, other_serial;
    void *block;

    (void)state;
    puppet_create_static(owner, "owner");
    puppet_create_static(other, "other");
    owner_serial = hl_freertos_serial(owner->handle);
    other_serial = hl_freertos_serial(other->handle);
    block = puppet_do(owner, puppet_malloc, puppet_number(300));
    assert_true(info_of(owner_serial).current >= 300);
    (void)puppet_do(other, puppet_free, block);
    assert_int_equal(info_of(owner_serial).current, 0);
    assert_int_equal(info_of(owner_serial).freed_by_others, 1);
    assert_int_equal(info_of(owner_serial).frees, 1);
    assert_int_equal(info_of(other_serial).current, 0);
    assert_int_equal(info_of(other_serial).frees, 0);
    vTaskDelete(owner->handle);
    vTaskDelete(other->handle);
}

static void a_task_that_died_owing_stays_until_its_last_block_is_freed(void **state)
{
    struct puppet *p = &puppets[5];
    struct hl_task_info info;
    uint32_t serial;
    void *leak;

    (void)state;
    hl_keep_deleted(hl_freertos_instance(), false);
    assert_true(puppet_create(p, "leaker"));
    serial = hl_freertos_serial(p->handle);
    leak = puppet_do(p, puppet_malloc, puppet_number(50));
    vTaskDelete(p->handle);
    assert_false(info_of(serial).alive);
    assert_in_range(info_of(serial).current, 50, 60);
    vPortFree(leak);
    assert_false(test_find(serial, &info));
    hl_keep_deleted(hl_freertos_instance(), true);
}

static void a_name_longer_than_the_slot_is_cut(void **state)
{
    struct puppet *p = &puppets[6];

    (void)state;
    puppet_create_static(p, "twenty-two characters!");
    assert_string_equal(pcTaskGetName(p->handle), "twenty-two characters!");
    assert_string_equal(info_of(hl_freertos_serial(p->handle)).name, "twenty-two char");
    vTaskDelete(p->handle);
}

static void thread_local_storage_of_the_application_is_its_own(void **state)
{
    struct puppet *p = &puppets[7];
    int values[TEST_USER_SLOTS];
    int id;

    (void)state;
    puppet_create_static(p, "storage");
    id = hl_freertos_id(p->handle);
    for (int i = 0; i < TEST_USER_SLOTS; i++) {
        assert_null(pvTaskGetThreadLocalStoragePointer(p->handle, i));
        vTaskSetThreadLocalStoragePointer(p->handle, i, &values[i]);
    }
    assert_int_equal(hl_freertos_id(p->handle), id);
    for (int i = 0; i < TEST_USER_SLOTS; i++) {
        assert_ptr_equal(pvTaskGetThreadLocalStoragePointer(p->handle, i), &values[i]);
    }
    vTaskDelete(p->handle);
    assert_int_equal(HL_FREERTOS_SLOT, TEST_USER_SLOTS);
    assert_int_equal(configNUM_THREAD_LOCAL_STORAGE_POINTERS, TEST_USER_SLOTS + 1);
}

static void tasks_without_a_slot_are_charged_to_overflow(void **state)
{
    uint32_t before = overflowed();
    int created = 0;
    int of_overflow = 0;
    void *block;

    (void)state;
    while (of_overflow < 2) {
        assert_true(created < 16);
        puppet_create_static(&puppets[created], "crowd");
        of_overflow += hl_freertos_id(puppets[created].handle) == HL_TASK_OVERFLOW ? 1 : 0;
        created++;
    }
    assert_int_equal(overflowed() - before, 2);
    assert_int_equal(hl_freertos_serial(puppets[created - 1].handle), HL_TASK_OVERFLOW + 1);
    block = puppet_do(&puppets[created - 1], puppet_malloc, puppet_number(80));
    assert_in_range(test_current(HL_TASK_OVERFLOW + 1), 80, 92);
    assert_int_equal(hl_owner(hl_freertos_instance(), block), HL_TASK_OVERFLOW);

    for (int i = 0; i < created; i++) {
        vTaskDelete(puppets[i].handle);
    }
    assert_in_range(test_current(HL_TASK_OVERFLOW + 1), 80, 92);
    vPortFree(block);
    assert_int_equal(test_current(HL_TASK_OVERFLOW + 1), 0);
    puppet_create_static(&puppets[0], "room again");
    assert_true(hl_freertos_id(puppets[0].handle) >= HL_TASK_FIRST);
    vTaskDelete(puppets[0].handle);
}

static void a_task_without_a_slot_may_be_dynamic(void **state)
{
    int created = 0;

    (void)state;
    do {
        assert_true(created < 15);
        puppet_create_static(&puppets[created], "crowd");
    } while (hl_freertos_id(puppets[created++].handle) != HL_TASK_OVERFLOW);
    assert_true(puppet_create(&puppets[created], "late"));
    assert_int_equal(hl_freertos_id(puppets[created].handle), HL_TASK_OVERFLOW);
    assert_true(test_current(HL_TASK_OVERFLOW + 1) >= PUPPET_STACK_BYTES);
    created++;
    for (int i = 0; i < created; i++) {
        vTaskDelete(puppets[i].handle);
    }
    assert_int_equal(test_current(HL_TASK_OVERFLOW + 1), 0);
}

static void dead_namesakes_are_folded_in_idle_time(void **state)
{
    struct puppet *p = &puppets[0];
    struct hl_ledger_facts facts;
    struct hl_task_info info;
    void *leaks[8];
    uint32_t oldest = 0;

    (void)state;
    for (int i = 0; i < 8; i++) {
        puppet_create_static(p, "worker");
        oldest = i == 0 ? hl_freertos_serial(p->handle) : oldest;
        leaks[i] = puppet_do(p, puppet_malloc, puppet_number(20));
        vTaskDelete(p->handle);
    }
    vTaskDelay(200);
    hl_ledger_facts(hl_freertos_instance(), &facts);
    assert_true(facts.folded > 0);
    assert_true(test_find(oldest, &info));
    assert_true(info.folded > 1);
    assert_memory_equal(info.name, "worker (", 8);
    test_check_books();
    for (int i = 0; i < 8; i++) {
        vPortFree(leaks[i]);
    }
    assert_int_equal(test_current(oldest), 0);
}

static void kernel_tasks_have_accounts(void **state)
{
    struct hl *hl = hl_freertos_instance();

    (void)state;
    assert_int_equal(hl_find_name(hl, "IDLE"), hl_freertos_serial(xTaskGetIdleTaskHandle()));
    assert_true(hl_find_name(hl, "Tmr Svc") != 0);
    assert_int_equal(hl_find_name(hl, "test"), hl_freertos_serial(NULL));
    assert_int_equal(hl_freertos_serial(NULL), hl_freertos_serial(xTaskGetCurrentTaskHandle()));
    assert_int_equal(hl_freertos_id(NULL), hl_freertos_id(xTaskGetCurrentTaskHandle()));
}

static void a_task_that_could_not_be_created_leaves_nothing(void **state)
{
    struct hl_ledger_facts before, after;
    size_t free = xPortGetFreeHeapSize();
    unsigned failures = test_malloc_failures;

    (void)state;
    hl_ledger_facts(hl_freertos_instance(), &before);
    assert_int_equal(xTaskCreate(NULL, "huge", configTOTAL_HEAP_SIZE, NULL, 1, NULL),
                     errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY);
    hl_ledger_facts(hl_freertos_instance(), &after);
    assert_int_equal(after.registered, before.registered);
    assert_int_equal(xPortGetFreeHeapSize(), free);
    assert_true(test_malloc_failures > failures);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(kernel_tasks_have_accounts, no_fault_left_behind),
        cmocka_unit_test_teardown(a_dynamic_task_owns_its_stack_and_control_block,
                                  no_fault_left_behind),
        cmocka_unit_test_teardown(a_task_that_deletes_itself_is_credited_by_the_idle_task,
                                  no_fault_left_behind),
        cmocka_unit_test_teardown(a_static_task_is_seen_created_and_deleted, no_fault_left_behind),
        cmocka_unit_test_teardown(a_reused_handle_is_a_new_task, no_fault_left_behind),
        cmocka_unit_test_teardown(a_free_by_another_task_credits_the_owner, no_fault_left_behind),
        cmocka_unit_test_teardown(a_task_that_died_owing_stays_until_its_last_block_is_freed,
                                  no_fault_left_behind),
        cmocka_unit_test_teardown(a_name_longer_than_the_slot_is_cut, no_fault_left_behind),
        cmocka_unit_test_teardown(thread_local_storage_of_the_application_is_its_own,
                                  no_fault_left_behind),
        cmocka_unit_test_teardown(tasks_without_a_slot_are_charged_to_overflow,
                                  no_fault_left_behind),
        cmocka_unit_test_teardown(a_task_without_a_slot_may_be_dynamic, no_fault_left_behind),
        cmocka_unit_test_teardown(dead_namesakes_are_folded_in_idle_time, no_fault_left_behind),
        cmocka_unit_test_teardown(a_task_that_could_not_be_created_leaves_nothing,
                                  no_fault_left_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    return test_run(false, run);
}
