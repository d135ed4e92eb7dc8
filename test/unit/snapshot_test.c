/* SPDX-License-Identifier: MIT */
/* hl_snapshot and hl_snapshot_needs while nobody else uses the heap. */
#include "bench.h"

enum {
    ROOM = 64
};

/* A snapshot and arrays for it; what lies behind the room given must stay as it was. */
struct taken {
    struct hl_snapshot snapshot;
    struct hl_task_info tasks[ROOM];
    struct hl_account_info accounts[ROOM];
    struct hl_block_info blocks[ROOM];
};

static int take(struct bench *bench, uint32_t serial, struct taken *taken, size_t tasks,
                size_t accounts, size_t blocks)
{
    int result;

    memset(taken, 0xa5, sizeof(*taken));
    taken->snapshot.tasks = tasks != 0 ? taken->tasks : NULL;
    taken->snapshot.task_room = tasks;
    taken->snapshot.accounts = accounts != 0 ? taken->accounts : NULL;
    taken->snapshot.account_room = accounts;
    taken->snapshot.blocks = blocks != 0 ? taken->blocks : NULL;
    taken->snapshot.block_room = blocks;
    result = hl_snapshot(bench->hl, serial, &taken->snapshot);
    assert_true(taken->snapshot.task_count <= tasks);
    assert_true(taken->snapshot.account_count <= accounts);
    assert_true(taken->snapshot.block_count <= blocks);
    for (const unsigned char *p = (const void *)&taken->tasks[tasks];
         p < (const unsigned char *)&taken->tasks[ROOM]; p++) {
        assert_int_equal(*p, 0xa5);
    }
    for (const unsigned char *p = (const void *)&taken->accounts[accounts];
         p < (const unsigned char *)&taken->accounts[ROOM]; p++) {
        assert_int_equal(*p, 0xa5);
    }
    for (const unsigned char *p = (const void *)&taken->blocks[blocks];
         p < (const unsigned char *)&taken->blocks[ROOM]; p++) {
        assert_int_equal(*p, 0xa5);
    }
    return result;
}

static void take_all(struct bench *bench, uint32_t serial, struct taken *taken)
{
    assert_int_equal(take(bench, serial, taken, ROOM, ROOM, ROOM), 0);
    assert_int_equal(taken->snapshot.tasks_missing, 0);
    assert_int_equal(taken->snapshot.accounts_missing, 0);
    assert_int_equal(taken->snapshot.blocks_missing, 0);
    assert_false(taken->snapshot.changed);
}

/* A mixed scene: who owns what is told by the names of the tasks. Returns the ids. */
struct scene {
    uint32_t older, newer, silent, dead;
};

static struct scene set_scene(struct bench *bench)
{
    struct scene scene;

    bench_reset(bench, true);
    scene.older = bench_task(bench, "older");
    scene.dead = bench_task(bench, "dead");
    scene.silent = bench_task(bench, "silent");
    scene.newer = bench_task(bench, "newer");
    bench_alloc(bench, HL_TASK_PRE_SCHEDULER, 40, 1);
    bench_alloc(bench, HL_TASK_PRE_SCHEDULER, 40, 1);
    bench_alloc(bench, scene.newer, 100, 4);
    bench_alloc(bench, scene.older, 24, 2);
    bench_alloc(bench, scene.newer, 200, 1);
    bench_alloc(bench, scene.newer, 20, 1);
    bench_alloc(bench, scene.dead, 300, 2);
    bench_alloc(bench, scene.older, 48, 2);
    bench_free(bench, bench_alloc(bench, scene.older, 500, 1));
    bench_alloc(bench, HL_TASK_ISR, 30, 2);
    bench_delete(bench, scene.dead);
    return scene;
}

static void an_unused_instance_has_nothing_to_list(void **state)
{
    struct bench *bench = *state;
    struct hl_snapshot_needs needs;
    struct taken taken;

    assert_int_equal(hl_snapshot_needs(bench->hl, 0, &needs), 0);
    assert_int_equal(needs.tasks + needs.accounts + needs.blocks, 0);
    take_all(bench, 0, &taken);
    assert_int_equal(taken.snapshot.task_count, 0);
    assert_int_equal(taken.snapshot.account_count, 0);
    assert_int_equal(taken.snapshot.block_count, 0);
}

static void tasks_are_listed_newest_first_and_pseudo_tasks_last(void **state)
{
    static const char *const names[] = {"newer",      "silent", "dead",         "older",
                                        "(overflow)", "(isr)",  "Pre-scheduler"};
    struct bench *bench = *state;
    struct taken taken;
    struct scene scene = set_scene(bench);

    bench_alloc(bench, HL_TASK_OVERFLOW, 8, 1);
    take_all(bench, 0, &taken);
    assert_int_equal(taken.snapshot.task_count, 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(taken.tasks[i].name, names[i]);
        assert_int_equal(taken.tasks[i].alive, strcmp(names[i], "dead") != 0);
        assert_int_equal(taken.tasks[i].folded, 0);
        if (i > 0) {
            assert_true(taken.tasks[i].serial < taken.tasks[i - 1].serial);
        }
    }
    assert_int_equal(taken.tasks[0].id, scene.newer);
    assert_ptr_equal(taken.tasks[0].handle, bench);
    assert_int_equal(taken.tasks[6].id, HL_TASK_PRE_SCHEDULER);
    assert_int_equal(taken.tasks[6].serial, 1);
    assert_null(taken.tasks[6].handle);
    assert_int_equal(taken.tasks[5].serial, 2);
    assert_int_equal(taken.tasks[4].serial, 3);
}

static void a_deleted_task_that_is_kept_is_listed_and_not_alive(void **state)
{
    struct bench *bench = *state;
    struct taken taken;

    bench_reset(bench, true);
    bench_delete(bench, bench_task(bench, "kept"));
    take_all(bench, 0, &taken);
    assert_int_equal(taken.snapshot.task_count, 1);
    assert_string_equal(taken.tasks[0].name, "kept");
    assert_false(taken.tasks[0].alive);
}

static void a_slot_used_again_does_not_disturb_the_order(void **state)
{
    struct bench *bench = *state;
    struct taken taken;
    uint32_t first = bench_task(bench, "first");

    bench_task(bench, "second");
    for (int i = 0; i < BENCH_TASKS - 2; i++) {
        bench_task(bench, "filler");
    }
    bench_delete(bench, first);
    assert_int_equal(bench_task(bench, "again"), first);
    take_all(bench, 0, &taken);
    assert_int_equal(taken.snapshot.task_count, BENCH_TASKS);
    assert_string_equal(taken.tasks[0].name, "again");
    assert_string_equal(taken.tasks[BENCH_TASKS - 1].name, "second");
}

static void a_pseudo_task_is_listed_once_it_was_charged(void **state)
{
    struct bench *bench = *state;
    struct taken taken;

    assert_int_equal(take(bench, HL_TASK_ISR + 1, &taken, ROOM, ROOM, ROOM), HL_ERR_NOT_FOUND);
    bench_free(bench, bench_alloc(bench, HL_TASK_ISR, 10, 1));
    take_all(bench, HL_TASK_ISR + 1, &taken);
    assert_int_equal(taken.snapshot.task_count, 1);
    assert_int_equal(taken.snapshot.account_count, 1);
    assert_int_equal(taken.tasks[0].current, 0);
    assert_int_equal(taken.tasks[0].peak, 12);
    take_all(bench, 0, &taken);
    assert_int_equal(taken.snapshot.task_count, 1);
}

static void accounts_say_what_a_task_holds_on_each_heap(void **state)
{
    struct bench *bench = *state;
    struct taken taken;

    set_scene(bench);
    take_all(bench, hl_find_name(bench->hl, "older"), &taken);
    assert_int_equal(taken.snapshot.task_count, 1);
    assert_int_equal(taken.snapshot.account_count, 2);
    assert_int_equal(taken.tasks[0].first_account, 0);
    assert_int_equal(taken.tasks[0].account_count, 2);
    assert_int_equal(taken.tasks[0].current, 28 + 52);
    assert_int_equal(taken.tasks[0].peak, 28 + 52 + 500);

    assert_int_equal(taken.accounts[0].heap, 0); /* nothing is left, and it is listed */
    assert_string_equal(taken.accounts[0].name, "first");
    assert_int_equal(taken.accounts[0].current, 0);
    assert_int_equal(taken.accounts[0].peak, 500);
    assert_int_equal(taken.accounts[0].blocks, 0);
    assert_int_equal(taken.accounts[0].listed, 0);

    assert_int_equal(taken.accounts[1].heap, 1);
    assert_string_equal(taken.accounts[1].name, "second");
    assert_int_equal(taken.accounts[1].caps, 2 | BENCH_ANYWHERE);
    assert_int_equal(taken.accounts[1].size, BENCH_HEAP_BYTES);
    assert_int_equal(taken.accounts[1].current, 28 + 52);
    assert_int_equal(taken.accounts[1].peak, 28 + 52);
    assert_int_equal(taken.accounts[1].blocks, 2);
    assert_int_equal(taken.accounts[1].first_block, 0);
    assert_int_equal(taken.accounts[1].listed, 2);
    assert_true(taken.blocks[0].address < taken.blocks[1].address);
    assert_int_equal(taken.blocks[0].size + taken.blocks[1].size, 28 + 52);
}

/* Every rule of adding up and of order that holds for each snapshot; `bench` says what is live. */
static void require_sound(struct bench *bench, const struct taken *taken)
{
    const struct hl_snapshot *s = &taken->snapshot;
    size_t account_index = 0;
    size_t block_index = 0;

    for (size_t t = 0; t < s->task_count; t++) {
        const struct hl_task_info *task = &s->tasks[t];
        uint32_t in_accounts = 0;
        int last_heap = -1;

        assert_int_equal(task->first_account, account_index);
        for (size_t a = 0; a < task->account_count; a++) {
            const struct hl_account_info *account = &s->accounts[account_index++];
            const unsigned char *last = NULL;
            uint32_t in_blocks = 0;

            assert_true(account->heap > last_heap);
            last_heap = account->heap;
            assert_int_equal(account->first_block, block_index);
            assert_true(account->listed <= account->blocks);
            for (size_t b = 0; b < account->listed; b++) {
                const struct hl_block_info *block = &s->blocks[block_index++];
                const struct bench_block *known = bench_find(bench, block->address);

                assert_true((const unsigned char *)block->address > last);
                last = block->address;
                assert_non_null(known);
                assert_int_equal(known->heap, account->heap);
                assert_int_equal(known->serial, task->serial);
                assert_int_equal(block->owner, task->serial);
                assert_int_equal(block->size, known->size);
                in_blocks += block->size;
            }
            if (account->listed == account->blocks) {
                assert_int_equal(account->current, in_blocks);
            }
            assert_true(account->peak >= account->current);
            in_accounts += account->current;
        }
        if (s->accounts_missing == 0) {
            assert_int_equal(task->current, in_accounts);
        }
        assert_true(task->peak >= task->current);
    }
    assert_int_equal(account_index, s->account_count);
    assert_int_equal(block_index, s->block_count);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The newest tasks, of those the first accounts, of those the first blocks. */
static void require_first_part(const struct taken *whole, const struct taken *part, size_t tasks,
                               size_t accounts, size_t blocks)
{
    const struct hl_snapshot *w = &whole->snapshot;
    const struct hl_snapshot *p = &part->snapshot;
    size_t of_tasks = 0;
    size_t of_accounts = 0;

    assert_int_equal(p->task_count, least(tasks, w->task_count));
    for (size_t i = 0; i < p->task_count; i++) {
        assert_int_equal(p->tasks[i].serial, w->tasks[i].serial);
        assert_int_equal(p->tasks[i].current, w->tasks[i].current);
        assert_int_equal(p->tasks[i].peak, w->tasks[i].peak);
        of_tasks += w->tasks[i].account_count;
    }
    assert_int_equal(p->account_count, least(accounts, of_tasks));
    for (size_t i = 0; i < p->account_count; i++) {
        assert_int_equal(p->accounts[i].heap, w->accounts[i].heap);
        assert_int_equal(p->accounts[i].current, w->accounts[i].current);
        assert_int_equal(p->accounts[i].peak, w->accounts[i].peak);
        assert_int_equal(p->accounts[i].blocks, w->accounts[i].blocks);
        of_accounts += w->accounts[i].listed;
    }
    assert_int_equal(p->block_count, least(blocks, of_accounts));
    if (p->block_count != 0) {
        assert_memory_equal(p->blocks, w->blocks, p->block_count * sizeof(*p->blocks));
    }
    assert_int_equal(p->task_count + p->tasks_missing, w->task_count);
    assert_int_equal(p->account_count + p->accounts_missing, w->account_count);
    assert_int_equal(p->block_count + p->blocks_missing, w->block_count);
}

static void every_room_too_small_is_filled_and_what_is_missing_is_counted(void **state)
{
    struct bench *bench = *state;
    struct taken whole, part;
    struct hl_snapshot_needs needs;

    set_scene(bench);
    take_all(bench, 0, &whole);
    require_sound(bench, &whole);
    assert_int_equal(hl_snapshot_needs(bench->hl, 0, &needs), 0);
    assert_int_equal(needs.tasks, whole.snapshot.task_count);
    assert_int_equal(needs.accounts, whole.snapshot.account_count);
    assert_int_equal(needs.blocks, whole.snapshot.block_count);
    assert_int_equal(needs.tasks, 6);
    assert_int_equal(needs.accounts, 7);
    assert_int_equal(needs.blocks, 9);
    for (size_t tasks = 0; tasks <= needs.tasks + 1; tasks++) {
        for (size_t accounts = 0; accounts <= needs.accounts + 1; accounts++) {
            for (size_t blocks = 0; blocks <= needs.blocks + 1; blocks++) {
                assert_int_equal(take(bench, 0, &part, tasks, accounts, blocks), 0);
                require_sound(bench, &part);
                require_first_part(&whole, &part, tasks, accounts, blocks);
                assert_false(part.snapshot.changed);
            }
        }
    }
}

static void one_task_alone_is_as_among_all(void **state)
{
    struct bench *bench = *state;
    struct taken whole, part;
    struct hl_snapshot_needs needs;

    set_scene(bench);
    take_all(bench, 0, &whole);
    for (size_t i = 0; i < whole.snapshot.task_count; i++) {
        const struct hl_task_info *task = &whole.tasks[i];
        const struct hl_account_info *account = &whole.accounts[task->first_account];
        size_t blocks = 0;

        take_all(bench, task->serial, &part);
        require_sound(bench, &part);
        assert_int_equal(part.snapshot.task_count, 1);
        assert_int_equal(part.tasks[0].serial, task->serial);
        assert_string_equal(part.tasks[0].name, task->name);
        assert_int_equal(part.tasks[0].current, task->current);
        assert_int_equal(part.snapshot.account_count, task->account_count);
        for (size_t k = 0; k < task->account_count; k++) {
            blocks += account[k].listed;
        }
        assert_int_equal(part.snapshot.block_count, blocks);
        assert_int_equal(hl_snapshot_needs(bench->hl, task->serial, &needs), 0);
        assert_int_equal(needs.tasks, 1);
        assert_int_equal(needs.accounts, task->account_count);
        assert_int_equal(needs.blocks, blocks);
        assert_int_equal(take(bench, task->serial, &part, 0, 0, 0), 0);
        assert_int_equal(part.snapshot.tasks_missing, 1);
        assert_int_equal(part.snapshot.accounts_missing, task->account_count);
        assert_int_equal(part.snapshot.blocks_missing, blocks);
    }
}

static void a_task_that_is_not_listed_is_not_found(void **state)
{
    struct bench *bench = *state;
    struct hl_snapshot_needs needs;
    struct taken taken;
    uint32_t id = bench_task(bench, "short");
    uint32_t serial = hl_find_name(bench->hl, "short");

    take_all(bench, serial, &taken);
    bench_delete(bench, id);
    assert_int_equal(take(bench, serial, &taken, ROOM, ROOM, ROOM), HL_ERR_NOT_FOUND);
    assert_int_equal(taken.snapshot.task_count, 0);
    assert_int_equal(hl_snapshot_needs(bench->hl, serial, &needs), HL_ERR_NOT_FOUND);
    assert_int_equal(take(bench, 4000, &taken, ROOM, ROOM, ROOM), HL_ERR_NOT_FOUND);
    take_all(bench, 0, &taken); /* the walker was given back */
}

static void folded_tasks_are_shown_with_their_number(void **state)
{
    struct bench *bench = *state;
    struct taken taken;
    uint32_t owed = 0;

    for (int i = 0; i < 7; i++) {
        uint32_t id = bench_task(bench, i < 6 ? "fifteen letters" : "other");

        owed += bench_find(bench, bench_alloc(bench, id, 20 + (size_t)i, 1))->size;
        bench_delete(bench, id);
    }
    while (hl_maintain(bench->hl)) {
    }
    take_all(bench, 0, &taken);
    for (size_t i = 0; i < taken.snapshot.task_count; i++) {
        owed -= taken.tasks[i].current;
        assert_false(taken.tasks[i].alive);
        if (taken.tasks[i].folded != 0) {
            assert_null(taken.tasks[i].handle);
            assert_in_range(taken.tasks[i].folded, 2, 6);
            assert_memory_equal(taken.tasks[i].name, "fifteen letters (", 17);
            assert_int_equal(taken.tasks[i].name[17], '0' + (char)taken.tasks[i].folded);
            assert_string_equal(taken.tasks[i].name + 18, " dead)");
        } else {
            assert_ptr_equal(taken.tasks[i].handle, bench);
        }
    }
    assert_int_equal(owed, 0);
    assert_true(taken.snapshot.task_count < 7);
}

static void numbers_of_folded_tasks_are_written_in_full(void **state)
{
    static const struct {
        uint32_t folded;
        const char *name;
    } cases[] = {
        {0, "worker"}, /* on the way into another account */
        {1, "worker (1 dead)"},
        {9, "worker (9 dead)"},
        {10, "worker (10 dead)"},
        {100, "worker (100 dead)"},
        {1000000007, "worker (1000000007 dead)"},
        {UINT32_MAX, "worker (4294967295 dead)"},
    };
    struct bench *bench = *state;
    struct taken taken;
    struct hl_card *card = ledger_card(&bench->hl->ledger, bench_task(bench, "worker"));

    card->is_folded = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        card->as.folded = cases[i].folded;
        take_all(bench, 0, &taken);
        assert_string_equal(taken.tasks[0].name, cases[i].name);
        assert_int_equal(taken.tasks[0].folded, cases[i].folded);
        assert_null(taken.tasks[0].handle);
    }
}

static void counters_are_copied(void **state)
{
    struct bench *bench = *state;
    struct taken taken;
    uint32_t id = bench_task(bench, "counted");
    uint32_t value = 100;

#define HL_FIELD(name) bench->hl->ledger.tallies[id].name = value++;
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
    take_all(bench, 0, &taken);
    value = 100;
#define HL_FIELD(name) assert_int_equal(taken.tasks[0].name, value++);
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
    (void)id;
    (void)value;
}

static int add_foreign(struct bench *bench)
{
    struct hl_heap_desc desc = {.name = "foreign", .size = 1000, .caps = {16, 32, 0}};

    return hl_add_foreign_heap(bench->hl, &desc);
}

static void a_foreign_heap_takes_no_room_for_blocks(void **state)
{
    struct bench *bench = *state;
    struct taken taken;
    uint32_t older = bench_task(bench, "older");
    uint32_t newer = bench_task(bench, "newer");
    int foreign = add_foreign(bench);

    bench_alloc(bench, older, 20, 1);
    assert_int_equal(hl_charge(bench->hl, foreign, (int)newer, 70), 0);
    assert_int_equal(take(bench, 0, &taken, 2, 2, 1), 0);
    assert_int_equal(taken.snapshot.block_count, 1);
    assert_int_equal(taken.snapshot.blocks_missing, 0);
}

static void a_foreign_heap_has_accounts_and_no_blocks(void **state)
{
    struct bench *bench = *state;
    struct hl_snapshot_needs needs;
    struct taken taken;
    uint32_t id = bench_task(bench, "both");
    int foreign = add_foreign(bench);

    assert_int_equal(foreign, BENCH_HEAPS);
    bench_alloc(bench, id, 20, 1);
    assert_int_equal(hl_charge(bench->hl, foreign, (int)id, 70), 0);
    assert_int_equal(hl_charge(bench->hl, foreign, (int)id, 5), 0);
    assert_int_equal(hl_snapshot_needs(bench->hl, 0, &needs), 0);
    assert_int_equal(needs.accounts, 2);
    assert_int_equal(needs.blocks, 1);
    take_all(bench, 0, &taken);
    assert_int_equal(taken.snapshot.account_count, 2);
    assert_int_equal(taken.snapshot.block_count, 1);
    assert_int_equal(taken.accounts[1].heap, foreign);
    assert_string_equal(taken.accounts[1].name, "foreign");
    assert_int_equal(taken.accounts[1].caps, 16 | 32);
    assert_int_equal(taken.accounts[1].current, 75);
    assert_int_equal(taken.accounts[1].blocks, 2);
    assert_int_equal(taken.accounts[1].listed, 0);
    assert_int_equal(taken.tasks[0].current, 20 + 75);
    for (size_t rooms = 0; rooms < 2; rooms++) { /* not missing either */
        assert_int_equal(take(bench, 0, &taken, 1, rooms, 0), 0);
        assert_int_equal(taken.snapshot.blocks_missing, 1);
        assert_int_equal(taken.snapshot.accounts_missing, 2 - rooms);
        assert_int_equal(take(bench, 0, &taken, 0, 0, 0), 0);
        assert_int_equal(taken.snapshot.blocks_missing, 1);
    }
}

/* The damage is in the second heap; what the first one holds is listed, and its accounts add up. */
static void a_damaged_header_ends_the_snapshot_and_is_reported_once(void **state)
{
    struct bench *bench = *state;
    struct taken taken;
    unsigned char *damaged;
    uint32_t head;
    uint32_t id = bench_task(bench, "victim");

    bench_alloc(bench, id, 20, 1);
    bench_alloc(bench, id, 20, 2);
    damaged = bench_alloc(bench, id, 20, 2);
    bench_alloc(bench, id, 20, 2);
    bench_alloc(bench, id, 20, 4);
    memcpy(&head, damaged - 4, 4);
    memset(damaged - 4, 0xff, 4);
    assert_int_equal(take(bench, 0, &taken, ROOM, ROOM, 0), 0); /* without blocks: no walk */
    assert_int_equal(bench->faults, 0);
    assert_int_equal(take(bench, 0, &taken, ROOM, ROOM, ROOM), HL_ERR_DAMAGED);
    assert_int_equal(bench->faults, 1);
    assert_int_equal(bench->fault.heap, 1);
    assert_ptr_equal(bench->fault.address, damaged);
    assert_true(taken.snapshot.changed);
    assert_int_equal(taken.snapshot.task_count, 1);
    assert_int_equal(taken.snapshot.account_count, 3);
    assert_int_equal(taken.accounts[0].listed, 1);
    assert_int_equal(taken.accounts[0].current, 20);
    assert_in_range(taken.accounts[1].listed, 0, 1);
    assert_int_equal(taken.accounts[1].blocks, 3); /* what the ledger says */
    assert_int_equal(taken.accounts[1].current, 60);
    assert_int_equal(taken.accounts[2].listed, 0);
    assert_int_equal(taken.accounts[2].blocks, 1);
    assert_int_equal(taken.snapshot.block_count + taken.snapshot.blocks_missing, 5);
    memcpy(damaged - 4, &head, 4);
    take_all(bench, 0, &taken);
    assert_int_equal(taken.snapshot.block_count, 5);
    bench->faults = 0;
}

/* Live blocks that a plain walk sees before it meets the damage. */
static bool count_live(void *context, const struct hl_block_info *block)
{
    *(size_t *)context += block->owner != 0 ? 1 : 0;
    return true;
}

/* Whatever a head says, and wherever it lies among others: the tight loop that lists blocks finds what the
 * plain walk finds, and lists what that has seen before. */
static void damage_is_met_where_a_walk_meets_it(void **state)
{
    struct bench *bench = *state;
    struct taken taken;
    unsigned char *ptrs[24];
    uint32_t ids[2];

    ids[0] = bench_task(bench, "a");
    ids[1] = bench_task(bench, "b");
    for (size_t i = 0; i < 24; i++) {
        ptrs[i] = bench_alloc(bench, ids[i % 3 == 0], 12 + 8 * (i % 4), 1);
    }
    bench_free(bench, ptrs[7]);
    bench_free(bench, ptrs[15]);
    for (size_t i = 0; i < 24; i++) {
        struct block *b = block_of(ptrs[i]);
        uint32_t head = b->head;
        uint32_t tag = head & BLOCK_TAG_MASK;
        const uint32_t heads[] = {
            tag,
            tag | block_free_head(HL_ALIGN),
            tag | block_free_head(BLOCK_MAX_SPAN),
            tag | block_free_head(block_span(head) + HL_ALIGN),
            head ^ BLOCK_PREV_FREE,
            head ^ BLOCK_USED,
            0,
            UINT32_MAX,
        };

        for (size_t k = 0; i != 7 && i != 15 && k < sizeof(heads) / sizeof(heads[0]); k++) {
            struct hl_fault fault;
            size_t live = 0;

            b->head = heads[k];
            if (hl_visit_blocks(bench->hl, 0, count_live, &live) == HL_ERR_DAMAGED) {
                fault = bench->fault;
                bench->faults = 0;
                assert_int_equal(take(bench, 0, &taken, ROOM, ROOM, ROOM), HL_ERR_DAMAGED);
                assert_int_equal(bench->faults, 1);
                assert_int_equal(bench->fault.reason, fault.reason);
                assert_ptr_equal(bench->fault.address, fault.address);
                assert_int_equal(taken.snapshot.block_count, live);
                assert_true(taken.snapshot.changed);
            }
            b->head = head;
        }
    }
    for (size_t i = 7; i < 24; i += 8) { /* the foot of a free block */
        struct block *b = block_of(ptrs[i]);
        hl_word *foot = block_foot(block_at(b, block_span(b->head)));

        if (!block_used(b->head)) {
            *foot ^= BLOCK_USED;
            assert_int_equal(take(bench, 0, &taken, ROOM, ROOM, ROOM), HL_ERR_DAMAGED);
            assert_ptr_equal(bench->fault.address, ptrs[i]);
            *foot ^= BLOCK_USED;
        }
    }
    take_all(bench, 0, &taken);
    assert_int_equal(taken.snapshot.block_count, 22);
    bench->faults = 0;
}

/* Room for fewer blocks than there are. */
static void blocks_that_miss_their_range_are_missing(void **state)
{
    struct bench *bench = *state;
    struct taken taken;
    uint32_t id = bench_task(bench, "many");

    for (size_t i = 0; i < 20; i++) {
        bench_alloc(bench, id, 20, 1);
    }
    for (size_t room = 1; room <= 20; room++) {
        assert_int_equal(take(bench, 0, &taken, ROOM, ROOM, room), 0);
        assert_int_equal(taken.snapshot.block_count, room);
        assert_int_equal(taken.snapshot.blocks_missing, 20 - room);
        assert_int_equal(taken.accounts[0].blocks, 20);
        assert_int_equal(taken.accounts[0].current, 20 * 20);
    }
}

static void a_peak_that_the_blocks_exceed_is_raised(void **state)
{
    struct bench *bench = *state;
    struct taken taken;
    uint32_t id = bench_task(bench, "grown");

    bench_alloc(bench, id, 20, 1);
    bench->hl->ledger.balances[id].peak = 5; /* as if the block had come between two steps */
    bench->hl->heaps[0].accounts[id].peak = 7;
    bench->hl->heaps[0].accounts[id].current = 0;
    bench->hl->heaps[0].accounts[id].blocks = 0;
    bench->hl->ledger.balances[id].current = 5;
    take_all(bench, 0, &taken);
    assert_int_equal(taken.accounts[0].current, 20);
    assert_int_equal(taken.accounts[0].peak, 20);
    assert_int_equal(taken.tasks[0].current, 20);
    assert_int_equal(taken.tasks[0].peak, 20);
}

static void many_random_scenes_are_told_as_they_are(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, 200)) {
        struct taken taken;
        size_t listed = 0;

        bench_random_scene(bench, 60);
        take_all(bench, 0, &taken);
        require_sound(bench, &taken);
        for (size_t i = 0; i < BENCH_BLOCKS; i++) {
            listed += bench->blocks[i].ptr != NULL ? 1 : 0;
        }
        assert_int_equal(taken.snapshot.block_count, listed);
        for (size_t i = 0; i < taken.snapshot.task_count; i++) {
            const struct hl_account *books = &bench->hl->ledger.balances[taken.tasks[i].id];

            assert_int_equal(taken.tasks[i].current, books->current);
            assert_int_equal(taken.tasks[i].peak, books->peak);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
        TEST(an_unused_instance_has_nothing_to_list),
        TEST(tasks_are_listed_newest_first_and_pseudo_tasks_last),
        TEST(a_deleted_task_that_is_kept_is_listed_and_not_alive),
        TEST(a_slot_used_again_does_not_disturb_the_order),
        TEST(a_pseudo_task_is_listed_once_it_was_charged),
        TEST(accounts_say_what_a_task_holds_on_each_heap),
        TEST(every_room_too_small_is_filled_and_what_is_missing_is_counted),
        TEST(one_task_alone_is_as_among_all),
        TEST(a_task_that_is_not_listed_is_not_found),
        TEST(folded_tasks_are_shown_with_their_number),
        TEST(numbers_of_folded_tasks_are_written_in_full),
        TEST(counters_are_copied),
        TEST(a_foreign_heap_takes_no_room_for_blocks),
        TEST(a_foreign_heap_has_accounts_and_no_blocks),
        TEST(a_damaged_header_ends_the_snapshot_and_is_reported_once),
        TEST(damage_is_met_where_a_walk_meets_it),
        TEST(blocks_that_miss_their_range_are_missing),
        TEST(a_peak_that_the_blocks_exceed_is_raised),
        TEST(many_random_scenes_are_told_as_they_are),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
