/* SPDX-License-Identifier: MIT */
/* The part of cmocka that the unit tests use, where cmocka itself is missing: for 32-bit programs. */
#ifndef TEST_NO_CMOCKA_H
#define TEST_NO_CMOCKA_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

#define cmocka_unit_test(test)                                                                     \
    {                                                                                              \
#test, test, NULL, NULL                                                                    \
    }
#define cmocka_unit_test_setup_teardown(test, setup, teardown)                                     \
    {                                                                                              \
#test, test, setup, teardown                                                               \
    }

/* The first failure ends the program. */
#define fail_msg(...)                                                                              \
    (printf("%s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__), printf("\n"), exit(1))
#define assert_true(c)                ((c) ? (void)0 : fail_msg("not so: %s", #c))
#define assert_false(c)               assert_true(!(c))
#define assert_null(p)                assert_true((p) == NULL)
#define assert_non_null(p)            assert_true((p) != NULL)
#define assert_ptr_equal(a, b)        assert_true((const void *)(a) == (const void *)(b))
#define assert_ptr_not_equal(a, b)    assert_true((const void *)(a) != (const void *)(b))
#define assert_int_equal(a, b)        assert_true((unsigned long long)(a) == (unsigned long long)(b))
#define assert_int_not_equal(a, b)    assert_true((unsigned long long)(a) != (unsigned long long)(b))
#define assert_in_range(a, low, high) assert_true((a) >= (low) && (a) <= (high))
#define assert_string_equal(a, b)     assert_true(strcmp(a, b) == 0)
#define assert_memory_equal(a, b, n)  assert_true(memcmp(a, b, n) == 0)

static inline int run_tests(const struct CMUnitTest *tests, size_t count)
{
    void *state = NULL;

    for (size_t i = 0; i < count; i++) {
        printf("[ RUN      ] %s\n", tests[i].name);
        if (tests[i].setup != NULL && tests[i].setup(&state) != 0) {
            fail_msg("its setup");
        }
        tests[i].test(&state);
        if (tests[i].teardown != NULL && tests[i].teardown(&state) != 0) {
            fail_msg("its teardown");
        }
    }
    return 0;
}

#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    run_tests(tests, sizeof(tests) / sizeof((tests)[0]))

#endif
