/* SPDX-License-Identifier: MIT */
/* hl_insert_heap: the search order, the accounts that move along, and heaps inside blocks. */
#include "rig.h"

#include "heapledger/facts.h"
#include "heapledger/snapshot.h"

static int insert_within(size_t offset, size_t bytes, int index, const void *within)
{
    struct hl_heap_desc desc = {
        .start = rig.arena + offset, .size = bytes, .name = "put in", .caps = {RIG_CAP}};

    return hl_insert_heap(rig.hl, &desc, index, within);
}

static int insert(size_t offset, size_t bytes, int index)
{
    return insert_within(offset, bytes, index, NULL);
}

static size_t offset_of(const void *ptr)
{
    return (size_t)((const unsigned char *)ptr - rig.arena);
}

/* The heaps start here, in the order in which they are searched. */
static void heaps_start_at(const size_t *offsets, int count)
{
    struct hl_heap_facts facts;

    assert_int_equal(hl_heap_count(rig.hl), count);
    for (int i = 0; i < count; i++) {
        assert_int_equal(hl_heap_facts(rig.hl, i, &facts), 0);
        assert_int_equal(offset_of(facts.start), offsets[i]);
        assert_int_equal(hl_heap_of(rig.hl, facts.start), i);
    }
}

static void a_heap_is_searched_where_it_was_put(void **state)
{
    const size_t order[] = {3000, 1000, 4000, 2000};
    unsigned char *block;

    (void)state;
    assert_int_equal(insert(1000, 500, 0), 0);
    assert_int_equal(insert(2000, 500, 1), 1);
    assert_int_equal(insert(3000, 500, 0), 0);
    assert_int_equal(insert(4000, 500, 2), 2);
    heaps_start_at(order, 4);
    for (int i = 0; i < 4; i++) {
        block = rig_alloc(0, 400);
        assert_non_null(block);
        assert_int_equal(hl_heap_of(rig.hl, block), i);
        assert_in_range(offset_of(block), order[i], order[i] + 500);
    }
    assert_null(rig_alloc(0, 400));
    assert_int_equal(insert(5000, 500, 4), HL_ERR_TOO_MANY);
    assert_int_equal(insert(5000, 500, 5), HL_ERR_ARGUMENT);
}

static void wrong_ones_are_refused_and_change_nothing(void **state)
{
    const size_t order[] = {1000};
    struct hl_heap_desc desc = {.start = rig.arena, .size = 500, .name = "heap", .caps = {1}};

    (void)state;
    assert_int_equal(rig_heap(1000, 1000), 0);
    assert_int_equal(hl_insert_heap(NULL, &desc, 0, NULL), HL_ERR_ARGUMENT);
    assert_int_equal(hl_insert_heap(rig.hl, NULL, 0, NULL), HL_ERR_ARGUMENT);
    desc.name = NULL;
    assert_int_equal(hl_insert_heap(rig.hl, &desc, 0, NULL), HL_ERR_ARGUMENT);
    desc.name = "heap";
    desc.start = NULL;
    assert_int_equal(hl_insert_heap(rig.hl, &desc, 0, NULL), HL_ERR_ARGUMENT);
    assert_int_equal(insert(3000, 500, -1), HL_ERR_ARGUMENT);
    assert_int_equal(insert(3000, 500, 2), HL_ERR_ARGUMENT);
    assert_int_equal(insert(500, 501, 0), HL_ERR_OVERLAP);
    assert_int_equal(insert(1200, 100, 0), HL_ERR_OVERLAP);
    assert_int_equal(insert(3000, 19, 0), HL_ERR_TOO_SMALL);
    heaps_start_at(order, 1);
}

#if HL_TASK_TRACKING
static void accounts_move_along_with_their_heaps(void **state)
{
    struct hl_heap_facts facts;
    int task = hl_task_register(rig.hl, NULL, "t");
    void *first, *second;

    (void)state;
    assert_int_equal(rig_heap(1000, 500), 0);
    assert_int_equal(rig_heap(2000, 500), 1);
    first = rig_alloc((uint32_t)task, 400);
    second = rig_alloc((uint32_t)task, 300);
    assert_int_equal(insert(3000, 500, 1), 1);
    rig_sound();
    assert_int_equal(hl_heap_facts(rig.hl, 0, &facts), 0);
    assert_int_equal(facts.used, hl_usable_size(rig.hl, first));
    assert_int_equal(hl_heap_facts(rig.hl, 1, &facts), 0);
    assert_int_equal(facts.used, 0);
    assert_int_equal(hl_heap_facts(rig.hl, 2, &facts), 0);
    assert_int_equal(facts.used, hl_usable_size(rig.hl, second));
    assert_int_equal(insert(4000, 500, 0), 0);
    hl_free(rig.hl, first);
    rig_sound();
    hl_free(rig.hl, second);
    rig_sound();
    for (int heap = 0; heap < 4; heap++) {
        struct hl_fault fault;

        assert_int_equal(hl_check(rig.hl, heap, &fault), 0);
    }
}

/* Books of another allocator move along as well. */
static void a_foreign_heap_moves_too(void **state)
{
    struct hl_heap_desc desc = {
        .start = rig.arena, .size = 500, .name = "foreign", .caps = {RIG_CAP}};
    int task = hl_task_register(rig.hl, NULL, "t");
    struct hl_heap_facts facts;

    (void)state;
    assert_int_equal(hl_add_foreign_heap(rig.hl, &desc), 0);
    assert_int_equal(hl_charge(rig.hl, 0, task, 100), 0);
    assert_int_equal(insert(1000, 500, 0), 0);
    assert_int_equal(hl_heap_facts(rig.hl, 1, &facts), 0);
    assert_string_equal(facts.name, "foreign");
    assert_int_equal(facts.used, 100);
    assert_int_equal(hl_credit(rig.hl, 0, task, 100), HL_ERR_ARGUMENT); /* no longer its index */
    assert_int_equal(hl_credit(rig.hl, 1, task, 100), 0);
    assert_int_equal(insert(100, 200, 0), HL_ERR_OVERLAP);
}

static bool insert_now(void *context, const struct hl_task_info *task)
{
    (void)task;
    *(int *)context = insert(3000, 500, 0);
    return false;
}

static void a_walk_makes_it_wait(void **state)
{
    int result = 0;
    struct hl_visitor visitor = {.context = &result, .task = insert_now};

    (void)state;
    assert_int_equal(rig_heap(1000, 500), 0);
    assert_non_null(rig_alloc(0, 8));
    assert_int_equal(hl_visit_tasks(rig.hl, 0, &visitor), 0);
    assert_int_equal(result, HL_ERR_BUSY);
    assert_int_equal(insert(3000, 500, 0), 0);
}

/* Folding goes on in the heap that it was in. */
static void folding_is_not_led_astray(void **state)
{
    int ids[9];

    (void)state;
    assert_int_equal(rig_heap(1000, 2000), 0);
    for (unsigned i = 0; i < 9; i++) {
        ids[i] = hl_task_register(rig.hl, NULL, "worker");
        assert_non_null(rig_alloc((uint32_t)ids[i], 24));
        hl_task_delete(rig.hl, ids[i]);
    }
    for (unsigned i = 0; i < 200; i++) {
        (void)hl_maintain(rig.hl);
        if (i % 60 == 7) {
            assert_int_equal(insert(4000 + i * 100, 500, 0), 0);
        }
        rig_sound();
        if (i % 60 == 7 && hl_heap_count(rig.hl) == 4) {
            break;
        }
    }
    while (hl_maintain(rig.hl)) {
        rig_sound();
    }
}
#endif

static void a_heap_inside_a_block_has_its_own_blocks(void **state)
{
    unsigned char *outer, *inner;
    size_t at, room;

    (void)state;
    assert_int_equal(rig_heap(1024, 4096), 0);
    outer = rig_alloc(0, 1000);
    at = offset_of(outer);
    room = hl_usable_size(rig.hl, outer);
    assert_int_equal(insert_within(at, room, 0, outer), 0);
    assert_int_equal(hl_usable_size(rig.hl, outer), room); /* still a block of the outer heap */
    inner = rig_alloc(0, 500);
    assert_int_equal(hl_heap_of(rig.hl, inner), 0);
    assert_in_range(offset_of(inner), at, at + 1000);
    memset(inner, 0x55, hl_usable_size(rig.hl, inner));
    rig_sound();
    hl_free(rig.hl, inner);
    rig_no_fault();
    rig_sound();
}

static void a_heap_inside_a_heap_inside_a_block(void **state)
{
    unsigned char *outer, *middle, *inner;

    (void)state;
    assert_int_equal(rig_heap(1024, 4096), 0);
    outer = rig_alloc(0, 1000);
    assert_int_equal(insert_within(offset_of(outer), 1000, 0, outer), 0);
    middle = rig_alloc(0, 400);
    assert_int_equal(hl_heap_of(rig.hl, middle), 0);
    assert_int_equal(insert_within(offset_of(middle), 400, 0, outer), HL_ERR_OVERLAP);
    assert_int_equal(insert_within(offset_of(middle), 400, 0, middle), 0);
    inner = rig_alloc(0, 100);
    assert_int_equal(hl_heap_of(rig.hl, inner), 0);
    assert_int_equal(hl_heap_count(rig.hl), 3);
    hl_free(rig.hl, inner);
    rig_no_fault();
}

static void only_all_inside_a_block_and_searched_first(void **state)
{
    unsigned char *outer, *other;
    size_t at, room;

    (void)state;
    assert_int_equal(rig_heap(1024, 4096), 0);
    assert_int_equal(rig_heap(8192, 4096), 1);
    outer = rig_alloc(0, 1000);
    other = rig_alloc(0, 1000);
    at = offset_of(outer);
    room = hl_usable_size(rig.hl, outer);
    assert_int_equal(insert_within(at, room, 1, outer), HL_ERR_OVERLAP);
    assert_int_equal(insert_within(at, room + 1, 0, outer), HL_ERR_OVERLAP);
    assert_int_equal(insert_within(at + 8, room, 0, outer), HL_ERR_OVERLAP);
    assert_int_equal(insert_within(at - 8, room, 0, outer), HL_ERR_OVERLAP);
    assert_int_equal(insert_within(at, room, 0, other), HL_ERR_OVERLAP);
    assert_int_equal(insert_within(at, room, 0, outer + 8), HL_ERR_OVERLAP); /* no block */
    assert_int_equal(insert_within(at, room, 0, NULL), HL_ERR_OVERLAP);
    assert_int_equal(insert_within(20000, 500, 0, outer), HL_ERR_OVERLAP);
    rig_no_fault(); /* the caller's question, not damage */
    hl_free(rig.hl, outer);
    assert_int_equal(insert_within(at, room, 0, outer), HL_ERR_OVERLAP); /* no longer live */
    rig_no_fault();
    assert_int_equal(hl_heap_count(rig.hl), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] =
    { cmocka_unit_test_setup_teardown(a_heap_is_searched_where_it_was_put, rig_setup, rig_teardown),
      cmocka_unit_test_setup_teardown(wrong_ones_are_refused_and_change_nothing, rig_setup,
                                      rig_teardown),
#if HL_TASK_TRACKING
      cmocka_unit_test_setup_teardown(accounts_move_along_with_their_heaps, rig_setup,
                                      rig_teardown),
      cmocka_unit_test_setup_teardown(a_foreign_heap_moves_too, rig_setup, rig_teardown),
      cmocka_unit_test_setup_teardown(a_walk_makes_it_wait, rig_setup, rig_teardown),
      cmocka_unit_test_setup_teardown(folding_is_not_led_astray, rig_setup, rig_teardown),
#endif
      cmocka_unit_test_setup_teardown(a_heap_inside_a_block_has_its_own_blocks, rig_setup,
                                      rig_teardown),
      cmocka_unit_test_setup_teardown(a_heap_inside_a_heap_inside_a_block, rig_setup, rig_teardown),
      cmocka_unit_test_setup_teardown(only_all_inside_a_block_and_searched_first, rig_setup,
                                      rig_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
