/* SPDX-License-Identifier: MIT */
/* Tasks: coming, going, names, owners, limits, and booking for foreign allocators. */
#include "rig.h"

static int setup(void **state)
{
    int result = rig_setup(state);

    assert_int_equal(rig_heap(0, 8192), 0);
    return result;
}

static int setup_keeping(void **state)
{
    int result = rig_setup_keeping(state);

    assert_int_equal(rig_heap(0, 8192), 0);
    return result;
}

static uint32_t begin(const char *name)
{
    int id = hl_task_register(rig.hl, NULL, name);

    assert_true(id >= HL_TASK_FIRST);
    return (uint32_t)id;
}

static void end(uint32_t id)
{
    assert_int_equal(hl_task_delete(rig.hl, (int)id), 0);
}

static bool listed(const char *name)
{
    return hl_find_name(rig.hl, name) != 0;
}

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

static struct hl_ledger_facts facts(void)
{
    struct hl_ledger_facts result;

    hl_ledger_facts(rig.hl, &result);
    return result;
}

static uint32_t size_of(size_t request)
{
    return rig_span_for(request) - 4;
}

static void serial_numbers_start_behind_the_pseudo_tasks_and_never_repeat(void **state)
{
    uint32_t last = HL_TASK_FIRST;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        uint32_t id = begin("short-lived");
        uint32_t serial = hl_find_name(rig.hl, "short-lived");

        assert_int_equal(serial, ++last);
        assert_int_equal(hl_task_id(rig.hl, serial), id);
        end(id);
        assert_int_equal(hl_task_id(rig.hl, serial), HL_ERR_NOT_FOUND);
    }
    assert_int_equal(facts().registered, 1000);
}

static void every_serial_number_in_use_leads_to_its_id(void **state)
{
    (void)state;
    for (uint32_t id = 0; id < HL_TASK_FIRST; id++) {
        assert_int_equal(hl_task_id(rig.hl, id + 1), id);
    }
    for (uint32_t i = 0; i < RIG_TASKS; i++) {
        assert_int_equal(begin("task"), HL_TASK_FIRST + i);
    }
    for (uint32_t i = 0; i < RIG_TASKS; i++) {
        assert_int_equal(hl_task_id(rig.hl, HL_TASK_FIRST + 1 + i), HL_TASK_FIRST + i);
    }
    assert_int_equal(hl_task_id(rig.hl, 0), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_task_id(rig.hl, HL_TASK_FIRST + 1 + RIG_TASKS), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_task_id(rig.hl, UINT32_MAX), HL_ERR_NOT_FOUND);
}

static void a_task_that_owes_nothing_leaves_when_it_is_deleted(void **state)
{
    uint32_t id = begin("task");

    (void)state;
    hl_free(rig.hl, rig_alloc(id, 100));
    assert_true(listed("task"));
    assert_int_equal(facts().tasks, 1);
    end(id);
    assert_false(listed("task"));
    assert_int_equal(facts().tasks, 0);
}

static void a_task_that_owes_bytes_stays_until_its_last_block_is_freed(void **state)
{
    uint32_t id = begin("task");
    void *first = rig_alloc(id, 100);
    void *second = rig_alloc(id, 200);

    (void)state;
    end(id);
    assert_int_equal(hl_owner(rig.hl, first), id);
    hl_free(rig.hl, first);
    assert_true(listed("task"));
    assert_int_equal(facts().tasks, 1);
    assert_int_equal(hl_owner(rig.hl, second), id);
    hl_free(rig.hl, second);
    assert_false(listed("task"));
    assert_int_equal(facts().tasks, 0);
}

static void an_account_is_never_reused_while_a_block_points_to_it(void **state)
{
    uint32_t dead = begin("dead");
    void *block = rig_alloc(dead, 100);

    (void)state;
    end(dead);
    for (int i = 0; i < 100; i++) {
        uint32_t id = begin("next");

        assert_int_not_equal(id, dead);
        assert_int_equal(balance(dead)->current, size_of(100));
        end(id);
    }
    hl_free(rig.hl, block);
    while (begin("next") != dead) {
    }
    assert_int_equal(balance(dead)->current, 0);
    assert_int_equal(balance(dead)->peak, 0);
}

static void a_reused_handle_is_a_new_task(void **state)
{
    int handle;
    int first = hl_task_register(rig.hl, &handle, "first");
    uint32_t serial = hl_find_handle(rig.hl, &handle);
    void *block = rig_alloc((uint32_t)first, 100);
    int second;

    (void)state;
    assert_int_equal(hl_task_id(rig.hl, serial), first);
    end((uint32_t)first);
    assert_int_equal(hl_find_handle(rig.hl, &handle), serial); /* dead, but it owes */
    second = hl_task_register(rig.hl, &handle, "second");
    assert_int_not_equal(second, first);
    assert_true(hl_find_handle(rig.hl, &handle) > serial);
    assert_int_equal(balance((uint32_t)second)->current, 0);
    assert_int_equal(hl_owner(rig.hl, block), first);
    end((uint32_t)second);
    assert_int_equal(hl_find_handle(rig.hl, &handle), serial);
    hl_free(rig.hl, block);
    assert_int_equal(hl_find_handle(rig.hl, &handle), 0);
}

static void a_search_prefers_the_living_then_the_newest(void **state)
{
    int handle;
    int ids[5];
    uint32_t first = HL_TASK_FIRST + 1;

    (void)state;
    for (int i = 0; i < 5; i++) {
        ids[i] = hl_task_register(rig.hl, &handle, "name");
        rig_alloc((uint32_t)ids[i], 16);
    }
    assert_int_equal(hl_find_name(rig.hl, "name"), first + 4);
    assert_int_equal(hl_find_handle(rig.hl, &handle), first + 4);
    end((uint32_t)ids[4]);
    end((uint32_t)ids[3]);
    assert_int_equal(hl_find_name(rig.hl, "name"), first + 2);
    assert_int_equal(hl_find_handle(rig.hl, &handle), first + 2);
    end((uint32_t)ids[0]);
    end((uint32_t)ids[2]);
    assert_int_equal(hl_find_name(rig.hl, "name"), first + 1);
    end((uint32_t)ids[1]);
    assert_int_equal(hl_find_name(rig.hl, "name"), first + 4);
    assert_int_equal(hl_find_handle(rig.hl, &handle), first + 4);
    assert_int_equal(hl_find_name(rig.hl, "nam"), 0);
    assert_int_equal(hl_find_name(rig.hl, "names"), 0);
    assert_int_equal(hl_find_name(rig.hl, NULL), 0);
    assert_int_equal(hl_find_handle(rig.hl, ids), 0);
}

static void a_task_without_a_handle_or_a_name_is_found_by_that(void **state)
{
    (void)state;
    assert_int_equal(hl_find_handle(rig.hl, NULL), 0);
    begin(NULL);
    assert_int_equal(hl_find_handle(rig.hl, NULL), HL_TASK_FIRST + 1);
    assert_int_equal(hl_find_name(rig.hl, ""), HL_TASK_FIRST + 1);
}

static void names_are_cut_and_found_as_they_were_given(void **state)
{
    static const char full[] = "a name that is much longer than what is kept of it, on any port";
    char cut[HL_NAME_LEN];
    uint32_t id = begin(full);

    (void)state;
    memcpy(cut, full, HL_NAME_LEN - 1);
    cut[HL_NAME_LEN - 1] = '\0';
    assert_string_equal(ledger_card(&rig.hl->ledger, id)->name, cut);
    assert_true(listed(cut));
    assert_true(listed(full));
    cut[HL_NAME_LEN - 2] = '\0';
    assert_false(listed(cut));
    end(id);
    for (size_t length = 0; length < HL_NAME_LEN; length++) {
        memset(cut, 'x', HL_NAME_LEN);
        cut[length] = '\0';
        id = begin(cut);
        assert_string_equal(ledger_card(&rig.hl->ledger, id)->name, cut);
        assert_true(listed(cut));
        end(id);
        assert_false(listed(cut));
    }
}

static void a_task_can_be_renamed_while_it_lives(void **state)
{
    uint32_t id = begin("a rather long name");

    (void)state;
    assert_int_equal(hl_task_rename(rig.hl, (int)id, "b"), 0);
    assert_true(listed("b"));
    assert_false(listed("a rather long name"));
    assert_int_equal(hl_task_rename(rig.hl, (int)id, NULL), 0);
    assert_true(listed(""));
    rig_alloc(id, 16);
    end(id);
    assert_int_equal(hl_task_rename(rig.hl, (int)id, "c"), HL_ERR_NOT_FOUND);
    assert_false(listed("c"));
}

/* Ids that nobody has, ids of pseudo-tasks, and the id of a dead task. */
static void what_needs_a_live_task_says_what_is_wrong(void **state)
{
    static const int nobody[] = {-1,        HL_TASK_FIRST, HL_TASK_FIRST + RIG_TASKS, 255, 256,
                                 INT32_MAX, INT32_MIN};
    void *block = rig_alloc(0, 16);

    (void)state;
    for (size_t i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++) {
        assert_int_equal(hl_task_delete(rig.hl, nobody[i]), HL_ERR_NOT_FOUND);
        assert_int_equal(hl_task_rename(rig.hl, nobody[i], "x"), HL_ERR_NOT_FOUND);
        assert_int_equal(hl_transfer(rig.hl, block, nobody[i]), HL_ERR_NOT_FOUND);
#if HL_LIMITS
        assert_int_equal(hl_task_limit(rig.hl, nobody[i], 1, 1, true), HL_ERR_NOT_FOUND);
#endif
    }
    for (int id = 0; id < HL_TASK_FIRST; id++) {
        assert_int_equal(hl_task_delete(rig.hl, id), id == HL_TASK_OVERFLOW ? 0 : HL_ERR_ARGUMENT);
        assert_int_equal(hl_task_rename(rig.hl, id, "x"), HL_ERR_ARGUMENT);
        assert_int_equal(hl_transfer(rig.hl, block, id), 0);
        assert_int_equal(hl_owner(rig.hl, block), id);
#if HL_LIMITS
        assert_int_equal(hl_task_limit(rig.hl, id, 1, 1, true), HL_ERR_ARGUMENT);
#endif
    }
    hl_transfer(rig.hl, block, (int)begin("task"));
    end(HL_TASK_FIRST);
    assert_int_equal(hl_task_delete(rig.hl, HL_TASK_FIRST), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_transfer(rig.hl, block, HL_TASK_FIRST), HL_ERR_NOT_FOUND);
}

static void what_finds_no_slot_is_charged_to_overflow_and_counted(void **state)
{
    void *block;
    int id;

    (void)state;
    for (int i = 0; i < RIG_TASKS; i++) {
        begin("task");
    }
    assert_int_equal(facts().tasks, RIG_TASKS);
    assert_int_equal(facts().max_tasks, RIG_TASKS);
    id = hl_task_register(rig.hl, NULL, "too many");
    assert_int_equal(id, HL_TASK_OVERFLOW);
    assert_int_equal(facts().overflowed, 1);
    assert_int_equal(facts().registered, RIG_TASKS);
    assert_false(listed("too many"));
    block = rig_alloc((uint32_t)id, 100);
    assert_int_equal(balance(HL_TASK_OVERFLOW)->current, size_of(100));
    assert_int_equal(hl_task_delete(rig.hl, id), 0); /* what was allocated stays there */
    assert_int_equal(balance(HL_TASK_OVERFLOW)->current, size_of(100));
    hl_free(rig.hl, block);
    assert_int_equal(balance(HL_TASK_OVERFLOW)->current, 0);
    end(HL_TASK_FIRST + 4);
    assert_int_equal(hl_task_register(rig.hl, NULL, "fits"), HL_TASK_FIRST + 4);
    assert_int_equal(facts().overflowed, 1);
}

static void kept_tasks_give_way_in_the_order_in_which_they_came_to_owe_nothing(void **state)
{
    static const char *const names[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    void *block;

    (void)state;
    for (uint32_t i = 0; i < RIG_TASKS; i++) {
        begin(names[i]);
    }
    block = rig_alloc(HL_TASK_FIRST + 5, 16);
    end(HL_TASK_FIRST + 5);
    end(HL_TASK_FIRST + 3);
    end(HL_TASK_FIRST + 8);
    hl_free(rig.hl, block);
    end(HL_TASK_FIRST + 1);
    assert_int_equal(facts().tasks, RIG_TASKS - 4);
    assert_true(listed("5") && listed("3") && listed("8") && listed("1"));
    assert_int_equal(begin("new"), HL_TASK_FIRST + 3);
    assert_false(listed("3"));
    assert_int_equal(begin("new"), HL_TASK_FIRST + 8);
    assert_false(listed("8"));
    assert_int_equal(begin("new"), HL_TASK_FIRST + 5);
    assert_false(listed("5"));
    assert_true(listed("1"));
    assert_int_equal(begin("new"), HL_TASK_FIRST + 1);
    assert_int_equal(facts().evicted, 4);
    assert_int_equal(hl_task_register(rig.hl, NULL, "too many"), HL_TASK_OVERFLOW);
}

static void slots_that_nobody_used_go_before_kept_tasks(void **state)
{
    (void)state;
    for (int i = 0; i < RIG_TASKS; i++) {
        end(begin("kept"));
    }
    assert_int_equal(facts().evicted, 0);
    end(begin("kept"));
    assert_int_equal(facts().evicted, 1);
    assert_int_equal(facts().tasks, 0);
}

static void keeping_can_be_turned_on_and_off(void **state)
{
    uint32_t owing = begin("owing");
    uint32_t alive = begin("alive");

    (void)state;
    end(begin("gone"));
    assert_false(listed("gone"));
    hl_keep_deleted(rig.hl, true);
    end(begin("kept"));
    end(begin("kept too"));
    rig_alloc(owing, 16);
    end(owing);
    assert_true(listed("kept") && listed("kept too"));
    hl_keep_deleted(rig.hl, true);
    assert_true(listed("kept") && listed("kept too"));
    hl_keep_deleted(rig.hl, false);
    assert_false(listed("kept") || listed("kept too"));
    assert_true(listed("owing") && listed("alive"));
    end(begin("gone"));
    assert_false(listed("gone"));
    assert_int_equal(hl_task_rename(rig.hl, (int)alive, "still"), 0);
    for (int i = 0; i < RIG_TASKS - 2; i++) {
        begin("more");
    }
    assert_int_equal(facts().evicted, 0); /* nobody was there to give way */
}

static void turning_keeping_off_touches_nobodys_books(void **state)
{
    static struct hl_account balances[RIG_TASKS + HL_TASK_FIRST];

    (void)state;
    for (uint32_t id = 0; id < HL_TASK_FIRST; id++) {
        rig_alloc(id, 300);
    }
    end(begin("kept"));
    memcpy(balances, rig.hl->ledger.balances, sizeof(balances));
    hl_keep_deleted(rig.hl, false);
    assert_memory_equal(balances, rig.hl->ledger.balances, sizeof(balances));
}

/* A walk under way must hear of it. */
static void expect_change(int line)
{
    if (!rig.hl->changed) {
        fail_msg("line %d: changed, and said nothing", line);
    }
    rig.hl->changed = false;
}
#define CHANGES(call) ((void)(call), expect_change(__LINE__))

static void whatever_changes_something_says_so(void **state)
{
    struct hl_heap_desc desc = {.name = "foreign"};
    void *first = NULL;
    void *second = NULL;
    int id = 0;

    (void)state;
    rig.hl->changed = false;
    CHANGES(id = hl_task_register(rig.hl, NULL, "task"));
    CHANGES(hl_task_rename(rig.hl, id, "name"));
    CHANGES(first = hl_malloc(rig.hl, 100, RIG_CAP));
    CHANGES(second = hl_aligned_alloc(rig.hl, 64, 100, RIG_CAP));
    CHANGES(hl_transfer(rig.hl, first, id));
    CHANGES(first = hl_realloc(rig.hl, first, 16, RIG_CAP)); /* in place */
    CHANGES(first = hl_realloc(rig.hl, first, 2000, RIG_CAP));
    CHANGES(hl_task_delete(rig.hl, id));
    CHANGES(hl_free(rig.hl, first));
    CHANGES(hl_free(rig.hl, second));
    CHANGES(rig_heap(8192, 4096));
    CHANGES(hl_add_foreign_heap(rig.hl, &desc));
    CHANGES(hl_charge(rig.hl, 2, HL_TASK_ISR, 10));
    CHANGES(hl_credit(rig.hl, 2, HL_TASK_ISR, 10));
    hl_keep_deleted(rig.hl, true);
    hl_task_delete(rig.hl, hl_task_register(rig.hl, NULL, "kept"));
    rig.hl->changed = false;
    CHANGES(hl_keep_deleted(rig.hl, false));
}

static void a_late_allocation_goes_to_the_dead_account(void **state)
{
    uint32_t id = begin("late");
    void *block;

    (void)state;
    end(id);
    assert_false(listed("late"));
    assert_int_equal(facts().tasks, 0);
    block = rig_alloc(id, 16);
    assert_true(listed("late"));
    assert_int_equal(facts().tasks, 1);
    for (int i = 0; i < RIG_TASKS - 1; i++) {
        assert_int_not_equal(begin("other"), id);
    }
    assert_int_equal(hl_task_register(rig.hl, NULL, "too many"), HL_TASK_OVERFLOW);
    assert_int_equal(hl_owner(rig.hl, block), id);
    hl_free(rig.hl, block);
    assert_false(listed("late"));
    assert_int_equal(begin("new"), id);
}

static void a_late_debt_keeps_its_name_when_keeping_is_turned_off(void **state)
{
    uint32_t id;
    void *block;

    (void)state;
    hl_keep_deleted(rig.hl, true);
    id = begin("late");
    end(id);
    block = rig_alloc(id, 16);
    hl_keep_deleted(rig.hl, false);
    assert_true(listed("late"));
    assert_int_equal(facts().tasks, 1);
    hl_free(rig.hl, block);
    assert_false(listed("late"));
}

static void a_transfer_moves_the_charge(void **state)
{
    uint32_t a = begin("a");
    uint32_t b = begin("b");
    void *block = rig_alloc(a, 100);

    (void)state;
    assert_int_equal(hl_transfer(rig.hl, block, (int)b), 0);
    assert_int_equal(hl_owner(rig.hl, block), b);
    assert_int_equal(balance(a)->current, 0);
    assert_int_equal(balance(a)->peak, size_of(100));
    assert_int_equal(balance(b)->current, size_of(100));
    assert_int_equal(rig.hl->heaps[0].accounts[a].blocks, 0);
    assert_int_equal(rig.hl->heaps[0].accounts[b].blocks, 1);
    rig.hl->changed = false;
    assert_int_equal(hl_transfer(rig.hl, block, (int)b), 0); /* to itself: nothing happens */
    assert_false(rig.hl->changed);
    assert_int_equal(balance(b)->peak, size_of(100));
    end(a);
    assert_false(listed("a"));
}

static void a_transfer_ends_the_account_of_a_dead_task(void **state)
{
    uint32_t a = begin("a");
    void *block = rig_alloc(a, 100);

    (void)state;
    end(a);
    assert_true(listed("a"));
    assert_int_equal(hl_transfer(rig.hl, block, HL_TASK_ISR), 0);
    assert_false(listed("a"));
}

static void a_transfer_of_no_live_block_is_told(void **state)
{
    uint32_t a = begin("a");
    char *block = rig_alloc(a, 100);

    (void)state;
    assert_int_equal(hl_transfer(rig.hl, block + 1, (int)a), HL_ERR_DAMAGED);
    rig_fault(HL_FAULT_MISALIGNED, block + 1, 0);
    assert_int_equal(hl_owner(rig.hl, &block), HL_ERR_DAMAGED);
    rig_fault(HL_FAULT_OUTSIDE, &block, HL_ERR_NOT_FOUND);
    assert_int_equal(hl_owner(rig.hl, NULL), HL_ERR_DAMAGED);
    rig_fault(HL_FAULT_OUTSIDE, NULL, HL_ERR_NOT_FOUND);
    assert_int_equal(hl_transfer(rig.hl, NULL, (int)a), HL_ERR_DAMAGED);
    rig_fault(HL_FAULT_OUTSIDE, NULL, HL_ERR_NOT_FOUND);
    assert_int_equal(hl_transfer(rig.hl, block + 1, -1), HL_ERR_NOT_FOUND); /* asked first */
}

#if HL_LIMITS
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

static void a_warning_is_told_once_per_crossing(void **state)
{
    uint32_t id = begin("task");
    uint32_t size = size_of(100);

    (void)state;
    assert_int_equal(hl_task_limit(rig.hl, (int)id, HL_NO_LIMIT, 2 * size, false), 0);
    for (int round = 0; round < 3; round++) {
        void *blocks[4];

        for (int i = 0; i < 4; i++) {
            blocks[i] = rig_alloc(id, 100);
            if (i == 2) {
                expect_limit(id, false, false, size, 3 * size);
            }
            assert_int_equal(rig.limits, 0);
        }
        for (int i = 0; i < 4; i++) {
            hl_free(rig.hl, blocks[i]);
        }
    }
}

static void a_limit_refuses_or_tells_as_it_was_set(void **state)
{
    uint32_t id = begin("task");
    uint32_t size = size_of(100);
    void *block = rig_alloc(id, 100);

    (void)state;
    assert_int_equal(hl_task_limit(rig.hl, (int)id, size, HL_NO_LIMIT, true), 0);
    for (int i = 0; i < 2; i++) {
        assert_null(rig_alloc(id, 16));
        expect_limit(id, true, true, size_of(16), size + size_of(16));
    }
    assert_int_equal(balance(id)->current, size);
    rig.port.running = id;
    assert_null(hl_aligned_alloc(rig.hl, 64, 16, RIG_CAP));
    expect_limit(id, true, true, size_of(16), size + size_of(16));
    assert_null(hl_calloc(rig.hl, 1, 16, RIG_CAP));
    expect_limit(id, true, true, size_of(16), size + size_of(16));
    rig.port.running = 0;
    assert_int_equal(hl_task_limit(rig.hl, (int)id, size, HL_NO_LIMIT, false), 0);
    assert_non_null(rig_alloc(id, 16));
    expect_limit(id, true, false, size_of(16), size + size_of(16));
    assert_non_null(rig_alloc(id, 16));
    assert_int_equal(rig.limits, 0);
    assert_int_equal(hl_task_limit(rig.hl, (int)id, HL_NO_LIMIT, HL_NO_LIMIT, true), 0);
    assert_non_null(rig_alloc(id, 1000));
    assert_int_equal(rig.limits, 0);
    hl_free(rig.hl, block);
}

static void a_limit_is_over_all_heaps(void **state)
{
    uint32_t id = begin("task");

    (void)state;
    rig_heap_with(8192, 8192, 2, 0, 0);
    rig.port.running = id;
    assert_int_equal(hl_task_limit(rig.hl, (int)id, 150, HL_NO_LIMIT, true), 0);
    assert_non_null(hl_malloc(rig.hl, 100, RIG_CAP));
    assert_null(hl_malloc(rig.hl, 100, 2));
    expect_limit(id, true, true, size_of(100), 2 * size_of(100));
}

static void a_refusal_is_no_reason_to_try_the_next_heap(void **state)
{
    uint32_t id = begin("task");

    (void)state;
    rig_heap(8192, 8192);
    assert_int_equal(hl_task_limit(rig.hl, (int)id, 10, HL_NO_LIMIT, true), 0);
    assert_null(rig_alloc(id, 100));
    expect_limit(id, true, true, size_of(100), size_of(100));
}

static void a_transfer_warns_and_is_never_refused(void **state)
{
    uint32_t id = begin("task");
    void *first = rig_alloc(0, 100);
    void *second = rig_alloc(0, 100);

    (void)state;
    assert_int_equal(hl_task_limit(rig.hl, (int)id, 150, 50, true), 0);
    assert_int_equal(hl_transfer(rig.hl, first, (int)id), 0);
    expect_limit(id, false, false, size_of(100), size_of(100));
    assert_int_equal(hl_transfer(rig.hl, second, (int)id), 0);
    expect_limit(id, true, false, size_of(100), 2 * size_of(100));
    assert_int_equal(hl_owner(rig.hl, second), id);
}

static void limits_without_a_hook_refuse_all_the_same(void **state)
{
    uint32_t id = begin("task");

    (void)state;
    rig.hl->on_limit = NULL;
    assert_int_equal(hl_task_limit(rig.hl, (int)id, 150, 50, true), 0);
    assert_non_null(rig_alloc(id, 100));
    assert_null(rig_alloc(id, 100));
}

static void damage_and_a_limit_in_one_call_are_both_told(void **state)
{
    uint32_t id = begin("task");
    const struct block *first = rig.hl->heaps[0].list.first;

    (void)state;
    rig_heap(8192, 8192);
    assert_int_equal(hl_task_limit(rig.hl, (int)id, HL_NO_LIMIT, 50, true), 0);
    *block_foot(rig.hl->heaps[0].end) ^= 1;
    assert_non_null(rig_alloc(id, 100));
    assert_int_equal(rig.fault.task, id);
    rig.fault.task = 0;
    rig_fault(HL_FAULT_FREE_BLOCK, block_user(first), 0);
    expect_limit(id, false, false, size_of(100), size_of(100));
    *block_foot(rig.hl->heaps[0].end) ^= 1;
}
#endif

static int foreign(void)
{
    struct hl_heap_desc desc = {.name = "foreign"};

    return hl_add_foreign_heap(rig.hl, &desc);
}

static void a_foreign_allocator_is_booked_like_our_own(void **state)
{
    uint32_t id = begin("task");
    int heap = foreign();
    const struct hl_account *account = &rig.hl->heaps[heap].accounts[id];

    (void)state;
    rig_alloc(id, 100);
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 1000), 0);
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 1), 0);
    assert_int_equal(account->current, 1001);
    assert_int_equal(account->blocks, 2);
    assert_int_equal(balance(id)->current, 1001 + size_of(100));
    rig_sound();
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 1000), 0);
    assert_int_equal(account->current, 1);
    assert_int_equal(account->peak, 1001);
    assert_int_equal(balance(id)->peak, 1001 + size_of(100));
#if HL_COUNT_EVENTS
    assert_int_equal(tally(id)->allocations, 3);
    assert_int_equal(tally(id)->frees, 1);
#endif
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 1), 0);
    assert_int_equal(account->current, 0);
    assert_int_equal(account->blocks, 0);
}

static void wrong_bookings_are_refused(void **state)
{
    uint32_t id = begin("task");
    uint32_t dead = begin("dead");
    int heap = foreign();

    (void)state;
    end(dead);
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 0), HL_ERR_ARGUMENT);
    assert_int_equal(hl_charge(rig.hl, 0, (int)id, 1), HL_ERR_ARGUMENT); /* ours */
    assert_int_equal(hl_charge(rig.hl, heap + 1, (int)id, 1), HL_ERR_ARGUMENT);
    assert_int_equal(hl_charge(rig.hl, -1, (int)id, 1), HL_ERR_ARGUMENT);
    assert_int_equal(hl_charge(rig.hl, heap, -1, 1), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_charge(rig.hl, heap, (int)dead, 1), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_charge(rig.hl, heap, HL_TASK_FIRST + RIG_TASKS, 1), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 0), HL_ERR_ARGUMENT);
    assert_int_equal(hl_credit(rig.hl, 0, (int)id, 1), HL_ERR_ARGUMENT);
    assert_int_equal(hl_credit(rig.hl, heap + 1, (int)id, 1), HL_ERR_ARGUMENT);
    assert_int_equal(hl_credit(rig.hl, heap, -1, 1), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_credit(rig.hl, heap, (int)dead, 1), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_charge(rig.hl, heap, HL_TASK_ISR, 7), 0);
    assert_int_equal(hl_credit(rig.hl, heap, HL_TASK_ISR, 7), 0);
}

static void what_was_never_held_cannot_be_given_back(void **state)
{
    uint32_t id = begin("task");
    int heap = foreign();

    (void)state;
    rig_alloc(id, 1000); /* on another heap */
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 1), HL_ERR_DAMAGED);
    rig_fault(HL_FAULT_OWNER, NULL, heap);
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 100), 0);
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 101), HL_ERR_DAMAGED);
    rig_fault(HL_FAULT_OWNER, NULL, heap);
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 99), HL_ERR_DAMAGED); /* the last block */
    rig_fault(HL_FAULT_OWNER, NULL, heap);
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 100), 0);
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 200), HL_ERR_DAMAGED); /* one more is there */
    rig_fault(HL_FAULT_OWNER, NULL, heap);
    assert_int_equal(rig.hl->heaps[heap].accounts[id].current, 200);
    assert_int_equal(rig.hl->heaps[heap].accounts[id].blocks, 2);
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 100), 0);
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 100), 0);
}

static void a_dead_task_with_a_foreign_debt_stays_until_it_is_paid(void **state)
{
    uint32_t id = begin("task");
    int heap = foreign();

    (void)state;
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 100), 0);
    end(id);
    assert_true(listed("task"));
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 10), 0); /* late */
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 100), 0);
    assert_true(listed("task"));
    assert_int_equal(hl_credit(rig.hl, heap, (int)id, 10), 0);
    assert_false(listed("task"));
}

#if HL_LIMITS
static void a_limit_refuses_foreign_bytes_too(void **state)
{
    uint32_t id = begin("task");
    int heap = foreign();

    (void)state;
    assert_int_equal(hl_task_limit(rig.hl, (int)id, 100, 50, true), 0);
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 60), 0);
    expect_limit(id, false, false, 60, 60);
    assert_int_equal(hl_charge(rig.hl, heap, (int)id, 60), HL_ERR_TOO_LARGE);
    expect_limit(id, true, true, 60, 120);
    assert_int_equal(rig.hl->heaps[heap].accounts[id].current, 60);
#if HL_COUNT_FAILURES
    assert_int_equal(tally(id)->failures, 1);
    assert_int_equal(tally(id)->largest_refused, 60);
#endif
}
#endif

#define TEST(name)         cmocka_unit_test_setup_teardown(name, setup, rig_teardown)
#define TEST_KEEPING(name) cmocka_unit_test_setup_teardown(name, setup_keeping, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(serial_numbers_start_behind_the_pseudo_tasks_and_never_repeat),
        TEST(every_serial_number_in_use_leads_to_its_id),
        TEST(a_task_that_owes_nothing_leaves_when_it_is_deleted),
        TEST(a_task_that_owes_bytes_stays_until_its_last_block_is_freed),
        TEST(an_account_is_never_reused_while_a_block_points_to_it),
        TEST(a_reused_handle_is_a_new_task),
        TEST(a_search_prefers_the_living_then_the_newest),
        TEST(a_task_without_a_handle_or_a_name_is_found_by_that),
        TEST(names_are_cut_and_found_as_they_were_given),
        TEST(a_task_can_be_renamed_while_it_lives),
        TEST(what_needs_a_live_task_says_what_is_wrong),
        TEST(what_finds_no_slot_is_charged_to_overflow_and_counted),
        TEST_KEEPING(kept_tasks_give_way_in_the_order_in_which_they_came_to_owe_nothing),
        TEST_KEEPING(slots_that_nobody_used_go_before_kept_tasks),
        TEST(keeping_can_be_turned_on_and_off),
        TEST_KEEPING(turning_keeping_off_touches_nobodys_books),
        TEST(whatever_changes_something_says_so),
        TEST(a_late_allocation_goes_to_the_dead_account),
        TEST(a_late_debt_keeps_its_name_when_keeping_is_turned_off),
        TEST(a_transfer_moves_the_charge),
        TEST(a_transfer_ends_the_account_of_a_dead_task),
        TEST(a_transfer_of_no_live_block_is_told),
#if HL_LIMITS
        TEST(a_warning_is_told_once_per_crossing),
        TEST(a_limit_refuses_or_tells_as_it_was_set),
        TEST(a_limit_is_over_all_heaps),
        TEST(a_refusal_is_no_reason_to_try_the_next_heap),
        TEST(a_transfer_warns_and_is_never_refused),
        TEST(limits_without_a_hook_refuse_all_the_same),
        TEST(damage_and_a_limit_in_one_call_are_both_told),
#endif
        TEST(a_foreign_allocator_is_booked_like_our_own),
        TEST(wrong_bookings_are_refused),
        TEST(what_was_never_held_cannot_be_given_back),
        TEST(a_dead_task_with_a_foreign_debt_stays_until_it_is_paid),
#if HL_LIMITS
        TEST(a_limit_refuses_foreign_bytes_too),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
