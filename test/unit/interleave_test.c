/* SPDX-License-Identifier: MIT */
/* Walks while the heap is used: something happens whenever the lock is given back. */
#include "bench.h"

enum {
    ROOM = 600,
    SEEDS = 300,
    VISITED = 1200
};

/* What happens between the steps, and what was live before. */
struct meanwhile {
    struct bench *bench;
    void (*event)(struct meanwhile *meanwhile); /* NULL: anything, now and then */
    unsigned at;                                /* the unlock at which the event happens */
    unsigned seen;                              /* operations done when the last lock was taken */
    uint32_t victim, heir;                      /* tasks for the events */
    struct bench_block before[BENCH_BLOCKS];
};

static void between_steps(void *context)
{
    struct meanwhile *meanwhile = context;
    struct bench *bench = meanwhile->bench;

    meanwhile->seen = bench->operations;
    if (meanwhile->event != NULL) {
        if (bench->port.unlocks == meanwhile->at) {
            meanwhile->event(meanwhile);
        }
        return;
    }
    hl_maintain(bench->hl);
    for (uint32_t i = bench_random(bench, 3); i > 0; i--) {
        bench_anything(bench);
    }
}

static void begin(struct meanwhile *meanwhile)
{
    struct bench *bench = meanwhile->bench;

    memcpy(meanwhile->before, bench->blocks, sizeof(meanwhile->before));
    meanwhile->seen = bench->operations;
    bench->port.unlocks = 0;
    bench->port.context = meanwhile;
    bench->port.after_unlock = between_steps;
}

/* Returns whether anything changed before the last lock was taken. */
static bool end(struct meanwhile *meanwhile, unsigned operations)
{
    meanwhile->bench->port.after_unlock = NULL;
    return meanwhile->seen != operations;
}

/* Was this block there all the time, with the same owner? */
static bool stayed(const struct meanwhile *meanwhile, size_t i)
{
    const struct bench_block *before = &meanwhile->before[i];
    const struct bench_block *now = &meanwhile->bench->blocks[i];

    return before->ptr != NULL && before->ptr == now->ptr && before->since == now->since;
}

static void random_scene(struct meanwhile *meanwhile, struct bench *bench)
{
    memset(meanwhile, 0, sizeof(*meanwhile));
    meanwhile->bench = bench;
    bench_random_scene(bench, 300);
}

/*
 * Snapshots.
 */

struct taken {
    struct hl_snapshot snapshot;
    struct hl_task_info tasks[ROOM];
    struct hl_account_info accounts[ROOM];
    struct hl_block_info blocks[ROOM];
};

static int take(struct bench *bench, struct taken *taken, size_t tasks, size_t accounts,
                size_t blocks)
{
    const unsigned char *behind;
    int result;

    memset(taken, 0xa5, sizeof(*taken));
    taken->snapshot.tasks = taken->tasks;
    taken->snapshot.task_room = tasks;
    taken->snapshot.accounts = taken->accounts;
    taken->snapshot.account_room = accounts;
    taken->snapshot.blocks = taken->blocks;
    taken->snapshot.block_room = blocks;
    result = hl_snapshot(bench->hl, 0, &taken->snapshot);
    behind = (const void *)&taken->tasks[tasks];
    assert_int_equal(behind[0], 0xa5);
    behind = (const void *)&taken->accounts[accounts];
    assert_int_equal(behind[0], 0xa5);
    behind = (const void *)&taken->blocks[blocks];
    assert_int_equal(behind[0], 0xa5);
    return result;
}

/* The blocks of an account: in order, its owner's, and as many bytes as it says if all are there. */
static void require_account_adds_up(const struct hl_snapshot *s, const struct hl_task_info *task,
                                    const struct hl_account_info *account)
{
    uint32_t bytes = 0;

    assert_true(account->listed <= account->blocks);
    for (size_t i = 0; i < account->listed; i++) {
        const struct hl_block_info *block = &s->blocks[account->first_block + i];

        assert_true(i == 0 || block[-1].address < block->address);
        assert_int_equal(block->owner, task->serial);
        bytes += block->size;
    }
    if (account->listed == account->blocks) {
        assert_int_equal(account->current, bytes);
    } else {
        assert_true(account->current > bytes);
        assert_true(s->blocks_missing != 0);
    }
    assert_true(account->peak >= account->current);
}

static void require_adds_up(const struct hl_snapshot *s)
{
    size_t accounts = 0;
    size_t blocks = 0;

    assert_true(s->task_count <= s->task_room);
    assert_true(s->account_count <= s->account_room);
    assert_true(s->block_count <= s->block_room);
    for (size_t t = 0; t < s->task_count; t++) {
        const struct hl_task_info *task = &s->tasks[t];
        uint32_t bytes = 0;

        assert_true(t == 0 || s->tasks[t - 1].serial > task->serial);
        assert_int_equal(task->first_account, accounts);
        for (size_t a = 0; a < task->account_count; a++) {
            const struct hl_account_info *account = &s->accounts[accounts++];

            assert_true(a == 0 || account[-1].heap < account->heap);
            assert_int_equal(account->first_block, blocks);
            blocks += account->listed;
            require_account_adds_up(s, task, account);
            bytes += account->current;
        }
        assert_true(s->accounts_missing != 0 || bytes == task->current);
        assert_true(task->peak >= task->current);
    }
    assert_int_equal(accounts, s->account_count);
    assert_int_equal(blocks, s->block_count);
}

static size_t times_listed(const struct hl_snapshot *s, const struct bench_block *block)
{
    size_t times = 0;

    for (size_t i = 0; i < s->block_count; i++) {
        if (s->blocks[i].address == block->ptr) {
            assert_int_equal(s->blocks[i].size, block->size);
            assert_int_equal(s->blocks[i].owner, block->serial);
            times++;
        }
    }
    return times;
}

static void require_nothing_twice(const struct hl_snapshot *s)
{
    for (size_t i = 0; i < s->block_count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_ptr_not_equal(s->blocks[i].address, s->blocks[k].address);
        }
    }
}

/* No block is listed twice; one that stayed is there, unless something found no room. */
static void require_right(const struct meanwhile *meanwhile, const struct hl_snapshot *s)
{
    bool all = s->tasks_missing + s->accounts_missing + s->blocks_missing == 0;

    require_adds_up(s);
    require_nothing_twice(s);
    for (size_t i = 0; i < BENCH_BLOCKS; i++) {
        if (stayed(meanwhile, i)) {
            size_t times = times_listed(s, &meanwhile->before[i]);

            assert_true(times == 1 || (times == 0 && !all));
        }
    }
}

static void snapshots_are_right_whatever_happens_meanwhile(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, SEEDS)) {
        static struct taken taken;
        static struct meanwhile meanwhile;
        unsigned operations;
        size_t rooms[3];

        random_scene(&meanwhile, bench);
        operations = bench->operations;
        for (int i = 0; i < 3; i++) {
            rooms[i] = bench->seed % 3 != 0 ? ROOM - 1 : bench_random(bench, i == 2 ? 150 : 20);
        }
        begin(&meanwhile);
        assert_int_equal(take(bench, &taken, rooms[0], rooms[1], rooms[2]), 0);
        assert_int_equal(end(&meanwhile, operations), taken.snapshot.changed);
        require_right(&meanwhile, &taken.snapshot);
        if (bench->seed % 3 != 0) {
            assert_int_equal(taken.snapshot.tasks_missing, 0);
            assert_int_equal(taken.snapshot.accounts_missing, 0);
            assert_int_equal(taken.snapshot.blocks_missing, 0);
        }
    }
}

/*
 * One event, at each step in turn.
 */

static void free_blocks_of(struct bench *bench, uint32_t id)
{
    uint32_t serial = ledger_serial(&bench->hl->ledger, id);

    for (size_t i = 0; i < BENCH_BLOCKS; i++) {
        if (bench->blocks[i].ptr != NULL && bench->blocks[i].serial == serial) {
            bench_free(bench, bench->blocks[i].ptr);
        }
    }
}

static void the_victim_vanishes(struct meanwhile *meanwhile)
{
    free_blocks_of(meanwhile->bench, meanwhile->victim);
    bench_delete(meanwhile->bench, meanwhile->victim);
}

static void the_victims_slot_is_used_again(struct meanwhile *meanwhile)
{
    struct bench *bench = meanwhile->bench;
    uint32_t id;

    the_victim_vanishes(meanwhile);
    do {
        id = bench_task(bench, "new");
    } while (id != meanwhile->victim);
    for (uint32_t i = 0; i < 12; i++) {
        bench_alloc(bench, id, 30, UINT32_C(1) << (i % 3));
    }
}

static void the_victim_grows(struct meanwhile *meanwhile)
{
    assert_non_null(bench_alloc(meanwhile->bench, meanwhile->victim, 12, 1));
}

static void the_victim_comes_to_another_heap(struct meanwhile *meanwhile)
{
    assert_non_null(bench_alloc(meanwhile->bench, meanwhile->victim, 12, 4));
}

static void the_heir_gets_everything(struct meanwhile *meanwhile)
{
    struct bench *bench = meanwhile->bench;
    uint32_t serial = ledger_serial(&bench->hl->ledger, meanwhile->victim);
    uint32_t to = ledger_serial(&bench->hl->ledger, meanwhile->heir);

    for (size_t i = 0; i < BENCH_BLOCKS; i++) {
        struct bench_block *block = &bench->blocks[i];

        if (block->ptr != NULL && block->serial == serial) {
            assert_int_equal(hl_transfer(bench->hl, block->ptr, (int)meanwhile->heir), 0);
            block->serial = to;
            block->since = ++bench->operations;
        }
    }
}

static void everything_is_freed(struct meanwhile *meanwhile)
{
    bench_free_all(meanwhile->bench);
}

/* The victim holds blocks on the first two heaps, among those of others. */
static void event_scene(struct meanwhile *meanwhile, struct bench *bench, bool keep)
{
    memset(meanwhile, 0, sizeof(*meanwhile));
    bench_reset(bench, keep);
    meanwhile->bench = bench;
    bench_task(bench, "old");
    meanwhile->victim = bench_task(bench, "victim");
    meanwhile->heir = bench_task(bench, "heir");
    for (uint32_t i = 0; i < 24; i++) {
        bench_alloc(bench, meanwhile->victim - 1 + i % 3, 20 + i, UINT32_C(1) << (i / 3 % 2));
    }
    for (uint32_t i = 0; i < 3; i++) {
        bench_free(bench, bench->blocks[(size_t)5 * i].ptr);
    }
}

static void (*const events[])(struct meanwhile *) = {
    the_victim_vanishes,      the_victims_slot_is_used_again,   the_victim_grows,
    the_heir_gets_everything, the_victim_comes_to_another_heap, everything_is_freed,
};
enum {
    EVENTS = sizeof(events) / sizeof(events[0])
};

static bool is_among(const struct bench_block *blocks, const struct hl_block_info *listed)
{
    for (size_t i = 0; i < BENCH_BLOCKS; i++) {
        if (blocks[i].ptr == listed->address && blocks[i].size == listed->size &&
            blocks[i].serial == listed->owner) {
            return true;
        }
    }
    return false;
}

/* Whatever is listed was there, before the event or after it, with that size and that owner. */
static void require_nothing_made_up(const struct meanwhile *meanwhile, const struct hl_snapshot *s)
{
    for (size_t i = 0; i < s->block_count; i++) {
        assert_true(is_among(meanwhile->before, &s->blocks[i]) ||
                    is_among(meanwhile->bench->blocks, &s->blocks[i]));
    }
}

/* Takes a snapshot with the event at a step. False: there are not so many steps. */
static bool snapshot_with_event(struct bench *bench, unsigned event, unsigned at, size_t more,
                                struct taken *taken)
{
    static struct meanwhile meanwhile;
    struct hl_snapshot_needs needs;
    unsigned operations;
    bool happened;

    event_scene(&meanwhile, bench, at % 2 == 0);
    assert_int_equal(hl_snapshot_needs(bench->hl, 0, &needs), 0);
    meanwhile.event = events[event];
    meanwhile.at = at;
    operations = bench->operations;
    begin(&meanwhile);
    assert_int_equal(
        take(bench, taken, needs.tasks + more, needs.accounts + more, needs.blocks + more), 0);
    happened = bench->port.unlocks >= at;
    assert_int_equal(end(&meanwhile, operations), taken->snapshot.changed);
    require_right(&meanwhile, &taken->snapshot);
    require_nothing_made_up(&meanwhile, &taken->snapshot);
    return happened;
}

static void one_event_at_any_step_leaves_a_snapshot_right(void **state)
{
    static struct taken taken;

    for (unsigned event = 0; event < EVENTS; event++) {
        for (size_t more = 0; more <= 20; more += 10) {
            unsigned at = 1;

            while (snapshot_with_event(*state, event, at, more, &taken)) {
                at++;
            }
            assert_true(at > 20);
        }
    }
}

/* One more of each than is needed is room for one more block. */
static void an_account_that_grows_takes_the_room_that_is_left(void **state)
{
    static struct taken taken;
    bool grown = false;

    for (unsigned at = 1; snapshot_with_event(*state, 2, at, 1, &taken); at++) {
        assert_int_equal(taken.snapshot.blocks_missing, 0);
        grown = grown || (taken.snapshot.block_count == 22 && taken.tasks[1].account_count == 2);
        assert_in_range(taken.snapshot.block_count, 21, 22);
    }
    assert_true(grown);
}

static void without_room_the_block_that_came_is_counted_as_missing(void **state)
{
    static struct taken taken;
    bool missing = false;

    for (unsigned at = 1; snapshot_with_event(*state, 2, at, 0, &taken); at++) {
        assert_int_equal(taken.snapshot.block_count, 21);
        missing = missing || taken.snapshot.blocks_missing == 1;
        assert_in_range(taken.snapshot.blocks_missing, 0, 1);
    }
    assert_true(missing);
}

static void the_victim_swaps_a_block(struct meanwhile *meanwhile)
{
    struct bench *bench = meanwhile->bench;
    uint32_t serial = ledger_serial(&bench->hl->ledger, meanwhile->victim);
    struct bench_block *block = bench->blocks;

    while (block->ptr == NULL || block->serial != serial) {
        block++;
    }
    bench_free(bench, block->ptr);
    assert_non_null(bench_alloc(bench, meanwhile->victim, 100, 2));
}

/* On the second heap: two blocks of the victim, with blocks of others between and at the end, of which
 * the last one is damaged. Returns the damaged one. */
static unsigned char *damage_scene(struct meanwhile *meanwhile, struct bench *bench)
{
    unsigned char *last;
    uint32_t other;

    memset(meanwhile, 0, sizeof(*meanwhile));
    bench_reset(bench, false);
    meanwhile->bench = bench;
    other = bench_task(bench, "other");
    meanwhile->victim = bench_task(bench, "victim");
    meanwhile->heir = other;
    last = bench_alloc(bench, other, 40, 2); /* new blocks come before older ones */
    bench_alloc(bench, other, 12, 2);
    bench_alloc(bench, meanwhile->victim, 12, 2);
    bench_alloc(bench, other, 12, 2);
    bench_alloc(bench, meanwhile->victim, 12, 2);
    bench_alloc(bench, other, 12, 2);
    memset(last - 4, 0xff, 4);
    return last;
}

/* The account of the damaged heap that belongs to the victim; NULL: it vanished before, or between the task
 * and its accounts. */
static const struct hl_account_info *account_of(const struct hl_snapshot *s, const char *name)
{
    for (size_t i = 0; i < s->task_count; i++) {
        if (strcmp(s->tasks[i].name, name) == 0) {
            return s->tasks[i].account_count != 0 ? &s->accounts[s->tasks[i].first_account] : NULL;
        }
    }
    return NULL;
}

/* Damage is met after the heap was used: what was listed before it adds up, and what the ledger says of
 * an id that is somebody else's by then is not taken for the victim's. */
static void damage_after_changes_leaves_what_adds_up(void **state)
{
    static void (*const before_damage[])(struct meanwhile *) = {
        the_victim_vanishes,
        the_victims_slot_is_used_again,
        the_victim_swaps_a_block,
    };
    struct bench *bench = *state;
    static struct taken taken;
    static struct meanwhile meanwhile;

    for (size_t event = 0; event < 3; event++) {
        bool more = true;

        for (unsigned at = 1; more; at++) {
            const struct hl_account_info *account;

            damage_scene(&meanwhile, bench);
            meanwhile.event = before_damage[event];
            meanwhile.at = at;
            begin(&meanwhile);
            assert_int_equal(take(bench, &taken, 10, 20, 40), HL_ERR_DAMAGED);
            more = bench->port.unlocks >= at;
            end(&meanwhile, 0);
            assert_int_equal(bench->faults, 1);
            assert_true(taken.snapshot.changed);
            require_adds_up(&taken.snapshot);
            require_nothing_twice(&taken.snapshot);
            account = account_of(&taken.snapshot, "victim");
            assert_true(event == 2 || account == NULL || account->current <= 24);
        }
    }
    bench->faults = 0;
}

/*
 * Visits, surveys and checks.
 */

struct visited {
    uint32_t task;    /* serial number of the last one */
    int heap;         /* of the last account */
    const void *last; /* block */
    uint32_t third;   /* serial number of the last task with an account on the third heap */
    size_t count;
    struct hl_block_info blocks[VISITED];
};

static bool visit_task(void *context, const struct hl_task_info *task)
{
    struct visited *visited = context;

    assert_true(visited->task == 0 || task->serial < visited->task);
    visited->task = task->serial;
    visited->heap = -1;
    return true;
}

static bool visit_account(void *context, const struct hl_task_info *task,
                          const struct hl_account_info *account)
{
    struct visited *visited = context;

    assert_int_equal(task->serial, visited->task);
    assert_true(account->heap > visited->heap);
    visited->heap = account->heap;
    if (account->heap == 2) {
        visited->third = task->serial;
    }
    visited->last = NULL;
    return true;
}

static bool visit_block(void *context, const struct hl_block_info *block)
{
    struct visited *visited = context;

    assert_true(visited->task == 0 || block->owner == visited->task);
    assert_true(visited->last == NULL || visited->last < block->address);
    visited->last = block->address;
    assert_true(visited->count < VISITED);
    visited->blocks[visited->count++] = *block;
    return true;
}

/* What stayed was visited once. `heap`: only there; -1: everywhere. */
static void require_visited(const struct meanwhile *meanwhile, const struct visited *visited,
                            int heap)
{
    for (size_t i = 0; i < BENCH_BLOCKS; i++) {
        const struct bench_block *block = &meanwhile->before[i];
        size_t times = 0;

        if (!stayed(meanwhile, i)) {
            continue;
        }
        for (size_t k = 0; k < visited->count; k++) {
            if (visited->blocks[k].address == block->ptr) {
                assert_int_equal(visited->blocks[k].size, block->size);
                assert_int_equal(visited->blocks[k].owner, block->serial);
                times++;
            }
        }
        assert_int_equal(times, heap < 0 || heap == block->heap ? 1 : 0);
    }
}

static const struct hl_visitor whole_visitor = {
    .task = visit_task, .account = visit_account, .block = visit_block};

static void visits_of_tasks_are_right_whatever_happens_meanwhile(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, SEEDS)) {
        static struct meanwhile meanwhile;
        static struct visited visited;
        struct hl_visitor visitor = whole_visitor;
        unsigned operations;
        int result;

        memset(&visited, 0, sizeof(visited));
        visitor.context = &visited;
        random_scene(&meanwhile, bench);
        operations = bench->operations;
        begin(&meanwhile);
        result = hl_visit_tasks(bench->hl, 0, &visitor);
        assert_int_equal(result, end(&meanwhile, operations));
        require_visited(&meanwhile, &visited, -1);
    }
}

static void one_event_at_any_step_leaves_a_visit_right(void **state)
{
    struct bench *bench = *state;

    for (unsigned event = 0; event < EVENTS; event++) {
        bool more = true;

        for (unsigned at = 1; more; at++) {
            static struct meanwhile meanwhile;
            static struct visited visited;
            struct hl_visitor visitor = whole_visitor;
            unsigned operations;
            uint32_t victim;
            int result;

            memset(&visited, 0, sizeof(visited));
            visitor.context = &visited;
            event_scene(&meanwhile, bench, at % 2 == 0);
            meanwhile.event = events[event];
            meanwhile.at = at;
            victim = ledger_serial(&bench->hl->ledger, meanwhile.victim);
            operations = bench->operations;
            begin(&meanwhile);
            result = hl_visit_tasks(bench->hl, 0, &visitor);
            more = bench->port.unlocks >= at;
            assert_int_equal(result, end(&meanwhile, operations));
            require_visited(&meanwhile, &visited, -1);
            if (meanwhile.event == the_victims_slot_is_used_again) {
                assert_int_not_equal(visited.third, victim); /* that account is not the victim's */
            }
        }
    }
}

/* Wanted alone, it is told in full or not found. */
static void a_task_that_vanishes_while_it_is_looked_for_is_not_found(void **state)
{
    struct bench *bench = *state;
    bool found = false;
    bool vanished = false;

    for (unsigned at = 1; !found; at++) {
        static struct meanwhile meanwhile;
        static struct taken taken;
        static struct visited visited;
        struct hl_visitor visitor = whole_visitor;
        uint32_t serial;
        int result;

        memset(&visited, 0, sizeof(visited));
        visitor.context = &visited;
        event_scene(&meanwhile, bench, false);
        meanwhile.event = the_victim_vanishes;
        meanwhile.at = at;
        serial = ledger_serial(&bench->hl->ledger, meanwhile.victim);
        begin(&meanwhile);
        result = hl_visit_tasks(bench->hl, serial, &visitor);
        found = bench->port.unlocks < at;
        vanished = vanished || result == HL_ERR_NOT_FOUND;
        assert_true(result == HL_ERR_NOT_FOUND ? visited.task == 0 : visited.task == serial);

        end(&meanwhile, 0);
        event_scene(&meanwhile, bench, false);
        meanwhile.event = the_victim_vanishes;
        meanwhile.at = at;
        begin(&meanwhile);
        memset(&taken, 0, sizeof(taken));
        taken.snapshot.tasks = taken.tasks;
        taken.snapshot.task_room = 1;
        result = hl_snapshot(bench->hl, serial, &taken.snapshot);
        assert_true(result == 0 || result == HL_ERR_NOT_FOUND);
        assert_int_equal(taken.snapshot.task_count, result == 0 ? 1 : 0);
        end(&meanwhile, 0);
    }
    assert_true(vanished);
}

static void visits_of_blocks_are_right_whatever_happens_meanwhile(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, SEEDS)) {
        static struct meanwhile meanwhile;
        static struct visited visited;
        int heap = (int)(bench->seed % BENCH_HEAPS);
        unsigned operations;
        int result;

        memset(&visited, 0, sizeof(visited));
        random_scene(&meanwhile, bench);
        operations = bench->operations;
        begin(&meanwhile);
        result = hl_visit_blocks(bench->hl, heap, visit_block, &visited);
        assert_int_equal(result, end(&meanwhile, operations));
        require_visited(&meanwhile, &visited, heap);
    }
}

static void surveys_and_checks_say_that_something_changed(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, SEEDS)) {
        static struct meanwhile meanwhile;
        struct hl_heap_survey survey;
        struct hl_fault fault;
        unsigned operations;
        int heap = (int)(bench->seed % BENCH_HEAPS);

        random_scene(&meanwhile, bench);
        operations = bench->operations;
        begin(&meanwhile);
        assert_int_equal(hl_caps_survey(bench->hl, BENCH_ANYWHERE, &survey), 0);
        assert_int_equal(survey.changed, end(&meanwhile, operations));
        assert_true(survey.fragmentation <= 1000);

        operations = bench->operations;
        fault.heap = 77; /* written with damage only */
        begin(&meanwhile);
        assert_int_equal(hl_check(bench->hl, heap, &fault), HL_ERR_CHANGED);
        assert_int_equal(fault.heap, 77);
        assert_true(end(&meanwhile, operations));
        assert_int_equal(hl_check(bench->hl, heap, &fault), 0);
    }
}

static void one_event_at_any_step_never_makes_a_sound_heap_look_damaged(void **state)
{
    struct bench *bench = *state;

    for (unsigned event = 0; event < EVENTS; event++) {
        bool more = true;

        for (unsigned at = 1; more; at++) {
            static struct meanwhile meanwhile;
            struct hl_fault fault;
            int result;

            event_scene(&meanwhile, bench, at % 2 == 0);
            meanwhile.event = events[event];
            meanwhile.at = at;
            begin(&meanwhile);
            result = hl_check(bench->hl, 0, &fault);
            more = bench->port.unlocks >= at;
            if (at > 1 &&
                at + 1 < bench->port.unlocks) { /* after it began, before the last comparison */
                assert_int_equal(result, HL_ERR_CHANGED);
            } else {
                assert_true(result == 0 || (result == HL_ERR_CHANGED && more));
            }
            end(&meanwhile, 0);
            assert_int_equal(hl_check(bench->hl, 0, &fault), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
        TEST(snapshots_are_right_whatever_happens_meanwhile),
        TEST(one_event_at_any_step_leaves_a_snapshot_right),
        TEST(an_account_that_grows_takes_the_room_that_is_left),
        TEST(without_room_the_block_that_came_is_counted_as_missing),
        TEST(damage_after_changes_leaves_what_adds_up),
        TEST(visits_of_tasks_are_right_whatever_happens_meanwhile),
        TEST(one_event_at_any_step_leaves_a_visit_right),
        TEST(a_task_that_vanishes_while_it_is_looked_for_is_not_found),
        TEST(visits_of_blocks_are_right_whatever_happens_meanwhile),
        TEST(surveys_and_checks_say_that_something_changed),
        TEST(one_event_at_any_step_never_makes_a_sound_heap_look_damaged),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
