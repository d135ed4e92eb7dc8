/* SPDX-License-Identifier: MIT */
/* Resizing: in place, moving, across owners and heaps; what is charged when; what fails. */
#include "rig.h"

enum cap {
    HERE = RIG_CAP,
    THERE = 2
};

static int setup(void **state)
{
    (void)state;
    rig_start(false);
    assert_int_equal(rig_heap_with(0, 8192, HERE, 0, 0), 0);
    assert_int_equal(rig_heap_with(8192, 8192, THERE, HERE, 0), 1);
    return 0;
}

/* Bytes that tell where they were. */
static void fill(unsigned char *ptr, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        ptr[i] = (unsigned char)(i * 7 + 3);
    }
}

static void expect_filled(const unsigned char *ptr, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        assert_int_equal(ptr[i], (unsigned char)(i * 7 + 3));
    }
}

/* In what follows `first` is a block with a live or free block of any size behind it. */
struct pair {
    unsigned char *first;
    unsigned char *behind;
    unsigned char *end; /* live, keeps the rest of the heap away */
};

static struct pair make_pair(size_t first, size_t behind, bool is_free)
{
    struct pair pair;

    setup(NULL);
    rig_alloc(0, 6400); /* what remains of the heap gives from its start */
    pair.first = rig_alloc(0, first);
    pair.behind = rig_alloc(0, behind);
    pair.end = rig_alloc(0, 16);
    assert_ptr_equal(pair.first + rig_span_for(first), pair.behind);
    assert_ptr_equal(pair.behind + rig_span_for(behind), pair.end);
    fill(pair.first, first);
    if (is_free) {
        hl_free(rig.hl, pair.behind);
    }
    return pair;
}

static void every_picture_of_a_resize_keeps_content_and_books(void **state)
{
    enum {
        SIZE = 92,
        BEHIND = 60
    };

    (void)state;
    for (unsigned is_free = 0; is_free < 2; is_free++) {
        uint32_t room = rig_span_for(SIZE) + (is_free ? rig_span_for(BEHIND) : 0);

        for (size_t size = 1; size <= SIZE + BEHIND + 60; size++) {
            struct pair pair = make_pair(SIZE, BEHIND, is_free != 0);
            unsigned char *ptr = rig_realloc(0, pair.first, size);

            assert_non_null(ptr);
            assert_int_equal(ptr == pair.first, rig_span_for(size) <= room);
            assert_true(hl_usable_size(rig.hl, ptr) >= size);
            assert_true(hl_usable_size(rig.hl, ptr) < rig_span_for(size) - 4 + 16);
            expect_filled(ptr, size < SIZE ? size : SIZE);
            rig_sound();
            if (ptr != pair.first) {
                hl_free(rig.hl, pair.first); /* it is gone */
                rig_fault(HL_FAULT_NOT_USED, pair.first, 0);
            }
        }
    }
}

static void shrinking_and_growing_step_by_step_gives_everything_back(void **state)
{
    uint32_t all = rig.hl->heaps[0].free;
    unsigned char *ptr = rig_alloc(0, 1);

    (void)state;
    for (size_t size = 1; size < 1500; size += 1 + size / 9) {
        fill(ptr, 1);
        ptr = rig_realloc(0, ptr, size);
        expect_filled(ptr, 1);
        rig_sound();
    }
    fill(ptr, 1000);
    for (size_t size = 1000; size > 0; size -= 1 + size / 9) {
        ptr = rig_realloc(0, ptr, size);
        expect_filled(ptr, size);
        rig_sound();
    }
    hl_free(rig.hl, ptr);
    assert_int_equal(rig.hl->heaps[0].free, all);
}

static void NULL_allocates_and_size_0_frees(void **state)
{
    uint32_t all = rig.hl->heaps[0].free;
    void *ptr = hl_realloc(rig.hl, NULL, 100, HERE);

    (void)state;
    assert_non_null(ptr);
    assert_null(hl_realloc(rig.hl, NULL, 0, HERE));
    assert_null(hl_realloc(rig.hl, ptr, 0, HERE));
    assert_int_equal(rig.hl->heaps[0].free, all);
    rig_no_fault();
    assert_null(hl_realloc(rig.hl, ptr, 0, HERE));
    rig_fault(HL_FAULT_NOT_USED, ptr, 0);
}

static void a_block_moves_to_a_heap_with_the_capabilities_asked_for(void **state)
{
    unsigned char *ptr = hl_malloc(rig.hl, 100, HERE);

    (void)state;
    fill(ptr, 100);
    assert_int_equal(hl_heap_of(rig.hl, ptr), 0);
    ptr = hl_realloc(rig.hl, ptr, 50, THERE);
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
    expect_filled(ptr, 50);
    assert_int_equal(rig.hl->heaps[0].free + HL_ALIGN > 8192 - 16, 1);
    ptr = hl_realloc(rig.hl, ptr, 40, HERE); /* that heap has it, too */
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
    expect_filled(ptr, 40);
    ptr = hl_realloc(rig.hl, ptr, 60, HERE | THERE);
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
}

static void a_block_moves_to_another_heap_when_its_own_is_full(void **state)
{
    unsigned char *ptr = rig_alloc(0, 100);

    (void)state;
    fill(ptr, 100);
    assert_non_null(rig_alloc(0, 7000));
    while (hl_heap_of(rig.hl, rig_alloc(0, 16)) == 0) {
    }
    ptr = rig_realloc(0, ptr, 2000);
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
    expect_filled(ptr, 100);
}

/* Everything but the counters of failures. */
static void expect_nothing_changed_by(size_t size, uint32_t caps)
{
    static unsigned char memory[sizeof(rig.memory)];
    static unsigned char arena[sizeof(rig.arena)];
    unsigned char *ptr = hl_malloc(rig.hl, 100, HERE);

    fill(ptr, 100);
#if HL_COUNT_FAILURES
    rig.hl->ledger.tallies[0].failures = 0;
    rig.hl->ledger.tallies[0].largest_refused = 0;
#endif
    rig.hl->changed = false;
    memcpy(memory, rig.memory, sizeof(memory));
    memcpy(arena, rig.arena, sizeof(arena));
    assert_null(hl_realloc(rig.hl, ptr, size, caps));
#if HL_COUNT_FAILURES
    assert_int_equal(rig.hl->ledger.tallies[0].failures, 1);
    assert_int_equal(rig.hl->ledger.tallies[0].largest_refused,
                     size < UINT32_MAX ? size : UINT32_MAX);
    rig.hl->ledger.tallies[0].failures = 0;
    rig.hl->ledger.tallies[0].largest_refused = 0;
#endif
    assert_memory_equal(memory, rig.memory, sizeof(memory));
    assert_memory_equal(arena, rig.arena, sizeof(arena));
    hl_free(rig.hl, ptr);
}

static void a_failed_resize_changes_nothing(void **state)
{
    (void)state;
    expect_nothing_changed_by(9000, HERE);
    expect_nothing_changed_by(SIZE_MAX, HERE);
    expect_nothing_changed_by(SIZE_MAX - 3, HERE);
    expect_nothing_changed_by(UINT32_MAX, HERE);
    expect_nothing_changed_by(HL_MAX_HEAP_BYTES, HERE);
    expect_nothing_changed_by(100, 4); /* a capability that no heap has */
    expect_nothing_changed_by(100, 0);
    expect_nothing_changed_by(10, 0);
}

#if HL_TASK_TRACKING
#if HL_TALLIES
static const struct hl_tally *tally(uint32_t id)
{
    return &rig.hl->ledger.tallies[id];
}
#endif

static const struct hl_account *balance(uint32_t id)
{
    return &rig.hl->ledger.balances[id];
}

static const struct hl_account *account(int heap, uint32_t id)
{
    return &rig.hl->heaps[heap].accounts[id];
}

static void a_resize_in_place_is_one_block_and_no_more_than_the_larger_size(void **state)
{
    uint32_t task = (uint32_t)hl_task_register(rig.hl, NULL, "task");
    unsigned char *ptr;

    (void)state;
    rig_alloc(0, 6500);
    ptr = rig_alloc(task, 92);
    assert_ptr_equal(rig_realloc(task, ptr, 188), ptr);
    assert_int_equal(balance(task)->current, rig_span_for(188) - 4);
    assert_int_equal(balance(task)->peak, rig_span_for(188) - 4);
    assert_int_equal(account(0, task)->peak, rig_span_for(188) - 4);
    assert_int_equal(account(0, task)->blocks, 1);
    assert_ptr_equal(rig_realloc(task, ptr, 60), ptr);
    assert_int_equal(balance(task)->current, rig_span_for(60) - 4);
    assert_int_equal(balance(task)->peak, rig_span_for(188) - 4);
    assert_int_equal(account(0, task)->blocks, 1);
}

static void while_a_block_moves_both_are_charged_and_the_peak_sees_both(void **state)
{
    uint32_t task = (uint32_t)hl_task_register(rig.hl, NULL, "task");
    uint32_t from = rig_span_for(100) - 4;
    uint32_t to = rig_span_for(500) - 4;
    unsigned char *ptr = rig_alloc(task, 100);

    (void)state;
    assert_null(hl_realloc(rig.hl, ptr, 0, HERE));
    ptr = rig_alloc(task, 100);
    rig.port.running = task;
    ptr = hl_realloc(rig.hl, ptr, 500, THERE);
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
    assert_int_equal(balance(task)->current, to);
    assert_int_equal(balance(task)->peak, from + to);
    assert_int_equal(account(0, task)->current, 0);
    assert_int_equal(account(0, task)->peak, from);
    assert_int_equal(account(1, task)->current, to);
    assert_int_equal(account(1, task)->peak, to);
    assert_int_equal(account(0, task)->blocks, 0);
    assert_int_equal(account(1, task)->blocks, 1);
}

static void the_calling_task_becomes_the_owner(void **state)
{
    uint32_t a = (uint32_t)hl_task_register(rig.hl, NULL, "a");
    uint32_t b = (uint32_t)hl_task_register(rig.hl, NULL, "b");
    static const size_t sizes[] = {100, 96, 40, 150, 4000};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        unsigned char *ptr = rig_alloc(a, 100);
        uint32_t peak_of_a = balance(a)->peak;

        fill(ptr, 100);
        ptr = rig_realloc(b, ptr, sizes[i]);
        assert_int_equal(hl_owner(rig.hl, ptr), b);
        assert_int_equal(balance(a)->current, 0);
        assert_int_equal(balance(a)->peak, peak_of_a);
        assert_int_equal(balance(b)->current, hl_usable_size(rig.hl, ptr));
        expect_filled(ptr, sizes[i] < 100 ? sizes[i] : 100);
        rig_sound();
        hl_free(rig.hl, ptr);
    }
    assert_int_equal(balance(a)->peak, rig_span_for(100) - 4); /* never both for the old owner */
    assert_int_equal(balance(b)->peak, rig_span_for(4000) - 4);
}

static void the_account_of_a_dead_owner_ends_with_its_last_block(void **state)
{
    static const size_t sizes[] = {100, 4000};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        uint32_t a = (uint32_t)hl_task_register(rig.hl, NULL, "dead");
        uint32_t b = (uint32_t)hl_task_register(rig.hl, NULL, "alive");
        void *ptr = rig_alloc(a, 100);

        assert_int_equal(hl_task_delete(rig.hl, (int)a), 0);
        assert_int_not_equal(hl_find_name(rig.hl, "dead"), 0);
        ptr = rig_realloc(b, ptr, sizes[i]);
        assert_non_null(ptr);
        assert_int_equal(hl_find_name(rig.hl, "dead"), 0);
    }
}
#endif

#if HL_COUNT_EVENTS
static void a_resize_counts_as_one_resize_and_nothing_else(void **state)
{
    uint32_t a = (uint32_t)hl_task_register(rig.hl, NULL, "a");
    uint32_t b = (uint32_t)hl_task_register(rig.hl, NULL, "b");
    void *ptr = rig_alloc(a, 100);

    (void)state;
    ptr = rig_realloc(a, ptr, 60);
    ptr = rig_realloc(a, ptr, 3000);
    assert_int_equal(tally(a)->resizes, 2);
    ptr = rig_realloc(b, ptr, 10);
    ptr = rig_realloc(b, ptr, 5000);
    assert_int_equal(tally(a)->resizes, 2);
    assert_int_equal(tally(b)->resizes, 2);
    assert_int_equal(tally(a)->allocations, 1);
    assert_int_equal(tally(b)->allocations, 0);
    assert_int_equal(tally(a)->frees + tally(b)->frees, 0);
    assert_int_equal(tally(a)->freed_by_others, 0);
    assert_null(rig_realloc(b, ptr, 9000));
    assert_int_equal(tally(b)->resizes, 2);
}
#endif

#if HL_LIMITS
static uint32_t limited(uint32_t limit, uint32_t warning, bool refuse)
{
    int task = hl_task_register(rig.hl, NULL, "limited");

    assert_int_equal(hl_task_limit(rig.hl, task, limit, warning, refuse), 0);
    return (uint32_t)task;
}

static void expect_limit(uint32_t task, bool limit, bool refused, uint32_t size, uint32_t current)
{
    assert_int_equal(rig.limits, 1);
    assert_int_equal(rig.limit.task, task);
    assert_int_equal(rig.limit.limit, limit);
    assert_int_equal(rig.limit.refused, refused);
    assert_int_equal(rig.limit.size, size);
    assert_int_equal(rig.limit.current, current);
    rig.limits = 0;
}

static void a_limit_compares_the_net_growth(void **state)
{
    uint32_t size = rig_span_for(1000) - 4;
    uint32_t task = limited(size + 100, HL_NO_LIMIT, true);
    void *ptr = rig_alloc(task, 1000);

    (void)state;
    rig.port.running = task;
    ptr = hl_realloc(rig.hl, ptr, size, THERE); /* both are charged, and nothing grows */
    assert_int_equal(hl_heap_of(rig.hl, ptr), 1);
    assert_int_equal(rig.limits, 0);
    assert_int_equal(balance(task)->peak, 2 * size);
    ptr = hl_realloc(rig.hl, ptr, size + 96, THERE);
    assert_non_null(ptr);
    assert_int_equal(rig.limits, 0);
    rig_alloc(0, 20);
    assert_null(hl_realloc(rig.hl, ptr, size + 2000, THERE));
    expect_limit(task, true, true, rig_span_for(size + 2000) - 4, rig_span_for(size + 2000) - 4);
    assert_non_null(hl_realloc(rig.hl, ptr, 16, THERE));
    assert_int_equal(rig.limits, 0);
}

static void a_limit_refuses_growth_in_place_and_nothing_changes(void **state)
{
    uint32_t task = limited(200, 150, true);
    unsigned char *ptr;

    (void)state;
    rig_alloc(0, 6500);
    ptr = rig_alloc(task, 92);
    fill(ptr, 92);
    assert_null(rig_realloc(task, ptr, 300));
    expect_limit(task, true, true, rig_span_for(300) - 4, rig_span_for(300) - 4);
    assert_int_equal(balance(task)->current, rig_span_for(92) - 4);
    assert_int_equal(balance(task)->peak, rig_span_for(92) - 4);
    expect_filled(ptr, 92);
    assert_ptr_equal(rig_realloc(task, ptr, 172), ptr); /* over the warning */
    expect_limit(task, false, false, rig_span_for(172) - 4, rig_span_for(172) - 4);
    assert_ptr_equal(rig_realloc(task, ptr, 188), ptr); /* crossed already */
    assert_int_equal(rig.limits, 0);
}

static void a_limit_of_the_new_owner_refuses_another_tasks_block(void **state)
{
    uint32_t task = limited(50, HL_NO_LIMIT, true);
    unsigned char *ptr = rig_alloc(0, 100);

    (void)state;
    assert_null(rig_realloc(task, ptr, 60)); /* in place: it gets all of it */
    expect_limit(task, true, true, rig_span_for(60) - 4, rig_span_for(60) - 4);
    assert_int_equal(hl_owner(rig.hl, ptr), 0);
    rig.port.running = task;
    assert_null(hl_realloc(rig.hl, ptr, 60, THERE)); /* moving: nothing is given back by it */
    expect_limit(task, true, true, rig_span_for(60) - 4, rig_span_for(60) - 4);
    assert_int_equal(balance(task)->current, 0);
    ptr = hl_realloc(rig.hl, ptr, 40, HERE);
    assert_int_equal(hl_owner(rig.hl, ptr), task);
    assert_int_equal(rig.limits, 0);
}

static void a_limit_that_does_not_refuse_is_told_once(void **state)
{
    uint32_t task = limited(200, HL_NO_LIMIT, false);
    unsigned char *ptr = rig_alloc(task, 92);

    (void)state;
    ptr = rig_realloc(task, ptr, 1000);
    expect_limit(task, true, false, rig_span_for(1000) - 4, rig_span_for(1000) - 4);
    ptr = rig_realloc(task, ptr, 2000);
    assert_int_equal(rig.limits, 0);
    ptr = rig_realloc(task, ptr, 100);
    ptr = rig_realloc(task, ptr, 300);
    expect_limit(task, true, false, rig_span_for(300) - 4, rig_span_for(300) - 4);
    assert_non_null(ptr);
}
#endif

static void a_pointer_that_is_no_live_block_is_told_and_nothing_changes(void **state)
{
    unsigned char *ptr = rig_alloc(0, 100);

    (void)state;
    assert_null(rig_realloc(0, ptr + 1, 50));
    rig_fault(HL_FAULT_MISALIGNED, ptr + 1, 0);
    hl_free(rig.hl, ptr);
    assert_null(rig_realloc(0, ptr, 50));
    rig_fault(HL_FAULT_NOT_USED, ptr, 0);
    assert_null(rig_realloc(0, ptr, 5000));
    rig_fault(HL_FAULT_NOT_USED, ptr, 0);
    assert_null(rig_realloc(0, &ptr, 50));
    rig_fault(HL_FAULT_OUTSIDE, &ptr, HL_ERR_NOT_FOUND);
}

#if TEST_PORT_HAS_HOOK
/* The first time that the lock is given back, somebody frees the block that is being moved. */
static void free_it(void *context)
{
    unsigned char **ptr = context;

    if (*ptr != NULL) {
        unsigned char *block = *ptr;

        *ptr = NULL;
        hl_free(rig.hl, block);
    }
}

static void a_block_freed_by_another_while_it_moves_is_told(void **state)
{
    unsigned char *ptr = rig_alloc(0, 100);
    unsigned char *freed = ptr;
    unsigned char *moved;

    (void)state;
    rig.port.context = &freed;
    rig.port.after_unlock = free_it;
    moved = rig_realloc(0, ptr, 5000);
    rig.port.after_unlock = NULL;
    assert_non_null(moved);
    assert_ptr_not_equal(moved, ptr);
    rig_fault(HL_FAULT_NOT_USED, ptr, 0);
    hl_free(rig.hl, moved);
}

/* The lock is given back when the block cannot grow in place, while the bytes are copied, and at the end. */
static void a_move_gives_the_lock_back_before_the_copy(void **state)
{
    unsigned char *ptr = rig_alloc(0, 100);
    unsigned before = rig.port.unlocks;

    (void)state;
    assert_non_null(rig_realloc(0, ptr, 5000));
    assert_int_equal(rig.port.unlocks - before, 3);
}
#endif

static void a_block_can_be_kept_in_its_heap(void **state)
{
    unsigned char *ptr = hl_malloc(rig.hl, 100, THERE);
    unsigned char *behind = hl_malloc(rig.hl, 100, THERE);
    unsigned char *moved;

    (void)state;
    fill(ptr, 100);
    moved = hl_realloc_within(rig.hl, ptr, 3000); /* heap 0 comes first, and is empty */
    assert_non_null(moved);
    assert_ptr_not_equal(moved, ptr);
    assert_int_equal(hl_heap_of(rig.hl, moved), 1);
    expect_filled(moved, 100);
    assert_ptr_equal(hl_realloc_within(rig.hl, moved, 200), moved);
    assert_null(hl_realloc_within(rig.hl, moved, 8100));
    expect_filled(moved, 100);
    assert_null(hl_realloc_within(rig.hl, NULL, 100));
    assert_null(hl_realloc_within(rig.hl, moved, 0));
    assert_null(hl_realloc_within(rig.hl, moved, 10));
    rig_fault(HL_FAULT_NOT_USED, moved, 1);
    hl_free(rig.hl, behind);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_picture_of_a_resize_keeps_content_and_books),
        TEST(shrinking_and_growing_step_by_step_gives_everything_back),
        TEST(NULL_allocates_and_size_0_frees),
        TEST(a_block_moves_to_a_heap_with_the_capabilities_asked_for),
        TEST(a_block_moves_to_another_heap_when_its_own_is_full),
        TEST(a_failed_resize_changes_nothing),
        TEST(a_block_can_be_kept_in_its_heap),
#if HL_TASK_TRACKING
        TEST(a_resize_in_place_is_one_block_and_no_more_than_the_larger_size),
        TEST(while_a_block_moves_both_are_charged_and_the_peak_sees_both),
        TEST(the_calling_task_becomes_the_owner),
        TEST(the_account_of_a_dead_owner_ends_with_its_last_block),
#endif
#if HL_COUNT_EVENTS
        TEST(a_resize_counts_as_one_resize_and_nothing_else),
#endif
#if HL_LIMITS
        TEST(a_limit_compares_the_net_growth),
        TEST(a_limit_refuses_growth_in_place_and_nothing_changes),
        TEST(a_limit_of_the_new_owner_refuses_another_tasks_block),
        TEST(a_limit_that_does_not_refuse_is_told_once),
#endif
        TEST(a_pointer_that_is_no_live_block_is_told_and_nothing_changes),
#if TEST_PORT_HAS_HOOK
        TEST(a_block_freed_by_another_while_it_moves_is_told),
        TEST(a_move_gives_the_lock_back_before_the_copy),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
