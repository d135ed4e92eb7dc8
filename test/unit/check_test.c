/* SPDX-License-Identifier: MIT */
/* hl_check passes sound heaps and finds each class of planted damage. */
#include "bench.h"

enum {
    WORDS = 600
};

/* The heap that damage is planted in: live blocks of several owners with free blocks between them. */
static struct hl_heap *plant_heap(struct bench *bench)
{
    bench_reset(bench, false);
#if HL_TASK_TRACKING
    bench_task(bench, "a");
    bench_task(bench, "b");
#endif
    for (uint32_t i = 0; i < 30; i++) {
        bench_alloc(bench, i % 2 == 0 ? HL_TASK_FIRST : HL_TASK_FIRST + 1, 12 + 4 * (i % 7), 1);
    }
    for (uint32_t i = 1; i < 28; i += 3) {
        bench_free(bench, bench->blocks[i].ptr);
    }
    bench_alloc(bench, HL_TASK_ISR, 20, 2);
    return &bench->hl->heaps[0];
}

static void require_found(struct bench *bench, int reason, const void *address)
{
    struct hl_fault fault;

    memset(&fault, 0x5a, sizeof(fault));
    assert_int_equal(hl_check(bench->hl, 0, &fault), HL_ERR_DAMAGED);
    assert_int_equal(fault.reason, reason);
    assert_ptr_equal(fault.address, address);
    assert_int_equal(fault.heap, 0);
    assert_int_equal(hl_check(bench->hl, 0, NULL), HL_ERR_DAMAGED);
    assert_int_equal(bench->faults, 0); /* said, not reported */
}

static void require_sound(struct bench *bench)
{
    struct hl_fault fault;

    for (int heap = 0; heap < BENCH_HEAPS; heap++) {
        assert_int_equal(hl_check(bench->hl, heap, &fault), 0);
        assert_int_equal(hl_check(bench->hl, heap, NULL), 0);
    }
}

static void random_heaps_are_sound(void **state)
{
    struct bench *bench = *state;

    while (bench_next_seed(bench, 100)) {
        bench_random_scene(bench, 400);
        require_sound(bench);
    }
}

static void heaps_that_are_not_there_are_not_found(void **state)
{
    struct bench *bench = *state;
    struct hl_fault fault;

    assert_int_equal(hl_check(bench->hl, -1, &fault), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_check(bench->hl, BENCH_HEAPS, &fault), HL_ERR_NOT_FOUND);
#if HL_TASK_TRACKING
    {
        struct hl_heap_desc desc = {.name = "foreign", .size = 1000};

        assert_int_equal(hl_add_foreign_heap(bench->hl, &desc), BENCH_HEAPS);
        assert_int_equal(hl_check(bench->hl, BENCH_HEAPS, &fault), HL_ERR_NOT_FOUND);
    }
#endif
    require_sound(bench);
}

/* The first block of that kind whose two neighbours in the row are there, too. */
static struct block *inner_block(const struct hl_heap *heap, bool used)
{
    struct block *b = heap->list.first;

    do {
        b = block_at(b, block_span(b->head));
    } while (block_used(b->head) != used);
    return b;
}

/* Changes a word, requires that it is found, and changes it back. */
static void try_word(struct bench *bench, uint32_t *word, uint32_t value, int reason,
                     const void *address)
{
    uint32_t before = *word;

    *word = value;
    require_found(bench, reason, address);
    *word = before;
    require_sound(bench);
}

static void damaged_heads_are_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct block *live = inner_block(heap, true);
    struct block *free_block = inner_block(heap, false);
    struct block *behind = block_at(free_block, block_span(free_block->head));
    const void *user = block_user(live);
    uint32_t prev_free = live->head & BLOCK_PREV_FREE; /* or it is the block before that sees it */

    try_word(bench, &live->head, prev_free, HL_FAULT_SIZE, user);
    try_word(bench, &live->head, (UINT32_MAX & ~BLOCK_PREV_FREE) | prev_free, HL_FAULT_SIZE, user);
    try_word(bench, &live->head, block_live_head(8, 3, prev_free), HL_FAULT_SIZE, user);
    try_word(bench, &free_block->head, free_block->head | 1, HL_FAULT_FREE_BLOCK,
             block_user(free_block));
    try_word(bench, block_foot(behind), 0, HL_FAULT_FREE_BLOCK, block_user(free_block));
    try_word(bench, &behind->head, behind->head & ~BLOCK_PREV_FREE, HL_FAULT_NEIGHBOUR,
             block_user(behind));
    behind = block_at(live, block_span(live->head));
    if (block_used(behind->head)) {
        try_word(bench, &behind->head, behind->head | BLOCK_PREV_FREE, HL_FAULT_NEIGHBOUR,
                 block_user(behind));
    }
}

static void a_damaged_sentinel_is_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct block *end = heap->end;

    try_word(bench, &end->head, end->head ^ BLOCK_PREV_FREE, HL_FAULT_NEIGHBOUR, block_user(end));
    try_word(bench, &end->head, end->head ^ BLOCK_USED, HL_FAULT_NEIGHBOUR, block_user(end));
    try_word(bench, &end->head, end->head ^ 1, HL_FAULT_NEIGHBOUR, block_user(end));
    try_word(bench, &end->head, end->head ^ UINT32_C(0x80000000), HL_FAULT_NEIGHBOUR,
             block_user(end));
}

/* There is none before it that could be free. */
static void a_first_block_that_says_that_one_before_it_is_free_is_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = &bench->hl->heaps[0];
    struct block *first = heap->list.first;

    assert_non_null(bench_alloc(bench, 0, block_size(block_span(first->head)), 1));
    assert_true(block_used(first->head));
    try_word(bench, &first->head, first->head | BLOCK_PREV_FREE, HL_FAULT_NEIGHBOUR,
             block_user(first));
}

static void damaged_links_are_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct block *b = inner_block(heap, false);
    const void *user = block_user(b);
    struct block *other = b;

    do { /* a free block with another span */
        other = block_at(other, block_span(other->head));
    } while (block_used(other->head) ||
             freelist_bin(block_span(other->head)) == freelist_bin(block_span(b->head)));
    try_word(bench, &b->next, UINT32_MAX, HL_FAULT_FREE_LIST, user);
    try_word(bench, &b->next, b->next + 1, HL_FAULT_FREE_LIST, user);
    try_word(bench, &b->next, freelist_offset(&heap->list, b), HL_FAULT_FREE_LIST, user);
    try_word(bench, &b->next, freelist_offset(&heap->list, other), HL_FAULT_FREE_LIST, user);
    try_word(bench, &b->link, UINT32_MAX, HL_FAULT_FREE_LIST, user);
    try_word(bench, &b->link, freelist_head(&heap->list, 124), HL_FAULT_FREE_LIST, user);
}

/* Sound links, but the wrong list. */
static void a_block_in_the_wrong_list_is_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct freelist *list = &heap->list;
    struct block *b = inner_block(heap, false);

    freelist_remove(list, b);
    freelist_insert(list, b, 2048);
    require_found(bench, HL_FAULT_FREE_LIST, block_user(b));
    freelist_remove(list, b);
    freelist_insert(list, b, block_span(b->head));
    require_sound(bench);
}

static void a_block_behind_others_in_the_wrong_list_is_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct freelist *list = &heap->list;
    struct block *b = inner_block(heap, false);
    unsigned bin = FREELIST_BINS - 1;
    struct block *large;

    while (list->bins[bin] == 0 || freelist_block(list, list->bins[bin]) == b) {
        bin--;
    }
    large = freelist_block(list, list->bins[bin]);
    freelist_remove(list, b);
    b->next = large->next;
    b->link = freelist_next_link(list, large);
    large->next = freelist_offset(list, b);
    require_found(bench, HL_FAULT_FREE_LIST, block_user(b));
}

static void damaged_bins_are_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct freelist *list = &heap->list;
    struct block *free_block = inner_block(heap, false);
    unsigned filled = freelist_bin(block_span(free_block->head)) / FREELIST_BIN_BYTES;
    struct block *live = inner_block(heap, true);

    assert_int_equal(list->bins[30], 0);
    try_word(bench, &list->bitmap, list->bitmap | UINT32_C(0x40000000), HL_FAULT_FREE_LIST, NULL);
    try_word(bench, &list->bitmap, list->bitmap & ~(UINT32_C(1) << filled), HL_FAULT_FREE_LIST,
             block_user(freelist_block(list, list->bins[filled])));
    try_word(bench, &list->bins[30], UINT32_MAX, HL_FAULT_FREE_LIST, NULL);
    list->bitmap |= UINT32_C(0x40000000); /* a list that is not there, and leads somewhere */
    list->bins[30] = freelist_offset(list, live);
    require_found(bench, HL_FAULT_FREE_LIST, block_user(live));
    list->bins[30] = freelist_offset(list, free_block);
    require_found(bench, HL_FAULT_FREE_LIST, block_user(free_block));
    list->bitmap &= ~UINT32_C(0x40000000);
    list->bins[30] = 0;
    try_word(bench, &list->bins[30], freelist_offset(list, live), HL_FAULT_FREE_LIST,
             block_user(live));
}

static void the_first_of_several_damages_is_named(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct block *second = inner_block(heap, true);
    uint32_t before = second->head;
    uint32_t end = heap->end->head;

    second->head &= BLOCK_PREV_FREE;
    heap->end->head = 0;
    require_found(bench, HL_FAULT_SIZE, block_user(second));
    heap->end->head = end;
    require_found(bench, HL_FAULT_SIZE, block_user(second));
    second->head = before;
    require_sound(bench);
}

static void free_bytes_that_do_not_add_up_are_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct hl_fault fault;

    try_word(bench, &heap->free, heap->free + 8, HL_FAULT_BOOKS, NULL);
    try_word(bench, &heap->min_free, heap->free + 8, HL_FAULT_BOOKS, NULL);
    heap->free -= 8;
    assert_int_equal(hl_check(bench->hl, 0, &fault), HL_ERR_DAMAGED);
    assert_int_equal(fault.task, HL_ERR_NOT_FOUND);
    heap->free += 8;
}

static void who_was_running_is_named_with_damage(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct hl_fault fault;

    bench->port.running = HL_TASK_FIRST + 1;
    heap->end->head ^= 1;
    assert_int_equal(hl_check(bench->hl, 0, &fault), HL_ERR_DAMAGED);
    assert_int_equal(fault.task, HL_TASK_TRACKING ? HL_TASK_FIRST + 1 : 0);
}

#if HL_TASK_TRACKING

static void try_books(struct bench *bench, uint32_t *word, uint32_t value, int task)
{
    struct hl_fault fault;
    uint32_t before = *word;

    *word = value;
    require_found(bench, HL_FAULT_BOOKS, NULL);
    assert_int_equal(hl_check(bench->hl, 0, &fault), HL_ERR_DAMAGED);
    assert_int_equal(fault.task, task);
    *word = before;
    require_sound(bench);
}

static void books_that_do_not_balance_are_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);

    for (int id = 0; id < BENCH_TASKS + HL_TASK_FIRST; id++) {
        struct hl_account *account = &heap->accounts[id];
        struct hl_account *balance = &bench->hl->ledger.balances[id];

        try_books(bench, &account->blocks, account->blocks + 1, id);
        try_books(bench, &account->current, account->current + 8, id);
        try_books(bench, &balance->current, balance->current + 8, id);
        if (account->current != 0) {
            try_books(bench, &account->peak, account->current - 1, id);
            try_books(bench, &balance->peak, balance->current - 1, id);
        }
    }
}

/* Account and balance agree with each other, and the blocks say otherwise. */
static void an_account_that_the_blocks_contradict_is_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct hl_account *account = &heap->accounts[HL_TASK_FIRST];
    struct hl_account *balance = &bench->hl->ledger.balances[HL_TASK_FIRST];

    balance->current += 8;
    balance->peak += 8;
    account->peak += 8;
    account->current += 8;
    require_found(bench, HL_FAULT_BOOKS, NULL);
    account->current -= 8;
    balance->current -= 8;
    require_sound(bench);
}

static void a_head_with_the_wrong_owner_is_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct block *live = inner_block(heap, true);
    uint32_t owner = block_owner(live->head);
    const void *user = block_user(live);

    for (uint32_t id = 0; id < UINT32_C(1) << HL_OWNER_BITS; id++) {
        uint32_t wrong = block_with_owner(live->head, id);

        if (id == owner) {
            continue;
        }
        if (id == HL_TASK_FIRST || id == HL_TASK_FIRST + 1) {
            try_word(bench, &live->head, wrong, HL_FAULT_BOOKS, NULL);
        } else {
            try_word(bench, &live->head, wrong, HL_FAULT_OWNER, user);
        }
    }
}

static void require_every_bit_found(struct bench *bench, uint32_t *word)
{
    for (unsigned bit = 0; bit < 32; bit++) {
        struct hl_fault fault;

        *word ^= UINT32_C(1) << bit;
        assert_int_equal(hl_check(bench->hl, 0, &fault), HL_ERR_DAMAGED);
        *word ^= UINT32_C(1) << bit;
    }
}

static void every_flipped_bit_of_heads_feet_and_links_is_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);
    struct block *b = heap->list.first;

    while (b != heap->end) {
        struct block *behind = block_at(b, block_span(b->head));

        require_every_bit_found(bench, &b->head);
        if (!block_used(b->head)) {
            require_every_bit_found(bench, &b->next);
            require_every_bit_found(bench, &b->link);
            require_every_bit_found(bench, block_foot(behind));
        }
        b = behind;
    }
    require_every_bit_found(bench, &heap->end->head);
    require_sound(bench);
}

static void every_flipped_bit_of_bins_and_books_is_found(void **state)
{
    struct bench *bench = *state;
    struct hl_heap *heap = plant_heap(bench);

    require_every_bit_found(bench, &heap->list.bitmap);
    require_every_bit_found(bench, &heap->free);
    for (unsigned bin = 0; bin < FREELIST_BINS; bin++) {
        require_every_bit_found(bench, &heap->list.bins[bin]);
    }
    for (uint32_t id = 0; id < bench->hl->ledger.ids; id++) {
        require_every_bit_found(bench, &heap->accounts[id].current);
        require_every_bit_found(bench, &heap->accounts[id].blocks);
        require_every_bit_found(bench, &bench->hl->ledger.balances[id].current);
    }
    require_sound(bench);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)
        TEST(random_heaps_are_sound),
        TEST(heaps_that_are_not_there_are_not_found),
        TEST(damaged_heads_are_found),
        TEST(a_damaged_sentinel_is_found),
        TEST(a_first_block_that_says_that_one_before_it_is_free_is_found),
        TEST(damaged_links_are_found),
        TEST(a_block_in_the_wrong_list_is_found),
        TEST(a_block_behind_others_in_the_wrong_list_is_found),
        TEST(damaged_bins_are_found),
        TEST(the_first_of_several_damages_is_named),
        TEST(free_bytes_that_do_not_add_up_are_found),
        TEST(who_was_running_is_named_with_damage),
#if HL_TASK_TRACKING
        TEST(books_that_do_not_balance_are_found),
        TEST(an_account_that_the_blocks_contradict_is_found),
        TEST(a_head_with_the_wrong_owner_is_found),
        TEST(every_flipped_bit_of_heads_feet_and_links_is_found),
        TEST(every_flipped_bit_of_bins_and_books_is_found),
#endif
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
