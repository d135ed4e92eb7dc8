/* SPDX-License-Identifier: MIT */
/* Which heaps a table makes: compared with a map of bytes, for all ranges in a small memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layout.h"

enum {
    BASE = 0x1000,
    VIEW = 0x9000,
    BYTES = 96, /* of the memory below */
};

/* Three regions: the first two touch, and become one heap where nothing is in between. */
static const soc_memory_region_t table[] = {
    {.start = BASE, .size = 32, .type = 0, .iram_address = VIEW},
    {.start = BASE + 32, .size = 24, .type = 0, .iram_address = VIEW + 32},
    {.start = BASE + 56, .size = 40, .type = 1, .iram_address = VIEW + 56},
};
enum {
    REGIONS = sizeof(table) / sizeof(table[0])
};

/* The heap that a byte belongs to by the rules, counted from 1; 0: none. */
static void map_bytes(const soc_reserved_region_t *reserved, size_t count, int *map)
{
    int heaps = 0;

    memset(map, 0, BYTES * sizeof(*map));
    for (size_t i = 0; i < REGIONS; i++) {
        intptr_t from = table[i].start - BASE;
        intptr_t run = 0; /* free bytes up to here */

        for (intptr_t at = from; at <= from + (intptr_t)table[i].size; at++) {
            bool is_free = at < from + (intptr_t)table[i].size;

            for (size_t k = 0; k < count; k++) {
                intptr_t word = (at & ~(intptr_t)3) + BASE;

                is_free = is_free && !(word + 4 > reserved[k].start && word < reserved[k].end);
            }
            if (is_free) {
                run++;
                continue;
            }
            if (run > 16) {
                bool goes_on = i == 1 && at - run == 32 && map[31] != 0; /* as its neighbour */

                heaps += goes_on ? 0 : 1;
                for (intptr_t byte = at - run; byte < at; byte++) {
                    map[byte] = heaps;
                }
            }
            run = 0;
        }
    }
}

static void same_as_map(const soc_memory_region_t *heaps, size_t count, const int *map,
                        bool inverted)
{
    int found[BYTES] = {0};

    for (size_t i = 0; i < count; i++) {
        intptr_t from = heaps[i].start - BASE;
        intptr_t end = from + (intptr_t)heaps[i].size;

        assert_true(from >= 0 && end <= BYTES);
        if (inverted) {
            assert_int_equal(heaps[i].iram_address, VIEW + BYTES - end);
        } else {
            assert_int_equal(heaps[i].iram_address, VIEW + from);
        }
        for (intptr_t at = from; at < end; at++) {
            assert_int_equal(found[at], 0);
            found[at] = (int)i + 1;
            assert_int_equal(heaps[i].type, at < 56 ? 0 : 1);
        }
    }
    assert_memory_equal(found, map, sizeof(found));
}

/* The regions as the instruction bus sees them backwards. */
static void invert(soc_memory_region_t *regions)
{
    for (size_t i = 0; i < REGIONS; i++) {
        regions[i].iram_address =
            VIEW + BYTES - (regions[i].start - BASE) - (intptr_t)regions[i].size;
    }
}

static void try_ranges(const soc_reserved_region_t *ranges, size_t count)
{
    soc_memory_region_t regions[REGIONS];
    soc_memory_region_t left[REGIONS + 2];
    int map[BYTES];

    for (int inverted = 0; inverted < 2; inverted++) {
        soc_reserved_region_t reserved[2];
        size_t parts;

        memcpy(regions, table, sizeof(table));
        if (inverted) {
            invert(regions);
        }
        memcpy(reserved, ranges, count * sizeof(reserved[0]));
        if (layout_sort(reserved, count) != NULL) {
            return; /* they overlap */
        }
        parts = layout_cut(regions, REGIONS, reserved, count, inverted, left);
        assert_in_range(parts, 0, REGIONS + count);
        parts = layout_merge(left, parts, inverted);
        map_bytes(ranges, count, map);
        same_as_map(left, parts, map, inverted);
    }
}

static void any_one_range(void **state)
{
    soc_reserved_region_t none = {0, 0};

    (void)state;
    try_ranges(&none, 0);
    for (int start = -8; start < BYTES + 8; start++) {
        for (int end = start + 1; end <= BYTES + 8; end++) {
            soc_reserved_region_t range = {BASE + start, BASE + end};

            try_ranges(&range, 1);
        }
    }
}

/* By words, in both orders. */
static void any_two_ranges(void **state)
{
    (void)state;
    for (int a = -4; a < BYTES; a += 4) {
        for (int b = a + 4; b <= BYTES; b += 4) {
            for (int c = b; c < BYTES; c += 4) {
                for (int d = c + 4; d <= BYTES + 4; d += 4) {
                    soc_reserved_region_t both[] = {{BASE + a, BASE + b}, {BASE + c, BASE + d}};
                    soc_reserved_region_t turned[] = {both[1], both[0]};

                    try_ranges(both, 2);
                    try_ranges(turned, 2);
                }
            }
        }
    }
}

static void ranges_that_overlap_are_told(void **state)
{
    (void)state;
    for (int shift = -12; shift <= 12; shift++) {
        soc_reserved_region_t both[] = {{BASE + 12 + shift, BASE + 20 + shift},
                                        {BASE + 12, BASE + 20}};
        intptr_t from = (12 + shift) & ~3;
        intptr_t end = (20 + shift + 3) & ~3;
        const soc_reserved_region_t *told = layout_sort(both, 2);
        bool overlap = from < 20 && end > 12;

        assert_int_equal(told != NULL, overlap);
        if (overlap) {
            assert_ptr_equal(told, both);
            assert_true(both[0].start <= both[1].start);
        }
    }
}

static void ranges_are_aligned_outward(void **state)
{
    soc_reserved_region_t range = {BASE + 5, BASE + 6};

    (void)state;
    assert_null(layout_sort(&range, 1));
    assert_int_equal(range.start, BASE + 4);
    assert_int_equal(range.end, BASE + 8);
}

static void only_neighbours_of_one_kind_are_merged(void **state)
{
    soc_memory_region_t regions[] = {
        {.start = BASE, .size = 32, .type = 0},
        {.start = BASE + 32, .size = 32, .type = 0, .startup_stack = true},
        {.start = BASE + 64, .size = 32, .type = 0, .startup_stack = true},
        {.start = BASE + 96, .size = 32, .type = 1, .startup_stack = true},
        {.start = BASE + 132, .size = 32, .type = 1, .startup_stack = true}, /* a gap */
        {.start = BASE - 32, .size = 32, .type = 0}, /* touches the first, but is not behind it */
    };

    (void)state;
    assert_int_equal(layout_merge(regions, 6, false), 5);
    assert_int_equal(regions[0].size, 32);
    assert_int_equal(regions[1].start, BASE + 32);
    assert_int_equal(regions[1].size, 64);
    assert_int_equal(regions[2].start, BASE + 96);
    assert_int_equal(regions[3].start, BASE + 132);
    assert_int_equal(regions[4].start, BASE - 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_one_range),
        cmocka_unit_test(any_two_ranges),
        cmocka_unit_test(ranges_that_overlap_are_told),
        cmocka_unit_test(ranges_are_aligned_outward),
        cmocka_unit_test(only_neighbours_of_one_kind_are_merged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
