/* SPDX-License-Identifier: MIT */
/* A kernel without dynamic allocation: tasks have accounts all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "puppet.h"

static struct puppet puppet;

static void a_task_owns_what_it_allocates_from_the_instance(void **state)
{
    struct hl *hl = hl_freertos_instance();
    uint32_t serial;
    void *block;

    (void)state;
    puppet_create_static(&puppet, "static");
    serial = hl_freertos_serial(puppet.handle);
    assert_int_equal(test_current(serial), 0);
    block = puppet_do(&puppet, puppet_malloc, puppet_number(100));
    assert_int_equal(hl_owner(hl, block), hl_freertos_id(puppet.handle));
    assert_true(test_current(serial) >= 100);
    vTaskDelete(puppet.handle);
    assert_true(test_current(serial) >= 100);
    hl_free(hl, block);
    assert_int_equal(test_current(serial), 0);
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_owns_what_it_allocates_from_the_instance),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);

    test_check_books();
    return result;
}

int main(void)
{
    return test_run(false, run);
}
