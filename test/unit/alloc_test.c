/* SPDX-License-Identifier: MIT */
/* Allocating by capabilities, and freeing. */
#include "rig.h"

enum cap {
    FAST = 1,
    DMA = 2,
    LARGE = 4,
    NOWHERE = 8
};

static int setup(void **state)
{
    (void)state;
    rig_start(false);
    assert_int_equal(rig_heap(0, 8192), 0);
    return 0;
}

static void expect_free(uint32_t free, int heap)
{
    assert_int_equal(rig.hl->heaps[heap].free, free);
}

static int heap_of_new(size_t size, uint32_t caps)
{
    void *ptr = hl_malloc(rig.hl, size, caps);

    return ptr != NULL ? hl_heap_of(rig.hl, ptr) : -1;
}

static void every_size_is_served_with_the_least_that_holds_it(void **state)
{
    uint32_t all = rig.hl->heaps[0].free;

    (void)state;
    for (size_t size = 1; size <= 6000; size += size < 300 ? 1 : 97) {
        unsigned char *ptr = hl_malloc(rig.hl, size, RIG_CAP);

        assert_non_null(ptr);
        assert_int_equal((uintptr_t)ptr % HL_ALIGN, 0);
        assert_int_equal(hl_usable_size(rig.hl, ptr), rig_span_for(size) - 4);
        memset(ptr, 0xff, hl_usable_size(rig.hl, ptr));
        rig_sound();
        hl_free(rig.hl, ptr);
        expect_free(all, 0);
    }
}

static void sizes_that_nothing_can_hold_fail(void **state)
{
    static const size_t sizes[] = {0,          8192,         HL_MAX_HEAP_BYTES, UINT32_MAX - 4,
                                   UINT32_MAX, SIZE_MAX - 7, SIZE_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_null(hl_malloc(rig.hl, sizes[i], RIG_CAP));
        assert_null(hl_calloc(rig.hl, 1, sizes[i], RIG_CAP));
        assert_null(hl_calloc(rig.hl, sizes[i], 1, RIG_CAP));
        assert_null(hl_aligned_alloc(rig.hl, 64, sizes[i], RIG_CAP));
        assert_null(hl_aligned_alloc(rig.hl, 1, sizes[i], RIG_CAP));
    }
    assert_int_equal(rig.hl->heaps[0].free, rig.hl->heaps[0].min_free);
}

static void nothing_is_allocated_without_a_capability(void **state)
{
    (void)state;
    assert_null(hl_malloc(rig.hl, 16, 0));
    assert_null(hl_calloc(rig.hl, 1, 16, 0));
    assert_null(hl_aligned_alloc(rig.hl, 64, 16, 0));
    assert_null(hl_malloc(rig.hl, 16, NOWHERE));
    assert_null(hl_malloc(rig.hl, 16, RIG_CAP | NOWHERE));
}

static void a_heap_must_have_all_capabilities_in_its_words_together(void **state)
{
    (void)state;
    rig_start(false);
    rig_heap_with(0, 4096, FAST, 0, 0);
    rig_heap_with(4096, 4096, FAST, DMA, 0);
    rig_heap_with(8192, 4096, 0, DMA, LARGE);
    assert_int_equal(heap_of_new(16, FAST | DMA), 1);
    assert_int_equal(heap_of_new(16, DMA | LARGE), 2);
    assert_int_equal(heap_of_new(16, FAST | LARGE), -1);
    assert_int_equal(heap_of_new(16, FAST | DMA | LARGE), -1);
}

static void heaps_are_tried_by_the_word_that_has_the_capability_then_in_order(void **state)
{
    static const int order[] = {1, 3, 0, 2}; /* by word 0: 1 and 3; by word 1: 0; by word 2: 2 */
    int last = 0;

    (void)state;
    rig_start(false);
    rig_heap_with(0, 1024, DMA, LARGE, 0);
    rig_heap_with(1024, 1024, LARGE, 0, 0);
    rig_heap_with(2048, 1024, 0, DMA, LARGE);
    rig_heap_with(3072, 1024, LARGE | DMA, 0, 0);
    for (;;) {
        int heap = heap_of_new(60, LARGE);

        if (heap != order[last]) {
            last++;
            if (last == 4) {
                assert_int_equal(heap, -1);
                return;
            }
            assert_int_equal(heap, order[last]);
        }
    }
}

static void a_request_too_large_for_one_heap_falls_back_to_a_larger_one(void **state)
{
    (void)state;
    rig_start(false);
    rig_heap_with(0, 512, FAST, 0, 0);
    rig_heap_with(512, 8192, 0, FAST, 0);
    assert_int_equal(heap_of_new(1000, FAST), 1);
    assert_int_equal(heap_of_new(100, FAST), 0);
    assert_int_equal(heap_of_new(450, FAST), 1);
}

/* Pairs at every border: where a product overflows, and where it just does not. */
static void calloc_takes_no_product_that_overflows(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(size_t) * 8; i++) {
        for (int a = -2; a <= 2; a++) {
            size_t n = ((size_t)1 << i) + (size_t)a;
            size_t most = n != 0 ? SIZE_MAX / n : 0;

            for (int b = -2; b <= 2; b++) {
                size_t size = most + (size_t)b;
                bool overflows = n != 0 && size > SIZE_MAX / n;
                bool fits = !overflows && n * size != 0 && n * size <= 4000;

                assert_int_equal(hl_calloc(rig.hl, n, size, RIG_CAP) != NULL, fits);
                assert_int_equal(hl_calloc(rig.hl, size, n, RIG_CAP) != NULL, fits);
                hl_reset(rig.hl);
                assert_int_equal(rig_heap(0, 16384), 0);
            }
        }
    }
}

/* Products that wrap around to a small number. */
static void calloc_is_not_fooled_by_products_that_wrap(void **state)
{
    const unsigned half = sizeof(size_t) * 4;

    (void)state;
    for (unsigned i = 1; i < sizeof(size_t) * 8; i++) {
        assert_null(hl_calloc(rig.hl, (size_t)1 << i, ((size_t)1 << (half * 2 - i)), RIG_CAP));
        if (i > 1) {
            size_t n = ((size_t)1 << i) + 1;
            size_t size = SIZE_MAX / n + 1; /* n * size is less than n */

            assert_true(n * size < n);
            assert_null(hl_calloc(rig.hl, n, size, RIG_CAP));
            assert_null(hl_calloc(rig.hl, size, n, RIG_CAP));
        }
    }
    assert_null(hl_calloc(rig.hl, ((size_t)1 << half) + 1, ((size_t)1 << half), RIG_CAP));
    assert_null(hl_calloc(rig.hl, (size_t)1 << half, (size_t)1 << half, RIG_CAP));
    assert_null(hl_calloc(rig.hl, SIZE_MAX, SIZE_MAX, RIG_CAP));
}

static void calloc_gives_zeros(void **state)
{
    (void)state;
    memset(hl_malloc(rig.hl, 4000, RIG_CAP), 0xff, 4000);
    hl_reset(rig.hl);
    rig_heap(0, 8192);
    for (size_t n = 1; n < 20; n++) {
        for (size_t size = 1; size < 20; size++) {
            unsigned char *ptr = hl_calloc(rig.hl, n, size, RIG_CAP);

            assert_non_null(ptr);
            for (size_t i = 0; i < n * size; i++) {
                assert_int_equal(ptr[i], 0);
            }
            memset(ptr, 0xff, n * size);
            hl_free(rig.hl, ptr);
        }
    }
    rig_sound();
}

static void every_power_of_two_up_to_the_heap_is_an_alignment(void **state)
{
    (void)state;
    rig_start(false);
    rig_heap(0, RIG_ARENA_BYTES);
    for (size_t alignment = 1; alignment != 0; alignment *= 2) {
        for (size_t size = 1; size < 200; size += 13) {
            void *first = hl_malloc(rig.hl, size, RIG_CAP);
            void *ptr = hl_aligned_alloc(rig.hl, alignment, size, RIG_CAP);

            if (alignment <= RIG_ARENA_BYTES / 4) {
                assert_non_null(ptr);
                assert_int_equal((uintptr_t)ptr & (alignment - 1), 0);
                assert_true(hl_usable_size(rig.hl, ptr) >= size);
                assert_true(hl_usable_size(rig.hl, ptr) < rig_span_for(size) - 4 + 16);
                memset(ptr, 0xff, hl_usable_size(rig.hl, ptr));
                rig_sound();
                hl_free(rig.hl, ptr);
            } else if (alignment >= RIG_ARENA_BYTES) {
                assert_null(ptr);
            } else {
                hl_free(rig.hl, ptr);
            }
            hl_free(rig.hl, first);
        }
    }
    assert_int_equal(rig.hl->heaps[0].free / HL_ALIGN * HL_ALIGN, rig.hl->heaps[0].free);
}

static void what_is_no_power_of_two_is_no_alignment(void **state)
{
    (void)state;
    assert_null(hl_aligned_alloc(rig.hl, 0, 16, RIG_CAP));
    for (size_t alignment = 1; alignment < 200; alignment++) {
        bool good = (alignment & (alignment - 1)) == 0;

        assert_int_equal(hl_aligned_alloc(rig.hl, alignment, 16, RIG_CAP) != NULL, good);
    }
    assert_null(hl_aligned_alloc(rig.hl, SIZE_MAX, 16, RIG_CAP));
    assert_null(hl_aligned_alloc(rig.hl, SIZE_MAX / 2 + 2, 16, RIG_CAP));
}

static void freed_memory_is_all_there_again(void **state)
{
    uint32_t all = rig.hl->heaps[0].free;
    void *ptrs[40];

    (void)state;
    for (unsigned stride = 1; stride < 40; stride += 2) {
        for (unsigned i = 0; i < 40; i++) {
            ptrs[i] = hl_malloc(rig.hl, 10 + 3 * i, RIG_CAP);
            assert_non_null(ptrs[i]);
        }
        for (unsigned i = 0; i < 40; i++) {
            hl_free(rig.hl, ptrs[i * stride % 40]);
            ptrs[i * stride % 40] = NULL; /* an even stride comes here twice */
            rig_sound();
        }
        for (unsigned i = 0; i < 40; i++) {
            hl_free(rig.hl, ptrs[i]);
        }
        expect_free(all, 0);
    }
}

static void freeing_NULL_does_nothing(void **state)
{
    (void)state;
    hl_free(rig.hl, NULL);
    rig_no_fault();
}

/* Capabilities of a heap may be spread over its words; the first word decides about its turn. */
static void some_of_them_in_the_first_word_are_enough_for_a_turn(void **state)
{
    int some, all;

    (void)state;
    rig_start(false);
    some = rig_heap_with(0, 4096, 1, 2, 0);
    all = rig_heap_with(4096, 4096, 3, 0, 0);
    assert_int_equal(hl_heap_of(rig.hl, hl_malloc(rig.hl, 100, 3)), some);
    assert_int_equal(hl_heap_of(rig.hl, hl_malloc(rig.hl, 100, 2)), all);
}

static void what_is_no_live_block_has_no_usable_size(void **state)
{
    void *ptr = hl_malloc(rig.hl, 100, RIG_CAP);

    (void)state;
    assert_int_equal(hl_usable_size(rig.hl, ptr), rig_span_for(100) - 4);
    hl_free(rig.hl, ptr);
    assert_int_equal(hl_usable_size(rig.hl, ptr), 0);
    rig_fault(HL_FAULT_NOT_USED, ptr, 0);
    assert_int_equal(hl_usable_size(rig.hl, NULL), 0);
    rig_fault(HL_FAULT_OUTSIDE, NULL, HL_ERR_NOT_FOUND);
}

#if HL_CHECK_LINKS
static void a_heap_in_the_way_that_is_damaged_is_told_and_passed_over(void **state)
{
    struct block *b;
    uint32_t least;
    void *ptr;

    (void)state;
    rig_heap_with(8192, 8192, 0, RIG_CAP, 0);
    b = rig.hl->heaps[0].list.first;
    least = rig.hl->heaps[0].min_free;
    *block_foot(rig.hl->heaps[0].end) ^= 1;
    ptr = hl_malloc(rig.hl, 100, RIG_CAP);
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
    rig_fault(HL_FAULT_FREE_BLOCK, block_user(b), 0);
    ptr = hl_aligned_alloc(rig.hl, 64, 100, RIG_CAP);
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
    rig_fault(HL_FAULT_FREE_BLOCK, block_user(b), 0);
    *block_foot(rig.hl->heaps[0].end) ^= 1;
    b->next = 1;
    ptr = hl_malloc(rig.hl, 100, RIG_CAP);
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
    rig_fault(HL_FAULT_FREE_LIST, block_user(b), 0);
    b->next = 0;
    assert_int_equal(rig.hl->heaps[0].min_free, least);
}
#endif

#if HL_TASK_TRACKING
static void the_running_task_owns_what_is_allocated(void **state)
{
    int task = hl_task_register(rig.hl, NULL, "task");
    void *mine = rig_alloc((uint32_t)task, 100);
    void *before = rig_alloc(HL_TASK_PRE_SCHEDULER, 100);
    void *interrupt = rig_alloc(HL_TASK_ISR, 100);

    (void)state;
    assert_int_equal(hl_owner(rig.hl, mine), task);
    assert_int_equal(hl_owner(rig.hl, before), HL_TASK_PRE_SCHEDULER);
    assert_int_equal(hl_owner(rig.hl, interrupt), HL_TASK_ISR);
    rig.port.running = (uint32_t)task;
    assert_int_equal(hl_owner(rig.hl, hl_calloc(rig.hl, 3, 5, RIG_CAP)), task);
    assert_int_equal(hl_owner(rig.hl, hl_aligned_alloc(rig.hl, 64, 5, RIG_CAP)), task);
    assert_int_equal(rig.hl->ledger.balances[task].current,
                     rig_span_for(100) + rig_span_for(15) + rig_span_for(5) - 12);
}
#endif

#if HL_COUNT_FAILURES
static void failures_are_counted_with_the_largest_size_refused(void **state)
{
    uint32_t task = (uint32_t)hl_task_register(rig.hl, NULL, "task");
    const struct hl_tally *tally = &rig.hl->ledger.tallies[task];

    (void)state;
    rig.port.running = task;
    assert_null(hl_malloc(rig.hl, 0, RIG_CAP)); /* nothing was asked for */
    assert_int_equal(tally->failures, 0);
    assert_null(hl_malloc(rig.hl, 9000, RIG_CAP));
    assert_null(hl_malloc(rig.hl, 8500, RIG_CAP));
    assert_null(hl_aligned_alloc(rig.hl, 64, 8600, RIG_CAP));
    assert_null(hl_malloc(rig.hl, 16, 0));
    assert_int_equal(tally->failures, 4);
    assert_int_equal(tally->largest_refused, 9000);
    assert_null(hl_calloc(rig.hl, SIZE_MAX, 2, RIG_CAP));
    assert_int_equal(tally->failures, 5);
    assert_int_equal(tally->largest_refused, UINT32_MAX);
}
#endif

#if HL_COUNT_EVENTS
static void events_are_counted_for_the_owner(void **state)
{
    uint32_t a = (uint32_t)hl_task_register(rig.hl, NULL, "a");
    uint32_t b = (uint32_t)hl_task_register(rig.hl, NULL, "b");
    const struct hl_tally *of_a = &rig.hl->ledger.tallies[a];
    void *first = rig_alloc(a, 16);
    void *second = rig_alloc(a, 16);

    (void)state;
    assert_int_equal(of_a->allocations, 2);
    rig.port.running = a;
    hl_free(rig.hl, first);
    assert_int_equal(of_a->frees, 1);
    assert_int_equal(of_a->freed_by_others, 0);
    rig.port.running = b;
    hl_free(rig.hl, second);
    assert_int_equal(of_a->frees, 2);
    assert_int_equal(of_a->freed_by_others, 1);
    assert_int_equal(rig.hl->ledger.tallies[b].frees, 0);
    hl_free(rig.hl, second); /* a fault is no event */
    rig_fault(HL_FAULT_NOT_USED, second, 0);
    assert_int_equal(of_a->frees, 2);
    assert_non_null(hl_calloc(rig.hl, 1, 4, RIG_CAP));
    assert_non_null(hl_aligned_alloc(rig.hl, 64, 4, RIG_CAP));
    assert_int_equal(rig.hl->ledger.tallies[b].allocations, 2);
}
#endif

static void what_lies_behind_a_header_can_be_aligned(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 512; alignment *= 2) {
        for (size_t offset = 0; offset <= 2 * alignment; offset++) {
            char *ptr = hl_aligned_alloc_offset(rig.hl, alignment, offset, 100, RIG_CAP);
            size_t behind = offset % alignment;

            if (behind % HL_ALIGN != 0) {
                assert_null(ptr);
                continue;
            }
            assert_non_null(ptr);
            assert_int_equal((uintptr_t)ptr % HL_ALIGN, 0);
            assert_int_equal(((uintptr_t)ptr + offset) % alignment, 0);
            rig_sound();
            hl_free(rig.hl, ptr);
        }
    }
    assert_null(hl_aligned_alloc_offset(rig.hl, 0, 0, 100, RIG_CAP));
    assert_null(hl_aligned_alloc_offset(rig.hl, 24, 8, 100, RIG_CAP));
}

static void a_block_can_be_taken_from_a_heap_of_choice(void **state)
{
    void *block;

    (void)state;
    assert_int_equal(rig_heap_with(20000, 1000, 0, 0, 2), 1);
    block = hl_malloc_in(rig.hl, 1, 100, HL_TASK_PRE_SCHEDULER);
    assert_int_equal(hl_heap_of(rig.hl, block), 1);
    assert_null(hl_malloc_in(rig.hl, 1, 1000, HL_TASK_PRE_SCHEDULER)); /* heap 0 has room */
    assert_null(hl_malloc_in(rig.hl, 1, 0, HL_TASK_PRE_SCHEDULER));
    assert_null(hl_malloc_in(rig.hl, 2, 100, HL_TASK_PRE_SCHEDULER));
    assert_null(hl_malloc_in(rig.hl, -1, 100, HL_TASK_PRE_SCHEDULER));
    hl_free(rig.hl, block);
}

#if HL_TASK_TRACKING
static void a_block_can_be_taken_for_another_task(void **state)
{
    int a = hl_task_register(rig.hl, NULL, "a");
    void *block = hl_malloc_in(rig.hl, 0, 100, a);
    int foreign;

    (void)state;
    assert_int_equal(hl_owner(rig.hl, block), a);
    assert_int_equal(rig.hl->ledger.balances[HL_TASK_PRE_SCHEDULER].peak, 0);
    foreign = hl_add_foreign_heap(rig.hl, &(struct hl_heap_desc){.name = "foreign", .caps = {1}});
    assert_true(foreign > 0);
    assert_null(hl_malloc_in(rig.hl, foreign, 100, a));
    hl_free(rig.hl, block);
    assert_int_equal(hl_task_delete(rig.hl, a), 0);
    assert_null(hl_malloc_in(rig.hl, 0, 100, a));
    assert_null(hl_malloc_in(rig.hl, 0, 100, -1));
    assert_null(hl_malloc_in(rig.hl, 0, 100, RIG_TASKS + HL_TASK_FIRST));
}
#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_size_is_served_with_the_least_that_holds_it),
        TEST(sizes_that_nothing_can_hold_fail),
        TEST(nothing_is_allocated_without_a_capability),
        TEST(a_heap_must_have_all_capabilities_in_its_words_together),
        TEST(heaps_are_tried_by_the_word_that_has_the_capability_then_in_order),
        TEST(a_request_too_large_for_one_heap_falls_back_to_a_larger_one),
        TEST(calloc_takes_no_product_that_overflows),
        TEST(calloc_is_not_fooled_by_products_that_wrap),
        TEST(calloc_gives_zeros),
        TEST(every_power_of_two_up_to_the_heap_is_an_alignment),
        TEST(what_is_no_power_of_two_is_no_alignment),
        TEST(freed_memory_is_all_there_again),
        TEST(freeing_NULL_does_nothing),
        TEST(what_is_no_live_block_has_no_usable_size),
        TEST(some_of_them_in_the_first_word_are_enough_for_a_turn),
#if HL_CHECK_LINKS
        TEST(a_heap_in_the_way_that_is_damaged_is_told_and_passed_over),
#endif
        TEST(what_lies_behind_a_header_can_be_aligned),
        TEST(a_block_can_be_taken_from_a_heap_of_choice),
#if HL_TASK_TRACKING
        TEST(a_block_can_be_taken_for_another_task),
        TEST(the_running_task_owns_what_is_allocated),
#endif
#if HL_COUNT_FAILURES
        TEST(failures_are_counted_with_the_largest_size_refused),
#endif
#if HL_COUNT_EVENTS
        TEST(events_are_counted_for_the_owner),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
