/* SPDX-License-Identifier: MIT */
/* Folding: dead namesakes become one account, step by step, whatever happens in between. */
#include "rig.h"

#include "heapledger/snapshot.h"

#include "walk.h"

enum {
    SHORT = (RIG_TASKS + 3) / 4, /* fewer vacant slots than these are too few */
    MANY = 100000,               /* more steps than anything here takes */
};

static int setup(void **state)
{
    int result = rig_setup(state);

    assert_int_equal(rig_heap(0, 8192), 0);
    assert_int_equal(rig_heap_with(8192, 8192, 2, 0, 0), 1);
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

static void *allocate_in(int heap, uint32_t id, size_t size)
{
    void *ptr;

    rig.port.running = id;
    ptr = hl_malloc(rig.hl, size, heap == 0 ? RIG_CAP : 2);
    rig.port.running = 0;
    assert_non_null(ptr);
    return ptr;
}

/* A task that lives no more, and owes one block in each heap. */
struct corpse {
    uint32_t id;
    uint32_t serial;
    void *blocks[2];
};

static struct corpse die(const char *name, size_t first, size_t second)
{
    struct corpse corpse;

    corpse.id = begin(name);
    corpse.serial = rig.hl->ledger.last_serial;
    corpse.blocks[0] = allocate_in(0, corpse.id, first);
    corpse.blocks[1] = allocate_in(1, corpse.id, second);
    end(corpse.id);
    return corpse;
}

static uint32_t current(uint32_t id)
{
    return rig.hl->ledger.balances[id].current;
}

static uint32_t folded(void)
{
    struct hl_ledger_facts facts;

    hl_ledger_facts(rig.hl, &facts);
    return facts.folded;
}

/* Until there is nothing more to do; heaps and books are sound after each step. Returns the steps. */
static int maintain(void)
{
    int steps = 0;

    while (hl_maintain(rig.hl)) {
        rig_sound();
        assert_true(++steps < MANY);
    }
    rig_sound();
    return steps;
}

/* Steps until the first block has found its new owner. */
static void maintain_a_little(void)
{
    uint32_t before = folded();

    for (int steps = 0; folded() == before; steps++) {
        assert_true(hl_maintain(rig.hl));
        assert_true(steps < MANY);
    }
    rig_sound();
}

/* How a task is shown; false: it is not listed. */
struct shown {
    uint32_t serial;
    bool found;
    struct hl_task_info info;
};

static bool look(void *context, const struct hl_task_info *task)
{
    struct shown *shown = context;

    if (task->serial == shown->serial) {
        shown->found = true;
        shown->info = *task;
    }
    return true;
}

static struct shown show(uint32_t serial)
{
    struct shown shown = {.serial = serial};
    struct hl_visitor visitor = {.task = look, .context = &shown};

    assert_int_equal(hl_visit_tasks(rig.hl, 0, &visitor), 0);
    return shown;
}

static void expect_shown(uint32_t serial, const char *name, uint32_t dead, uint32_t bytes)
{
    struct shown shown = show(serial);

    assert_true(shown.found);
    assert_string_equal(shown.info.name, name);
    assert_int_equal(shown.info.folded, dead);
    assert_int_equal(shown.info.current, bytes);
    assert_false(shown.info.alive);
}

static uint32_t size_of(size_t request)
{
    return rig_span_for(request) - 4;
}

/* As many slots as it takes are taken by tasks that live. */
static void crowd(unsigned vacant)
{
    while (rig.hl->ledger.vacant > vacant) {
        begin("crowd");
    }
}

/* As long as slots are short, and whatever can be folded is. */
static void fold_all(void)
{
    uint32_t before;

    do {
        before = folded();
        crowd(0);
        maintain();
    } while (folded() != before);
}

static void nothing_is_folded_while_there_are_slots(void **state)
{
    (void)state;
    die("worker", 16, 16);
    die("worker", 16, 16);
    crowd(SHORT);
    assert_false(hl_maintain(rig.hl));
    assert_int_equal(maintain(), 0);
    assert_int_equal(folded(), 0);
}

static void dead_namesakes_become_the_oldest_of_them(void **state)
{
    struct corpse old = die("worker", 100, 200);
    struct corpse young = die("worker", 30, 50);

    (void)state;
    crowd(SHORT - 1);
    assert_true(hl_maintain(rig.hl));
    maintain();
    assert_int_equal(folded(), 1);
    expect_shown(old.serial, "worker (2 dead)", 2,
                 size_of(100) + size_of(200) + size_of(30) + size_of(50));
    assert_false(show(young.serial).found);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hl_owner(rig.hl, old.blocks[i]), old.id);
        assert_int_equal(hl_owner(rig.hl, young.blocks[i]), old.id);
        assert_int_equal(rig.hl->heaps[i].accounts[old.id].blocks, 2);
        assert_int_equal(rig.hl->heaps[i].accounts[young.id].blocks, 0);
    }
    assert_int_equal(rig.hl->ledger.vacant, SHORT);
    assert_int_equal(begin("new"), young.id); /* nobody else was waiting longer for a slot */
}

static void the_older_one_stays_wherever_its_slot_is(void **state)
{
    uint32_t first = begin("first");
    struct corpse old = die("worker", 16, 16);
    struct corpse young;

    (void)state;
    crowd(0);
    end(first);
    young = die("worker", 40, 16);
    assert_int_equal(young.id, first);
    assert_true(young.id < old.id);
    maintain();
    expect_shown(old.serial, "worker (2 dead)", 2, 3 * size_of(16) + size_of(40));
    assert_false(show(young.serial).found);
}

static void folded_accounts_are_folded_further_and_the_count_is_right(void **state)
{
    uint32_t serial = rig.hl->ledger.last_serial + 1;
    uint32_t bytes = 0;

    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        size_t size = 16 + i % 7 * 8;

        bytes += size_of(size) + size_of(24);
        die("worker", size, 24);
        maintain();
    }
    assert_int_equal(rig.hl->ledger.overflowed, 0);
    fold_all();
    expect_shown(serial, "worker (100 dead)", 100, bytes);
    assert_int_equal(folded(), 99);
    assert_int_equal(rig.hl->ledger.balances[HL_TASK_FIRST].peak >= bytes, 1);
}

/* Two are folded while the oldest still lives. */
static void a_folded_account_is_folded_into_an_older_one_that_dies_later(void **state)
{
    uint32_t oldest = begin("worker");
    uint32_t serial = rig.hl->ledger.last_serial;
    struct corpse young;

    (void)state;
    allocate_in(0, oldest, 16);
    young = die("worker", 16, 16);
    die("worker", 16, 16);
    crowd(0);
    maintain();
    expect_shown(young.serial, "worker (2 dead)", 2, 4 * size_of(16));
    end(oldest);
    crowd(0);
    maintain();
    assert_false(show(young.serial).found);
    expect_shown(serial, "worker (3 dead)", 3, 5 * size_of(16));
}

static void a_folded_account_has_no_handle(void **state)
{
    int handles[2];
    uint32_t ids[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        ids[i] = (uint32_t)hl_task_register(rig.hl, &handles[i], "worker");
        allocate_in(0, ids[i], 16);
        end(ids[i]);
        assert_int_not_equal(hl_find_handle(rig.hl, &handles[i]), 0);
    }
    crowd(0);
    maintain();
    assert_int_equal(folded(), 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hl_find_handle(rig.hl, &handles[i]), 0);
    }
    assert_int_equal(hl_find_handle(rig.hl, (void *)(uintptr_t)2), 0); /* their number */
}

/* Each name takes one slot in the end, and no name is mixed up with another. */
static void only_equal_names_are_folded(void **state)
{
    static const char *const names[] = {"a", "b", "ab", ""};
    uint32_t serials[4];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
            struct corpse corpse = die(names[i], 16 * (unsigned)(i + 1), 16);

            if (round == 0) {
                serials[i] = corpse.serial;
            }
            maintain();
        }
    }
    fold_all();
    expect_shown(serials[0], "a (3 dead)", 3, 3 * (size_of(16) + size_of(16)));
    expect_shown(serials[1], "b (3 dead)", 3, 3 * (size_of(32) + size_of(16)));
    expect_shown(serials[2], "ab (3 dead)", 3, 3 * (size_of(48) + size_of(16)));
    expect_shown(serials[3], " (3 dead)", 3, 3 * (size_of(64) + size_of(16)));
}

static void nothing_more_is_done_when_no_two_names_are_equal(void **state)
{
    static const char *const names[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};

    (void)state;
    for (int i = 0; i < RIG_TASKS; i++) {
        die(names[i], 16, 16);
    }
    assert_true(maintain() < 150); /* 55 pairs: found in one step, and compared in another */
    maintain();
    assert_int_equal(folded(), 0);
}

static void the_living_and_the_kept_are_never_folded(void **state)
{
    uint32_t alive;

    (void)state;
    rig_start(true);
    setup(NULL);
    hl_keep_deleted(rig.hl, true);
    alive = begin("worker");
    allocate_in(0, alive, 16);
    end(begin("worker")); /* owes nothing */
    die("worker", 16, 16);
    crowd(0);
    maintain();
    assert_int_equal(folded(), 0);
    assert_int_equal(current(alive), size_of(16));
}

static void the_last_block_ends_a_folded_account(void **state)
{
    struct corpse old, young;

    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        setup(NULL);
        hl_keep_deleted(rig.hl, keep != 0);
        old = die("worker", 100, 16);
        young = die("worker", 30, 16);
        crowd(0);
        maintain();
        assert_false(show(young.serial).found); /* even if deleted tasks are kept */
        for (int i = 0; i < 2; i++) {
            hl_free(rig.hl, old.blocks[i]);
            assert_true(show(old.serial).found);
        }
        hl_free(rig.hl, young.blocks[0]);
        hl_free(rig.hl, young.blocks[1]);
        assert_int_equal(show(old.serial).found, keep != 0);
        if (keep != 0) {
            expect_shown(old.serial, "worker (2 dead)", 2, 0);
        }
        /* Both slots can be had, that of nobody first. */
        assert_int_equal(begin("new"), young.id);
        assert_int_equal(rig.hl->ledger.evicted, 0);
        assert_int_equal(begin("new"), old.id);
        assert_int_equal(rig.hl->ledger.evicted, keep);
        assert_false(show(old.serial).found);
    }
}

static void the_peak_of_a_folded_account_is_what_it_really_held(void **state)
{
    struct corpse old = die("worker", 100, 16);
    struct corpse young = die("worker", 30, 16);
    uint32_t before = rig.hl->ledger.balances[old.id].peak;

    (void)state;
    hl_free(rig.hl, allocate_in(0, old.id, 500)); /* late */
    assert_int_equal(rig.hl->ledger.balances[old.id].peak, before + size_of(500));
    crowd(0);
    maintain();
    assert_int_equal(rig.hl->ledger.balances[old.id].peak, before + size_of(500));
    assert_false(show(young.serial).found);
    assert_int_equal(current(old.id), size_of(100) + size_of(30) + 2 * size_of(16));
}

static void a_step_looks_at_a_few_blocks_only(void **state)
{
    uint32_t old = begin("worker");
    uint32_t young = begin("worker");
    uint32_t last;

    (void)state;
    allocate_in(0, old, 16);
    for (int i = 0; i < 200; i++) {
        allocate_in(0, young, 16);
    }
    end(old);
    end(young);
    crowd(0);
    last = rig.hl->heaps[0].accounts[young].blocks;
    while (hl_maintain(rig.hl)) {
        uint32_t left = rig.hl->heaps[0].accounts[young].blocks;

        assert_true(last - left <= HL_WALK_STEP);
        last = left;
    }
    assert_int_equal(last, 0);
}

static void folding_waits_for_a_walk_and_goes_on_behind_it(void **state)
{
    struct corpse old = die("worker", 16, 16);
    uint32_t young = begin("worker");

    (void)state;
    for (int i = 0; i < 50; i++) {
        allocate_in(i & 1, young, 16);
    }
    end(young);
    crowd(0);
    maintain_a_little();
    for (int walks = 0; walks < 20; walks++) {
        uint32_t before = current(young);
        struct walk_block seen[HL_WALK_STEP];

        assert_int_equal(walk_begin(rig.hl), 0);
        assert_int_equal(walk_begin(rig.hl), HL_ERR_BUSY);
        for (int heap = 0; heap < 2; heap++) {
            walk_enter(rig.hl, heap);
            while (walk_step(rig.hl, heap, seen) > 0) {
                assert_true(hl_maintain(rig.hl));
                assert_int_equal(current(young), before);
            }
        }
        assert_false(walk_end(rig.hl)); /* nothing was changed under it */
        hl_maintain(rig.hl);
    }
    maintain();
    expect_shown(old.serial, "worker (2 dead)", 2, 52 * size_of(16));
}

static void blocks_may_be_freed_between_the_steps(void **state)
{
    void *blocks[60];

    (void)state;
    /* Each of the blocks is the next to be freed, after any number of steps. */
    for (int first = 0; first < 60; first += 7) {
        uint32_t old, young, serial;
        int at = first;

        setup(NULL);
        old = begin("worker");
        serial = rig.hl->ledger.last_serial;
        young = begin("worker");
        for (int i = 0; i < 60; i++) {
            blocks[i] =
                allocate_in(i % 3 == 0, i % 4 == 0 ? old : young, 16 + 8 * (unsigned)(i % 5));
        }
        end(old);
        end(young);
        crowd(0);
        for (int steps = 0; hl_maintain(rig.hl); steps++) {
            if (blocks[at] != NULL) {
                hl_free(rig.hl, blocks[at]);
                blocks[at] = NULL;
            }
            at = (at + 11) % 60;
            rig_sound();
            assert_true(steps < MANY);
        }
        for (int i = 0; i < 60; i++) {
            hl_free(rig.hl, blocks[i]);
        }
        rig_sound();
        assert_false(show(serial).found);
        assert_int_equal(current(old) + current(young), 0);
    }
}

static void the_one_that_gives_may_be_settled_and_its_slot_reused(void **state)
{
    struct corpse old = die("worker", 16, 16);
    struct corpse young = die("worker", 24, 24);
    uint32_t id;

    (void)state;
    crowd(0);
    maintain_a_little();
    hl_free(rig.hl, young.blocks[0]);
    hl_free(rig.hl, young.blocks[1]);
    assert_int_equal(current(young.id), 0);
    id = begin("new");
    assert_int_equal(id, young.id);
    allocate_in(0, id, 40);
    maintain();
    assert_int_equal(current(id), size_of(40)); /* that one is another's */
    expect_shown(old.serial, "worker (2 dead)", 2, 2 * size_of(16));
    end(id);
    assert_int_equal(hl_find_name(rig.hl, "new"), rig.hl->ledger.last_serial);
}

/* A corpse whose blocks are many, so that a fold takes many steps. */
static struct corpse die_slowly(const char *name, int blocks)
{
    struct corpse corpse;

    corpse.id = begin(name);
    corpse.serial = rig.hl->ledger.last_serial;
    for (int i = 0; i < blocks; i++) {
        corpse.blocks[1] = allocate_in(0, corpse.id, 16);
    }
    corpse.blocks[0] = rig.hl->heaps[0].list.first;
    end(corpse.id);
    return corpse;
}

static void free_all_of(uint32_t id)
{
    const struct hl_heap *heap = &rig.hl->heaps[0];
    bool again = true;

    while (again) {
        again = false;
        for (const struct block *b = heap->list.first; b != heap->end;
             b = block_at(b, block_span(b->head))) {
            if (block_used(b->head) && block_owner(b->head) == id) {
                hl_free(rig.hl, block_user(b));
                again = true;
                break;
            }
        }
    }
}

static void the_one_that_takes_may_be_settled_and_its_slot_reused(void **state)
{
    struct corpse old = die_slowly("worker", 1);
    struct corpse young = die_slowly("worker", 60);
    uint32_t moved, id;

    (void)state;
    crowd(0);
    maintain_a_little();
    assert_true(current(young.id) != 0);
    moved = rig.hl->heaps[0].accounts[old.id].blocks;
    free_all_of(old.id);
    assert_false(show(old.serial).found);
    id = begin("new");
    assert_int_equal(id, old.id);
    allocate_in(1, id, 40);
    maintain();
    assert_int_equal(current(id), size_of(40)); /* nothing more came */
    assert_int_equal(rig.hl->heaps[0].accounts[young.id].blocks, 61 - moved);
    free_all_of(young.id);
    assert_false(show(young.serial).found);
}

static void the_one_that_takes_may_be_settled_and_its_slot_left_vacant(void **state)
{
    struct corpse old, young;

    (void)state;
    for (int keep = 0; keep < 2; keep++) {
        setup(NULL);
        hl_keep_deleted(rig.hl, keep != 0);
        old = die_slowly("worker", 1);
        young = die_slowly("worker", 60);
        crowd(0);
        maintain_a_little();
        free_all_of(old.id);
        assert_int_equal(show(old.serial).found, keep != 0);
        maintain();
        assert_int_equal(current(old.id), 0);
        assert_int_not_equal(current(young.id), 0);
        free_all_of(young.id);
        assert_false(show(young.serial).found);
    }
}

static void what_the_dead_allocate_late_is_folded_too(void **state)
{
    struct corpse old = die_slowly("worker", 2);
    struct corpse young = die_slowly("worker", 60);
    int late = 0;

    (void)state;
    crowd(0);
    maintain_a_little();
    for (int steps = 0; hl_maintain(rig.hl); steps++) {
        if (steps % 3 == 0 && late < 20 && current(young.id) != 0) {
            allocate_in(late & 1, young.id, 16); /* also where the walk has been already */
            late++;
        }
        rig_sound();
        assert_true(steps < MANY);
    }
    assert_int_equal(current(young.id), 0);
    assert_true(late > 0);
    expect_shown(old.serial, "worker (2 dead)", 2, (62 + (uint32_t)late) * size_of(16));
}

static int foreign(void)
{
    struct hl_heap_desc desc = {.name = "foreign"};

    return hl_add_foreign_heap(rig.hl, &desc);
}

static void who_owes_to_a_foreign_allocator_is_not_folded(void **state)
{
    struct corpse old, young, third;
    int heap = foreign();

    (void)state;
    young.id = begin("worker");
    assert_int_equal(hl_charge(rig.hl, heap, (int)young.id, 7), 0);
    end(young.id);
    old = die("worker", 16, 16);
    crowd(0);
    maintain();
    assert_int_equal(folded(), 0);
    end((uint32_t)hl_task_id(rig.hl, hl_find_name(rig.hl, "crowd")));
    third = die("worker", 16, 16);
    maintain();
    assert_int_equal(folded(), 1);
    assert_false(show(third.serial).found);
    expect_shown(old.serial, "worker (2 dead)", 2, 4 * size_of(16));
    assert_int_equal(current(young.id), 7);
    assert_int_equal(hl_credit(rig.hl, heap, (int)young.id, 7), 0);
}

static void a_foreign_debt_that_comes_in_between_ends_the_fold(void **state)
{
    struct corpse old = die_slowly("worker", 2);
    struct corpse young = die_slowly("worker", 60);
    int heap = foreign();

    (void)state;
    crowd(0);
    maintain_a_little();
    assert_int_equal(hl_charge(rig.hl, heap, (int)young.id, 7), 0);
    maintain();
    assert_int_equal(rig.hl->heaps[heap].accounts[young.id].current, 7);
    assert_true(show(young.serial).found);
    assert_int_equal(hl_credit(rig.hl, heap, (int)young.id, 7), 0);
    maintain(); /* and it is paid: the rest follows */
    assert_false(show(young.serial).found);
    expect_shown(old.serial, "worker (2 dead)", 2, 62 * size_of(16));
}

static void a_fold_once_begun_is_ended_though_there_are_slots_again(void **state)
{
    struct corpse old = die_slowly("worker", 2);
    struct corpse young = die_slowly("worker", 60);

    (void)state;
    crowd(0);
    maintain_a_little();
    for (uint32_t id = HL_TASK_FIRST; id < HL_TASK_FIRST + RIG_TASKS; id++) {
        hl_task_delete(rig.hl, (int)id);
    }
    maintain();
    assert_false(show(young.serial).found);
    expect_shown(old.serial, "worker (2 dead)", 2, 62 * size_of(16));
}

static void damage_stops_a_fold_and_nothing_is_made_worse(void **state)
{
    struct corpse old = die_slowly("worker", 2);
    struct corpse young = die_slowly("worker", 60);
    struct block *b = rig.hl->heaps[0].list.first;
    struct block *other = block_of(allocate_in(0, HL_TASK_ISR, 2000));
    uint32_t head, left;

    (void)state;
    crowd(0);
    maintain_a_little();
    left = current(young.id);
    /* The smallest span is too small; the largest leads out of the heap. */
    head = b->head;
    for (int i = 0; i < 2; i++) {
        while (rig.hl->fold.from == 0) {
            hl_maintain(rig.hl); /* tries again */
        }
        b->head = block_live_head(i == 0 ? 0 : (uint32_t)BLOCK_MAX_SPAN, old.id, 0);
        rig.hl->fold.entered = false; /* from the first block on */
        assert_false(hl_maintain(rig.hl));
        assert_int_equal(current(young.id), left);
        b->head = head;
        rig_sound();
    }
    /* A block that is larger than all that the task holds. */
    while (rig.hl->fold.from == 0) {
        hl_maintain(rig.hl);
    }
    b->head = block_live_head(block_distance(b, rig.hl->heaps[0].end), young.id, 0);
    rig.hl->fold.entered = false;
    assert_false(hl_maintain(rig.hl));
    assert_int_equal(current(young.id), left);
    b->head = head;
    rig_sound();
    /* A block that the account cannot hold: its header has the wrong name. */
    head = other->head;
    other->head = block_with_owner(head, young.id);
    for (int steps = 0; hl_maintain(rig.hl); steps++) {
        assert_true(steps < MANY);
    }
    other->head = head;
    maintain();
    maintain();
    assert_false(show(young.serial).found);
    expect_shown(old.serial, "worker (2 dead)", 2, 62 * size_of(16));
    hl_free(rig.hl, block_user(other));
}

static void counters_add_up_and_the_largest_stays(void **state)
{
#if HL_COUNT_EVENTS && HL_COUNT_FAILURES
    static const size_t refused[] = {9000, 20000, 10000};
    uint32_t ids[3];
    const struct hl_tally *tally;

    (void)state;
    for (int i = 0; i < 3; i++) {
        ids[i] = begin("worker");
        allocate_in(0, ids[i], 16);
        hl_free(rig.hl, allocate_in(0, ids[i], 16));
        assert_non_null(rig_realloc(ids[i], allocate_in(0, ids[i], 16), 200));
        assert_null(rig_alloc(ids[i], refused[i]));
        end(ids[i]);
    }
    crowd(0);
    maintain();
    tally = &rig.hl->ledger.tallies[ids[0]];
    assert_int_equal(folded(), 2);
    assert_int_equal(tally->allocations, 9);
    assert_int_equal(tally->frees, 3);
    assert_int_equal(tally->freed_by_others, 3);
    assert_int_equal(tally->resizes, 3);
    assert_int_equal(tally->failures, 3);
    assert_int_equal(tally->largest_refused, 20000);
    for (int i = 1; i < 3; i++) { /* the others have nothing left to count twice */
        tally = &rig.hl->ledger.tallies[ids[i]];
        assert_int_equal(tally->failures + tally->largest_refused, 0);
        assert_int_equal(tally->allocations + tally->resizes, 0);
        assert_int_equal(tally->freed_by_others, 0);
    }
#else
    (void)state;
#endif
}

static void a_reset_forgets_the_fold(void **state)
{
    (void)state;
    die_slowly("worker", 2);
    die_slowly("worker", 60);
    crowd(0);
    maintain_a_little();
    hl_reset(rig.hl);
    assert_false(hl_maintain(rig.hl));
    rig_heap(0, 8192);
    crowd(0);
    assert_int_equal(maintain() < 100, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_folded_while_there_are_slots),
        TEST(dead_namesakes_become_the_oldest_of_them),
        TEST(the_older_one_stays_wherever_its_slot_is),
        TEST(folded_accounts_are_folded_further_and_the_count_is_right),
        TEST(a_folded_account_is_folded_into_an_older_one_that_dies_later),
        TEST(a_folded_account_has_no_handle),
        TEST(only_equal_names_are_folded),
        TEST(nothing_more_is_done_when_no_two_names_are_equal),
        TEST(the_living_and_the_kept_are_never_folded),
        TEST(the_last_block_ends_a_folded_account),
        TEST(the_peak_of_a_folded_account_is_what_it_really_held),
        TEST(a_step_looks_at_a_few_blocks_only),
        TEST(folding_waits_for_a_walk_and_goes_on_behind_it),
        TEST(blocks_may_be_freed_between_the_steps),
        TEST(the_one_that_gives_may_be_settled_and_its_slot_reused),
        TEST(the_one_that_takes_may_be_settled_and_its_slot_reused),
        TEST(the_one_that_takes_may_be_settled_and_its_slot_left_vacant),
        TEST(what_the_dead_allocate_late_is_folded_too),
        TEST(who_owes_to_a_foreign_allocator_is_not_folded),
        TEST(a_foreign_debt_that_comes_in_between_ends_the_fold),
        TEST(a_fold_once_begun_is_ended_though_there_are_slots_again),
        TEST(damage_stops_a_fold_and_nothing_is_made_worse),
        TEST(counters_add_up_and_the_largest_stays),
        TEST(a_reset_forgets_the_fold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
