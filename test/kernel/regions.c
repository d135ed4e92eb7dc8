/* SPDX-License-Identifier: MIT */
/* heap_5's form: heaps come from the application, and nothing works before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_test.h"

enum {
    SMALL = 2000,
    LARGE = 40000,
    OWN_CAPS = 0x40, /* without HL_FREERTOS_CAPS */
};

static uint8_t small_region[SMALL + 1];
static uint8_t large_region[LARGE];
static uint8_t own_region[4096];
static uint8_t huge_region[HL_MAX_HEAP_BYTES + 5000];
static uint8_t tailed_region[HL_MAX_HEAP_BYTES + 8];

static struct hl_heap_facts facts_of(int heap)
{
    struct hl_heap_facts facts;

    assert_int_equal(hl_heap_facts(hl_freertos_instance(), heap, &facts), 0);
    return facts;
}

static void nothing_is_allocated_before_regions_are_defined(void)
{
    test_expects_assert = true;
    CHECK(pvPortMalloc(10) == NULL);
    CHECK(test_asserts == 1);
    CHECK(test_malloc_failures == 1);
    test_expects_assert = false;
    CHECK(xPortGetFreeHeapSize() == 0);
}

static void regions_must_be_some_and_large_enough(void)
{
    const HeapRegion_t none[] = {{NULL, 0}};
    const HeapRegion_t too_small[] = {{small_region, 12}, {NULL, 0}};

    test_expects_assert = true;
    test_asserts = 0;
    vPortDefineHeapRegions(none);
    CHECK(test_asserts == 1);
    vPortDefineHeapRegions(too_small);
    CHECK(test_asserts == 2);
    test_expects_assert = false;
    CHECK(hl_heap_count(hl_freertos_instance()) == 0);
}

static void regions_are_used_in_their_order(void **state)
{
    struct hl *hl = hl_freertos_instance();
    void *in_small, *in_large, *second;

    (void)state;
    assert_int_equal(hl_heap_count(hl), 2);
    assert_string_equal(facts_of(0).name, "RAM");
    assert_int_equal(facts_of(1).caps[0], HL_FREERTOS_CAPS);
    in_small = pvPortMalloc(100);
    assert_int_equal(hl_heap_of(hl, in_small), 0);
    in_large = pvPortMalloc(SMALL);
    assert_int_equal(hl_heap_of(hl, in_large), 1);
    second = pvPortMalloc(500);
    assert_int_equal(hl_heap_of(hl, second), 0);
    vPortFree(in_small);
    vPortFree(in_large);
    vPortFree(second);
}

static void sizes_are_those_of_all_regions_together(void **state)
{
    HeapStats_t stats;
    size_t free = facts_of(0).free + facts_of(1).free;

    (void)state;
    assert_int_equal(xPortGetFreeHeapSize(), free);
    assert_int_equal(xPortGetMinimumEverFreeHeapSize(),
                     facts_of(0).min_free + facts_of(1).min_free);
    vPortGetHeapStats(&stats);
    assert_int_equal(stats.xAvailableHeapSpaceInBytes, free);
    assert_true(stats.xSizeOfLargestFreeBlockInBytes > SMALL);
    assert_true(stats.xSizeOfSmallestFreeBlockInBytes <= SMALL);
    xPortResetHeapMinimumEverFreeHeapSize();
    assert_int_equal(facts_of(0).min_free, facts_of(0).free);
    assert_int_equal(facts_of(1).min_free, facts_of(1).free);
}

static void heaps_with_other_capabilities_are_left_alone_by_malloc(void **state)
{
    const struct hl_heap_desc own = {own_region, sizeof(own_region), "own", {OWN_CAPS, 0, 0}};
    struct hl *hl = hl_freertos_instance();
    size_t free = xPortGetFreeHeapSize();
    void *block;

    (void)state;
    assert_int_equal(hl_freertos_define_heaps(&own, 1), 0);
    assert_int_equal(xPortGetFreeHeapSize(), free);
    assert_null(pvPortMalloc(LARGE));
    block = hl_malloc(hl, 100, OWN_CAPS);
    assert_int_equal(hl_heap_of(hl, block), 2);
    assert_string_equal(facts_of(2).name, "own");
    vPortFree(block);
    assert_int_equal(facts_of(2).blocks, 0);
}

static void a_heap_that_is_refused_is_told(void **state)
{
    const struct hl_heap_desc heaps[] = {
        {small_region, 100, "again", {1, 0, 0}},
    };
    const struct hl_heap_desc nameless = {own_region, sizeof(own_region), NULL, {1, 0, 0}};

    (void)state;
    assert_int_equal(hl_freertos_define_heaps(heaps, 1), HL_ERR_OVERLAP);
    assert_int_equal(hl_freertos_define_heaps(&nameless, 1), HL_ERR_ARGUMENT);
    assert_int_equal(hl_freertos_define_heaps(NULL, 0), 0);
    assert_int_equal(hl_heap_count(hl_freertos_instance()), 3);
}

static void a_region_too_large_for_one_heap_becomes_several(void **state)
{
    const HeapRegion_t huge[] = {{huge_region, sizeof(huge_region)}, {NULL, 0}};
    const HeapRegion_t tailed[] = {{tailed_region, sizeof(tailed_region)}, {NULL, 0}};
    const HeapRegion_t one_too_many[] = {{own_region, 100}, {NULL, 0}};

    (void)state;
    vPortDefineHeapRegions(huge);
    assert_int_equal(hl_heap_count(hl_freertos_instance()), 5);
    assert_true(facts_of(3).free > HL_MAX_HEAP_BYTES - 32);
    assert_in_range(facts_of(4).free, 4900, 5000);
    assert_ptr_equal((const uint8_t *)facts_of(4).start - (const uint8_t *)facts_of(3).start,
                     HL_MAX_HEAP_BYTES);

    vPortDefineHeapRegions(tailed); /* what is too small for a heap of its own is left out */
    assert_int_equal(hl_heap_count(hl_freertos_instance()), HL_MAX_HEAPS);

    test_expects_assert = true;
    test_asserts = 0;
    vPortDefineHeapRegions(one_too_many);
    assert_int_equal(test_asserts, 1);
    test_expects_assert = false;
}

static int run(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_are_used_in_their_order),
        cmocka_unit_test(sizes_are_those_of_all_regions_together),
        cmocka_unit_test(heaps_with_other_capabilities_are_left_alone_by_malloc),
        cmocka_unit_test(a_heap_that_is_refused_is_told),
        cmocka_unit_test(a_region_too_large_for_one_heap_becomes_several),
    };
    int result = cmocka_run_group_tests(tests, NULL, NULL);

    test_check_books();
    return result;
}

int main(void)
{
    const HeapRegion_t regions[] = {
        {small_region + 1, SMALL}, /* rounded inwards */
        {large_region, LARGE},
        {NULL, 0},
    };

    nothing_is_allocated_before_regions_are_defined();
    regions_must_be_some_and_large_enough();
    vPortDefineHeapRegions(regions);
    return test_run(false, run);
}
