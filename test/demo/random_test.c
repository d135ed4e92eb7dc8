/* SPDX-License-Identifier: MIT */
/* The generator of the examples: the same numbers everywhere, in range, evenly spread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "board.h"

static void numbers_of_a_seed_are_always_these(void **state)
{
    static const struct {
        uint32_t seed;
        uint32_t numbers[3];
    } known[] = {
        {0, {0x1924d77eU, 0xfaa185fbU, 0x89ce9e74U}},
        {7, {0x3126ae31U, 0x78ff7461U, 0x5810f458U}},
        {UINT32_MAX, {0x35219908U, 0xc613db08U, 0x13223391U}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        board_random_seed(known[i].seed);
        for (int j = 0; j < 3; j++) {
            assert_int_equal(board_random(), known[i].numbers[j]);
        }
    }
}

static void no_seed_gives_0(void **state)
{
    static const uint32_t seeds[] = {0, 1, 244002640U, UINT32_MAX - 1, UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
        board_random_seed(seeds[i]);
        for (int j = 0; j < 10000; j++) {
            assert_int_not_equal(board_random(), 0);
        }
    }
}

static void numbers_below_a_limit_are_equally_likely(void **state)
{
    enum {
        LIMIT = 6,
        DRAWS = 60000
    };
    unsigned drawn[LIMIT] = {0};

    (void)state;
    board_random_seed(1);
    for (int i = 0; i < DRAWS; i++) {
        uint32_t number = board_random_below(LIMIT);

        assert_true(number < LIMIT);
        drawn[number]++;
    }
    for (int i = 0; i < LIMIT; i++) {
        assert_in_range(drawn[i], DRAWS / LIMIT * 95 / 100, DRAWS / LIMIT * 105 / 100);
    }
}

/* The remainder alone would find the lower third of the numbers in every second draw. */
static void large_limits_are_fair_too(void **state)
{
    enum {
        DRAWS = 30000
    };
    const uint32_t third = 1UL << 30;
    unsigned lower = 0;

    (void)state;
    board_random_seed(2);
    for (int i = 0; i < DRAWS; i++) {
        uint32_t number = board_random_below(3 * third);

        assert_true(number < 3 * third);
        lower += number < third;
    }
    assert_in_range(lower, DRAWS / 3 * 95 / 100, DRAWS / 3 * 105 / 100);
}

static void limits_of_0_and_1_leave_0(void **state)
{
    (void)state;
    assert_int_equal(board_random_below(0), 0);
    assert_int_equal(board_random_below(1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_a_seed_are_always_these),
        cmocka_unit_test(no_seed_gives_0),
        cmocka_unit_test(numbers_below_a_limit_are_equally_likely),
        cmocka_unit_test(large_limits_are_fair_too),
        cmocka_unit_test(limits_of_0_and_1_leave_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
