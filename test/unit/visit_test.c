/* SPDX-License-Identifier: MIT */
/* hl_visit_tasks and hl_visit_blocks while nobody else uses the heap, and one walker at a time. */
#include "bench.h"

enum {
    ROOM = 200
};

/* A block seen, its end, and whether it is free. */
struct seen_blocks {
    struct bench *bench;
    size_t count;
    size_t most; /* then the visitor has had enough */
    struct hl_block_info blocks[ROOM];
};

static bool see_block(void *context, const struct hl_block_info *block)
{
    struct seen_blocks *seen = context;

    assert_true(seen->count < ROOM);
    seen->blocks[seen->count++] = *block;
    return seen->count < seen->most;
}

static void blocks_tile_the_heap_from_end_to_end(void **state)
{
    struct bench *bench = *state;
    struct seen_blocks seen = {.bench = bench, .most = ROOM};
    struct hl_heap_facts facts;

    for (int i = 0; i < 150; i++) {
        bench_anything(bench);
    }
    for (int heap = 0; heap < BENCH_HEAPS; heap++) {
        const unsigned char *next;

        seen.count = 0;
        assert_int_equal(hl_visit_blocks(bench->hl, heap, see_block, &seen), 0);
        assert_int_equal(hl_heap_facts(bench->hl, heap, &facts), 0);
        next = facts.first;
        for (size_t i = 0; i < seen.count; i++) {
            const struct bench_block *known = bench_find(bench, seen.blocks[i].address);

            assert_ptr_equal(seen.blocks[i].address, next + 4);
            next += seen.blocks[i].size + 4;
            assert_int_equal(seen.blocks[i].owner, known != NULL ? known->serial : 0);
            assert_true(known == NULL || known->size == seen.blocks[i].size);
        }
        assert_ptr_equal(next, facts.end);
    }
}

static void a_visit_of_blocks_ends_when_the_visitor_has_had_enough(void **state)
{
    struct bench *bench = *state;
    struct seen_blocks seen = {.bench = bench};
    size_t all = 11; /* and what is free */

    for (size_t i = 0; i < all - 1; i++) {
        bench_alloc(bench, 0, 20, 1);
    }
    for (seen.most = 1; seen.most < all + 2; seen.most++) {
        seen.count = 0;
        assert_int_equal(hl_visit_blocks(bench->hl, 0, see_block, &seen), 0);
        assert_int_equal(seen.count, seen.most < all ? seen.most : all);
    }
}

static void only_heaps_of_ours_are_visited(void **state)
{
    struct bench *bench = *state;
    struct seen_blocks seen = {.bench = bench, .most = ROOM};

    assert_int_equal(hl_visit_blocks(bench->hl, -1, see_block, &seen), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_visit_blocks(bench->hl, 3, see_block, &seen), HL_ERR_NOT_FOUND);
#if HL_TASK_TRACKING
    {
        struct hl_heap_desc desc = {.name = "foreign", .size = 1000};

        assert_int_equal(hl_add_foreign_heap(bench->hl, &desc), 3);
        assert_int_equal(hl_visit_blocks(bench->hl, 3, see_block, &seen), HL_ERR_NOT_FOUND);
    }
#endif
    assert_int_equal(seen.count, 0);
}

static void damage_ends_a_visit_of_blocks(void **state)
{
    struct bench *bench = *state;
    struct seen_blocks seen = {.bench = bench, .most = ROOM};
    unsigned char *damaged;
    uint32_t head;

    bench_alloc(bench, 0, 20, 1);
    damaged = bench_alloc(bench, 0, 20, 1);
    bench_alloc(bench, 0, 20, 1);
    memcpy(&head, damaged - 4, 4);
    memset(damaged - 4, 0, 4);
    assert_int_equal(hl_visit_blocks(bench->hl, 0, see_block, &seen), HL_ERR_DAMAGED);
    assert_in_range(seen.count, 1, 3);
    assert_int_equal(bench->faults, 1);
    memcpy(damaged - 4, &head, 4);
    seen.count = 0;
    assert_int_equal(hl_visit_blocks(bench->hl, 0, see_block, &seen), 0);
    assert_int_equal(seen.count, 4);
    bench->faults = 0;
}

/* Everything that walks, called from a visitor. */
static bool walk_again(void *context, const struct hl_block_info *block)
{
    struct seen_blocks *seen = context;
    struct hl *hl = seen->bench->hl;
    struct hl_heap_survey survey;
    struct hl_fault fault;

    (void)block;
    assert_int_equal(hl_visit_blocks(hl, 0, walk_again, seen), HL_ERR_BUSY);
    assert_int_equal(hl_heap_survey(hl, 0, &survey), HL_ERR_BUSY);
    assert_int_equal(hl_caps_survey(hl, 0, &survey), HL_ERR_BUSY);
    assert_int_equal(hl_check(hl, 0, &fault), HL_ERR_BUSY);
#if HL_TASK_TRACKING
    {
        struct hl_visitor visitor = {.block = walk_again, .context = seen};
        struct hl_snapshot snapshot = {.task_count = 7, .changed = true};
        struct hl_snapshot_needs needs;

        assert_int_equal(hl_visit_tasks(hl, 0, &visitor), HL_ERR_BUSY);
        assert_int_equal(hl_snapshot(hl, 0, &snapshot), HL_ERR_BUSY);
        assert_int_equal(snapshot.task_count, 0);
        assert_int_equal(hl_snapshot_needs(hl, 0, &needs), 0); /* looks at the ledger only */
    }
#endif
    seen->count++;
    return true;
}

static void a_second_walk_is_told_that_the_walker_is_busy(void **state)
{
    struct bench *bench = *state;
    struct seen_blocks seen = {.bench = bench, .most = ROOM};

    bench_alloc(bench, 0, 20, 1);
    assert_int_equal(hl_visit_blocks(bench->hl, 0, walk_again, &seen), 0);
    assert_int_equal(seen.count, 2);
    seen.count = 0;
    assert_int_equal(hl_visit_blocks(bench->hl, 0, see_block, &seen), 0);
    assert_int_equal(seen.count, 2);
}

/* Frees the block that it is shown. */
static bool free_it(void *context, const struct hl_block_info *block)
{
    struct seen_blocks *seen = context;

    seen->count++;
    if (block->owner != 0) {
        bench_free(seen->bench, (unsigned char *)(uintptr_t)block->address);
    }
    return true;
}

static void a_visitor_may_free_what_it_sees(void **state)
{
    struct bench *bench = *state;
    struct seen_blocks seen = {.bench = bench};

    for (int i = 0; i < 20; i++) {
        bench_alloc(bench, 0, 20, 1);
    }
    assert_int_equal(hl_visit_blocks(bench->hl, 0, free_it, &seen), 1);
    assert_in_range(seen.count, 20, 21);
    seen.count = 0;
    assert_int_equal(hl_visit_blocks(bench->hl, 0, free_it, &seen), 0);
    assert_int_equal(seen.count, 1);
}

#if HL_TASK_TRACKING

/* A visit of tasks, written down in the form of a snapshot. */
struct story {
    struct bench *bench;
    size_t calls;
    size_t most; /* calls; then the visitor has had enough */
    size_t tasks, accounts, blocks;
    struct hl_task_info task[ROOM];
    struct hl_account_info account[ROOM];
    struct hl_block_info block[ROOM];
};

static bool tell_task(void *context, const struct hl_task_info *task)
{
    struct story *story = context;

    story->task[story->tasks] = *task;
    story->task[story->tasks++].first_account = story->accounts;
    return ++story->calls < story->most;
}

static bool tell_account(void *context, const struct hl_task_info *task,
                         const struct hl_account_info *account)
{
    struct story *story = context;

    assert_int_equal(task->serial, story->task[story->tasks - 1].serial);
    story->account[story->accounts] = *account;
    story->account[story->accounts++].first_block = story->blocks;
    return ++story->calls < story->most;
}

static bool tell_block(void *context, const struct hl_block_info *block)
{
    struct story *story = context;

    story->block[story->blocks++] = *block;
    story->account[story->accounts - 1].listed++;
    return ++story->calls < story->most;
}

static const struct hl_visitor whole_visitor = {
    .task = tell_task, .account = tell_account, .block = tell_block};

static int tell(struct bench *bench, uint32_t serial, const struct hl_visitor *functions,
                size_t most, struct story *story)
{
    struct hl_visitor visitor = *functions;

    memset(story, 0, sizeof(*story));
    story->bench = bench;
    story->most = most;
    visitor.context = story;
    return hl_visit_tasks(bench->hl, serial, &visitor);
}

static void require_same_task(const struct hl_task_info *a, const struct hl_task_info *b)
{
    assert_int_equal(a->serial, b->serial);
    assert_int_equal(a->id, b->id);
    assert_ptr_equal(a->handle, b->handle);
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->alive, b->alive);
    assert_int_equal(a->folded, b->folded);
    assert_int_equal(a->current, b->current);
    assert_int_equal(a->peak, b->peak);
    assert_int_equal(a->first_account, b->first_account);
    assert_int_equal(a->account_count, b->account_count);
}

static void require_same_account(const struct hl_account_info *a, const struct hl_account_info *b)
{
    assert_int_equal(a->heap, b->heap);
    assert_ptr_equal(a->name, b->name);
    assert_int_equal(a->caps, b->caps);
    assert_int_equal(a->size, b->size);
    assert_int_equal(a->current, b->current);
    assert_int_equal(a->peak, b->peak);
    assert_int_equal(a->blocks, b->blocks);
    assert_int_equal(a->first_block, b->first_block);
    assert_int_equal(a->listed, b->listed);
}

static void snapshot_of(struct bench *bench, uint32_t serial, struct story *arrays,
                        struct hl_snapshot *snapshot)
{
    memset(snapshot, 0, sizeof(*snapshot));
    snapshot->tasks = arrays->task;
    snapshot->accounts = arrays->account;
    snapshot->blocks = arrays->block;
    snapshot->task_room = snapshot->account_room = snapshot->block_room = ROOM;
    assert_int_equal(hl_snapshot(bench->hl, serial, snapshot), 0);
}

static void require_same(struct bench *bench, uint32_t serial, const struct story *story)
{
    struct story arrays;
    struct hl_snapshot snapshot;

    snapshot_of(bench, serial, &arrays, &snapshot);
    assert_int_equal(story->tasks, snapshot.task_count);
    assert_int_equal(story->accounts, snapshot.account_count);
    assert_int_equal(story->blocks, snapshot.block_count);
    for (size_t i = 0; i < story->tasks; i++) {
        require_same_task(&story->task[i], &arrays.task[i]);
    }
    for (size_t i = 0; i < story->accounts; i++) {
        require_same_account(&story->account[i], &arrays.account[i]);
    }
    if (story->blocks != 0) {
        assert_memory_equal(story->block, arrays.block, story->blocks * sizeof(arrays.block[0]));
    }
}

static void a_visit_tells_what_a_snapshot_tells(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, 60)) {
        struct story story;

        bench_random_scene(bench, 120);
        assert_int_equal(tell(bench, 0, &whole_visitor, SIZE_MAX, &story), 0);
        require_same(bench, 0, &story);
        for (uint32_t serial = 1; serial < 12; serial++) {
            int result = tell(bench, serial, &whole_visitor, SIZE_MAX, &story);

            if (result == 0) {
                require_same(bench, serial, &story);
            } else {
                assert_int_equal(result, HL_ERR_NOT_FOUND);
                assert_int_equal(story.calls, 0);
                assert_int_equal(
                    hl_snapshot_needs(bench->hl, serial, &(struct hl_snapshot_needs){0}),
                    HL_ERR_NOT_FOUND);
            }
        }
    }
}

static void a_visit_of_tasks_ends_when_the_visitor_has_had_enough(void **state)
{
    struct bench *bench = *state;
    struct story story;
    size_t all;

    for (int i = 0; i < 40; i++) {
        bench_anything(bench);
    }
    assert_int_equal(tell(bench, 0, &whole_visitor, SIZE_MAX, &story), 0);
    all = story.calls;
    assert_true(all > 20);
    for (size_t most = 1; most <= all; most++) {
        assert_int_equal(tell(bench, 0, &whole_visitor, most, &story), 0);
        assert_int_equal(story.calls, most);
    }
}

static void each_function_of_a_visitor_may_be_missing(void **state)
{
    struct bench *bench = *state;
    const struct hl_visitor none = {0};
    const struct hl_visitor tasks = {.task = tell_task};
    const struct hl_visitor accounts = {.task = tell_task, .account = tell_account};
    struct story story;
    struct hl_snapshot_needs needs;

    for (int i = 0; i < 40; i++) {
        bench_anything(bench);
    }
    assert_int_equal(hl_snapshot_needs(bench->hl, 0, &needs), 0);
    assert_int_equal(tell(bench, 0, &none, SIZE_MAX, &story), 0);
    assert_int_equal(tell(bench, 0, &tasks, SIZE_MAX, &story), 0);
    assert_int_equal(story.calls, needs.tasks);
    assert_int_equal(tell(bench, 0, &accounts, SIZE_MAX, &story), 0);
    assert_int_equal(story.calls, needs.tasks + needs.accounts);
}

static void damage_ends_a_visit_of_tasks(void **state)
{
    struct bench *bench = *state;
    struct story story;
    unsigned char *damaged = bench_alloc(bench, 0, 20, 1);
    uint32_t head;

    bench_alloc(bench, 1, 20, 2);
    memcpy(&head, damaged - 4, 4);
    memset(damaged - 4, 0xff, 4);
    assert_int_equal(tell(bench, 1, &whole_visitor, SIZE_MAX, &story), HL_ERR_DAMAGED);
    assert_int_equal(bench->faults, 1);
    assert_int_equal(story.accounts, 1);
    assert_int_equal(story.blocks, 0);
    bench->faults = 0;
    assert_int_equal(tell(bench, 0, &whole_visitor, SIZE_MAX, &story), HL_ERR_DAMAGED);
    assert_int_equal(bench->faults, 1);
    assert_int_equal(story.tasks, 2); /* the one before was told in full */
    assert_int_equal(story.blocks, 1);
    memcpy(damaged - 4, &head, 4);
    bench->faults = 0;
}

static void a_foreign_heap_is_visited_without_blocks(void **state)
{
    struct bench *bench = *state;
    struct hl_heap_desc desc = {.name = "foreign", .size = 1000};
    struct story story;

    assert_int_equal(hl_add_foreign_heap(bench->hl, &desc), BENCH_HEAPS);
    assert_int_equal(hl_charge(bench->hl, BENCH_HEAPS, 0, 70), 0);
    assert_int_equal(tell(bench, 0, &whole_visitor, SIZE_MAX, &story), 0);
    assert_int_equal(story.tasks, 1);
    assert_int_equal(story.accounts, 1);
    assert_int_equal(story.account[0].blocks, 1);
    assert_int_equal(story.blocks, 0);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
        TEST(blocks_tile_the_heap_from_end_to_end),
        TEST(a_visit_of_blocks_ends_when_the_visitor_has_had_enough),
        TEST(only_heaps_of_ours_are_visited),
        TEST(damage_ends_a_visit_of_blocks),
        TEST(a_second_walk_is_told_that_the_walker_is_busy),
        TEST(a_visitor_may_free_what_it_sees),
#if HL_TASK_TRACKING
        TEST(a_visit_tells_what_a_snapshot_tells),
        TEST(a_visit_of_tasks_ends_when_the_visitor_has_had_enough),
        TEST(each_function_of_a_visitor_may_be_missing),
        TEST(damage_ends_a_visit_of_tasks),
        TEST(a_foreign_heap_is_visited_without_blocks),
#endif
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
