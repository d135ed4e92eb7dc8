/* SPDX-License-Identifier: MIT */
/* The ledger alone, with no heap under it: accounts, slots, limits. */
#include "rig.h"

enum {
    TASKS = 4,
    HEAPS = 2,
};

static struct ledger ledger;
static struct notice notice;

static void start(bool keep_deleted)
{
    static _Alignas(16) unsigned char memory[HL_LEDGER_BYTES(TASKS, HEAPS)];

    memset(memory, 0, sizeof(memory)); /* as hl_init clears it */
    memset(&ledger, 0xa5, sizeof(ledger));
    ledger_init(&ledger, memory, TASKS, HEAPS, keep_deleted);
    notice_init(&notice);
}

static int setup(void **state)
{
    (void)state;
    start(false);
    return 0;
}

static struct hl_account *account(uint32_t heap, uint32_t id)
{
    return &ledger_row(&ledger, heap)[id];
}

static bool charge(uint32_t heap, uint32_t id, uint32_t size)
{
    return ledger_charge(&ledger, ledger_row(&ledger, heap), id, size, 0, &notice);
}

static void credit(uint32_t heap, uint32_t id, uint32_t size)
{
    assert_true(ledger_owes(&ledger, ledger_row(&ledger, heap), id, size));
    if (ledger_credit(&ledger, ledger_row(&ledger, heap), id, size)) {
        ledger_settle(&ledger, id);
    }
}

static bool resize(uint32_t id, uint32_t from, uint32_t to)
{
    return ledger_resize(&ledger, ledger_row(&ledger, 0), id, from, to, &notice);
}

static void expect_account(uint32_t heap, uint32_t id, uint32_t current, uint32_t peak,
                           uint32_t blocks)
{
    assert_int_equal(account(heap, id)->current, current);
    assert_int_equal(account(heap, id)->peak, peak);
    assert_int_equal(account(heap, id)->blocks, blocks);
}

static void expect_balance(uint32_t id, uint32_t current, uint32_t peak)
{
    assert_int_equal(ledger.balances[id].current, current);
    assert_int_equal(ledger.balances[id].peak, peak);
}

static uint32_t open_task(void)
{
    uint32_t id;

    while (!ledger_pass_over(&ledger)) {
    }
    id = ledger_open(&ledger, NULL);
    if (id >= HL_TASK_FIRST) {
        memset(ledger_card(&ledger, id)->name, 0, HL_NAME_LEN);
    }
    return id;
}

static void a_new_ledger_is_empty(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < TASKS + HL_TASK_FIRST; id++) {
        expect_balance(id, 0, 0);
        for (uint32_t heap = 0; heap < HEAPS; heap++) {
            expect_account(heap, id, 0, 0, 0);
        }
        assert_int_equal(ledger_listed(&ledger, id), id < HL_TASK_FIRST);
    }
    assert_false(ledger_listed(&ledger, TASKS + HL_TASK_FIRST));
    assert_false(ledger_listed(&ledger, UINT32_MAX));
    assert_int_equal(ledger.vacant, TASKS);
}

static void charges_and_credits_add_up_on_each_heap_and_over_all(void **state)
{
    uint32_t id = open_task();

    (void)state;
    assert_true(charge(0, id, 100));
    assert_true(charge(1, id, 50));
    assert_true(charge(0, id, 20));
    expect_account(0, id, 120, 120, 2);
    expect_account(1, id, 50, 50, 1);
    expect_balance(id, 170, 170);
    credit(0, id, 100);
    credit(1, id, 50);
    expect_account(0, id, 20, 120, 1);
    expect_account(1, id, 0, 50, 0);
    expect_balance(id, 20, 170);
    assert_true(charge(1, id, 60));
    expect_account(1, id, 60, 60, 1);
    expect_balance(id, 80, 170);
    credit(0, id, 20);
    credit(1, id, 60);
    expect_balance(id, 0, 170);
    assert_true(charge(0, id, 1));
    expect_balance(id, 1, 170); /* the peak stays after nothing was left */
}

static void nobody_else_is_touched(void **state)
{
    uint32_t id = open_task();
    uint32_t other = open_task();

    (void)state;
    assert_true(charge(0, id, 100));
    expect_balance(other, 0, 0);
    expect_account(0, other, 0, 0, 0);
    expect_account(0, id - 1, 0, 0, 0);
    expect_account(1, id, 0, 0, 0);
}

static void a_task_owes_no_more_than_it_holds_on_that_heap(void **state)
{
    uint32_t id = open_task();

    (void)state;
    assert_true(charge(0, id, 100));
    assert_true(ledger_owes(&ledger, ledger_row(&ledger, 0), id, 100));
    assert_true(ledger_owes(&ledger, ledger_row(&ledger, 0), id, 1));
    assert_false(ledger_owes(&ledger, ledger_row(&ledger, 0), id, 101));
    assert_false(ledger_owes(&ledger, ledger_row(&ledger, 1), id, 1));
    assert_false(ledger_owes(&ledger, ledger_row(&ledger, 0), TASKS + HL_TASK_FIRST, 1));
    assert_false(ledger_owes(&ledger, ledger_row(&ledger, 0), UINT32_MAX, 1));
}

static void a_resize_is_one_block_before_and_after(void **state)
{
    uint32_t id = open_task();

    (void)state;
    assert_true(charge(0, id, 100));
    assert_true(resize(id, 100, 300));
    expect_account(0, id, 300, 300, 1);
    expect_balance(id, 300, 300);
    assert_true(resize(id, 300, 300));
    assert_true(resize(id, 300, 20));
    expect_account(0, id, 20, 300, 1);
    expect_balance(id, 20, 300);
}

static void the_largest_number_of_bytes_is_counted_right(void **state)
{
    (void)state;
    assert_true(charge(0, HL_TASK_ISR, UINT32_MAX));
    expect_balance(HL_TASK_ISR, UINT32_MAX, UINT32_MAX);
    credit(0, HL_TASK_ISR, UINT32_MAX);
    expect_balance(HL_TASK_ISR, 0, UINT32_MAX);
}

static void slots_are_given_out_in_order_and_the_longest_vacant_first(void **state)
{
    uint32_t ids[TASKS];

    (void)state;
    for (uint32_t i = 0; i < TASKS; i++) {
        ids[i] = open_task();
        assert_int_equal(ids[i], HL_TASK_FIRST + i);
        assert_int_equal(ledger_serial(&ledger, ids[i]), HL_TASK_FIRST + 1 + i);
    }
    assert_int_equal(ledger.vacant, 0);
    assert_int_equal(open_task(), HL_TASK_OVERFLOW);
    assert_int_equal(open_task(), HL_TASK_OVERFLOW);
    assert_int_equal(ledger.overflowed, 2);
    ledger_close(&ledger, ids[2]);
    ledger_close(&ledger, ids[0]);
    ledger_close(&ledger, ids[3]);
    assert_int_equal(ledger.vacant, 3);
    assert_int_equal(open_task(), ids[2]);
    assert_int_equal(open_task(), ids[0]);
    assert_int_equal(open_task(), ids[3]);
    assert_int_equal(open_task(), HL_TASK_OVERFLOW);
    assert_int_equal(ledger.registered, TASKS + 3);
    assert_int_equal(ledger.evicted, 0); /* nobody was kept */
}

static void a_new_task_finds_a_clean_account_and_a_new_serial_number(void **state)
{
    uint32_t id = open_task();
    uint32_t serial = ledger_serial(&ledger, id);

    (void)state;
    charge(0, id, 100);
    charge(1, id, 50);
    credit(0, id, 100);
    credit(1, id, 50);
    ledger_close(&ledger, id);
    while (open_task() != id) {
    }
    expect_balance(id, 0, 0);
    expect_account(0, id, 0, 0, 0);
    expect_account(1, id, 0, 0, 0);
    assert_true(ledger_serial(&ledger, id) > serial);
}

static void a_dead_task_keeps_its_slot_until_it_owes_nothing(void **state)
{
    uint32_t id = open_task();

    (void)state;
    charge(0, id, 100);
    charge(1, id, 50);
    ledger_close(&ledger, id);
    assert_true(ledger_listed(&ledger, id));
    assert_int_equal(ledger_state(&ledger, id), CARD_OWING);
    assert_int_equal(ledger.vacant, TASKS - 1);
    credit(0, id, 100);
    assert_true(ledger_listed(&ledger, id));
    credit(1, id, 50);
    assert_false(ledger_listed(&ledger, id));
    assert_int_equal(ledger.vacant, TASKS);
}

static void a_kept_task_is_listed_until_its_slot_is_needed(void **state)
{
    uint32_t ids[TASKS];

    (void)state;
    start(true);
    for (uint32_t i = 0; i < TASKS; i++) {
        ids[i] = open_task();
    }
    charge(0, ids[1], 10);
    ledger_close(&ledger, ids[1]);
    ledger_close(&ledger, ids[3]);
    ledger_close(&ledger, ids[2]);
    credit(0, ids[1], 10); /* owes nothing since now only */
    assert_true(ledger_listed(&ledger, ids[1]));
    assert_int_equal(open_task(), ids[3]);
    assert_int_equal(ledger.evicted, 1);
    assert_int_equal(open_task(), ids[2]);
    assert_true(ledger_listed(&ledger, ids[1]));
    assert_int_equal(open_task(), ids[1]);
    assert_int_equal(ledger.evicted, 3);
    assert_int_equal(open_task(), HL_TASK_OVERFLOW);
}

/* A task that was deleted, and whose late allocation is charged to it all the same. */
static void a_dead_task_that_owes_again_is_not_taken_for_vacant(void **state)
{
    uint32_t ids[TASKS];

    (void)state;
    for (int kept = 0; kept < 2; kept++) {
        start(kept != 0);
        for (uint32_t i = 0; i < TASKS; i++) {
            ids[i] = open_task();
        }
        ledger_close(&ledger, ids[0]);
        ledger_close(&ledger, ids[1]);
        assert_true(charge(0, ids[0], 30));
        assert_true(ledger_listed(&ledger, ids[0]));
        assert_int_equal(ledger_state(&ledger, ids[0]), CARD_OWING);
        assert_int_equal(open_task(), ids[1]);
        assert_int_equal(open_task(), HL_TASK_OVERFLOW);
        expect_account(0, ids[0], 30, 30, 1);
        credit(0, ids[0], 30);
        assert_int_equal(ledger_listed(&ledger, ids[0]), kept != 0);
        assert_int_equal(open_task(), ids[0]);
        /* And when nothing was looked for meanwhile. */
        ledger_close(&ledger, ids[0]);
        assert_true(charge(0, ids[0], 30));
        credit(0, ids[0], 30);
        assert_int_equal(ledger_listed(&ledger, ids[0]), kept != 0);
        assert_int_equal(open_task(), ids[0]);
        assert_int_equal(open_task(), HL_TASK_OVERFLOW);
    }
}

static void a_slot_that_was_folded_away_goes_before_those_of_kept_tasks(void **state)
{
    uint32_t kept, folded;

    (void)state;
    start(true);
    kept = open_task();
    folded = open_task();
    open_task();
    open_task();
    ledger_close(&ledger, kept);
    charge(0, folded, 10);
    ledger_close(&ledger, folded);
    ledger_card(&ledger, folded)->is_folded = 1; /* became part of another */
    ledger_card(&ledger, folded)->as.folded = 0;
    credit(0, folded, 10);
    assert_false(ledger_listed(&ledger, folded));
    assert_int_equal(open_task(), folded);
    assert_int_equal(ledger.evicted, 0);
    assert_true(ledger_listed(&ledger, kept));
    /* The same with nobody else vacant. */
    assert_int_equal(open_task(), kept);
    charge(0, folded, 10);
    ledger_close(&ledger, folded);
    ledger_card(&ledger, folded)->is_folded = 1;
    credit(0, folded, 10);
    assert_int_equal(ledger.vacant, 1);
    assert_int_equal(open_task(), folded);
    assert_int_equal(open_task(), HL_TASK_OVERFLOW);
}

static void pseudo_tasks_are_always_listed_and_never_settle(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < HL_TASK_FIRST; id++) {
        charge(0, id, 10);
        credit(0, id, 10);
        assert_true(ledger_listed(&ledger, id));
        assert_int_equal(ledger_serial(&ledger, id), id + 1);
    }
    assert_int_equal(ledger.vacant, TASKS);
}

static void when_serial_numbers_run_out_none_is_given_twice(void **state)
{
    uint32_t id;

    (void)state;
    ledger.last_serial = UINT32_MAX - 1;
    id = open_task();
    assert_int_equal(ledger_serial(&ledger, id), UINT32_MAX);
    assert_int_equal(open_task(), HL_TASK_OVERFLOW);
    ledger_close(&ledger, id);
    assert_int_equal(open_task(), HL_TASK_OVERFLOW);
    assert_int_equal(ledger.overflowed, 2);
    assert_int_equal(ledger.vacant, TASKS);
}

static void failures_are_cut_to_32_bits(void **state)
{
    (void)state;
    ledger_count_failure(&ledger, HL_TASK_ISR, 100);
    ledger_count_failure(&ledger, HL_TASK_ISR, 50);
#if HL_COUNT_FAILURES
    assert_int_equal(ledger.tallies[HL_TASK_ISR].failures, 2);
    assert_int_equal(ledger.tallies[HL_TASK_ISR].largest_refused, 100);
    ledger_count_failure(&ledger, HL_TASK_ISR, SIZE_MAX);
    assert_int_equal(ledger.tallies[HL_TASK_ISR].largest_refused, UINT32_MAX);
#endif
}

#if HL_LIMITS
static uint32_t limited(uint32_t limit, uint32_t warning, bool refuse)
{
    uint32_t id = open_task();

    ledger.tallies[id].limit = limit;
    ledger.tallies[id].warning = warning;
    ledger_card(&ledger, id)->refuse = refuse;
    ledger_set_trigger(&ledger.tallies[id]);
    return id;
}

/* What the hook would be told: nothing, the warning, or the limit. Forgets it. */
enum told {
    NOTHING,
    WARNING,
    LIMIT,
    REFUSAL
};

static enum told told(uint32_t size, uint32_t current)
{
    if (!notice.limit_reached) {
        return NOTHING;
    }
    notice.limit_reached = false;
    assert_int_equal(notice.limit.size, size);
    assert_int_equal(notice.limit.current, current);
    if (notice.limit.refused) {
        assert_true(notice.limit.limit);
        return REFUSAL;
    }
    return notice.limit.limit ? LIMIT : WARNING;
}

static void each_crossing_is_told_once(void **state)
{
    uint32_t id = limited(100, 50, false);

    (void)state;
    for (int round = 0; round < 3; round++) {
        assert_true(charge(0, id, 50)); /* at the threshold is not over it */
        assert_int_equal(told(50, 50), NOTHING);
        assert_true(charge(0, id, 1));
        assert_int_equal(told(1, 51), WARNING);
        assert_true(charge(0, id, 49));
        assert_int_equal(told(49, 100), NOTHING);
        assert_true(charge(1, id, 1));
        assert_int_equal(told(1, 101), LIMIT);
        assert_true(charge(1, id, 200));
        assert_int_equal(told(200, 301), NOTHING);
        credit(1, id, 1);
        credit(1, id, 200);
        assert_true(charge(1, id, 1)); /* from the limit over it again */
        assert_int_equal(told(1, 101), LIMIT);
        credit(1, id, 1);
        credit(0, id, 50);
        credit(0, id, 1);
        credit(0, id, 49);
        expect_balance(id, 0, 301);
    }
    assert_true(charge(0, id, 101)); /* both at a time: the limit */
    assert_int_equal(told(101, 101), LIMIT);
}

static void a_refusal_books_nothing_and_is_told_each_time(void **state)
{
    uint32_t id = limited(100, HL_NO_LIMIT, true);

    (void)state;
    assert_true(charge(0, id, 100));
    assert_int_equal(told(100, 100), NOTHING);
    for (int i = 0; i < 3; i++) {
        assert_false(charge(0, id, 8));
        assert_int_equal(told(8, 108), REFUSAL);
        expect_account(0, id, 100, 100, 1);
        expect_balance(id, 100, 100);
    }
    assert_false(resize(id, 100, 101));
    assert_int_equal(told(101, 101), REFUSAL);
    expect_account(0, id, 100, 100, 1);
    assert_true(resize(id, 100, 60));
    assert_true(resize(id, 60, 100));
    assert_int_equal(told(0, 0), NOTHING);
    ledger.tallies[id].limit = 50; /* lower than what is held already */
    ledger_set_trigger(&ledger.tallies[id]);
    assert_false(charge(0, id, 1));
    assert_int_equal(told(1, 101), REFUSAL);
    credit(0, id, 100);
    assert_true(charge(0, id, 50));
}

static void what_is_given_back_soon_does_not_count(void **state)
{
    uint32_t id = limited(100, 80, true);
    struct hl_account *row = ledger_row(&ledger, 0);

    (void)state;
    assert_true(charge(0, id, 80));
    assert_true(ledger_charge(&ledger, row, id, 70, 80, &notice)); /* moves and shrinks */
    assert_int_equal(told(0, 0), NOTHING);
    credit(0, id, 80);
    assert_true(ledger_charge(&ledger, row, id, 90, 70, &notice));
    assert_int_equal(told(90, 90), WARNING);
    credit(0, id, 70);
    expect_balance(id, 90, 160);
    assert_false(ledger_charge(&ledger, row, id, 101, 90, &notice));
    assert_int_equal(told(101, 101), REFUSAL);
    expect_balance(id, 90, 160);
    assert_true(ledger_charge(&ledger, row, id, 90, 90, &notice)); /* over it already, no growth */
    assert_int_equal(told(0, 0), NOTHING);
}

static void what_is_handed_over_is_never_refused(void **state)
{
    uint32_t id = limited(100, 50, true);
    struct hl_account *row = ledger_row(&ledger, 0);

    (void)state;
    assert_true(ledger_charge(&ledger, row, id, 60, LEDGER_NO_LIMIT, &notice));
    assert_int_equal(told(60, 60), WARNING);
    assert_true(ledger_charge(&ledger, row, id, 60, LEDGER_NO_LIMIT, &notice));
    assert_int_equal(told(60, 120), LIMIT);
    assert_true(ledger_charge(&ledger, row, id, 60, LEDGER_NO_LIMIT, &notice));
    assert_int_equal(told(0, 0), NOTHING);
    expect_balance(id, 180, 180);
    expect_account(0, id, 180, 180, 3);
}

static void a_deleted_task_has_no_limits_and_a_new_one_none_yet(void **state)
{
    uint32_t id = limited(100, 50, true);

    (void)state;
    assert_true(charge(0, id, 40));
    ledger_close(&ledger, id);
    assert_true(charge(0, id, 200));
    assert_int_equal(told(0, 0), NOTHING);
    credit(0, id, 40);
    credit(0, id, 200);
    while (open_task() != id) {
    }
    assert_true(charge(0, id, 1000));
    assert_int_equal(told(0, 0), NOTHING);
    assert_false(ledger_card(&ledger, id)->refuse);
}
#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, NULL)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_ledger_is_empty),
        TEST(charges_and_credits_add_up_on_each_heap_and_over_all),
        TEST(nobody_else_is_touched),
        TEST(a_task_owes_no_more_than_it_holds_on_that_heap),
        TEST(a_resize_is_one_block_before_and_after),
        TEST(the_largest_number_of_bytes_is_counted_right),
        TEST(slots_are_given_out_in_order_and_the_longest_vacant_first),
        TEST(a_new_task_finds_a_clean_account_and_a_new_serial_number),
        TEST(a_dead_task_keeps_its_slot_until_it_owes_nothing),
        TEST(a_kept_task_is_listed_until_its_slot_is_needed),
        TEST(a_dead_task_that_owes_again_is_not_taken_for_vacant),
        TEST(a_slot_that_was_folded_away_goes_before_those_of_kept_tasks),
        TEST(pseudo_tasks_are_always_listed_and_never_settle),
        TEST(when_serial_numbers_run_out_none_is_given_twice),
        TEST(failures_are_cut_to_32_bits),
#if HL_LIMITS
        TEST(each_crossing_is_told_once),
        TEST(a_refusal_books_nothing_and_is_told_each_time),
        TEST(what_is_given_back_soon_does_not_count),
        TEST(what_is_handed_over_is_never_refused),
        TEST(a_deleted_task_has_no_limits_and_a_new_one_none_yet),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
