/* SPDX-License-Identifier: MIT */
/* One heap alone: rounding, placing, splitting, merging, resizing, and what damage it sees. */
#include "rig.h"

enum {
    HEAP_BYTES = 8192,
    UNIT = HL_ALIGN > 8 ? 16 : 8, /* spans that are a multiple of it fit every alignment */
};

static struct hl_heap heap;
static struct block *cursor;

static void format(size_t bytes)
{
    uintptr_t start = (uintptr_t)rig.arena;

    memset(&heap, 0, sizeof(heap));
    assert_true(heap_format(&heap, start, start + bytes));
    cursor = NULL;
}

static int setup(void **state)
{
    (void)state;
    rig_start(false);
    format(HEAP_BYTES);
    return 0;
}

static void sound(void)
{
    const char *wrong = rig_heap_unsound(&heap);

    if (wrong != NULL) {
        fail_msg("%s", wrong);
    }
}

static int teardown(void **state)
{
    sound();
    return rig_teardown(state);
}

static struct block *take(uint32_t need)
{
    struct block *b = freelist_find(&heap.list, need, freelist_looks(need));
    uint32_t whole;

    if (b == NULL) {
        return NULL;
    }
    assert_true(heap_can_give(&heap, b, need));
    whole = block_span(b->head);
    b = heap_take(&heap, b, whole, heap_rest_or_need(whole, need), 5);
    assert_int_equal(block_owner(b->head), 5);
    sound();
    return b;
}

static struct block *take_at(uint32_t need, size_t alignment)
{
    uint32_t search = heap_search_span(need, alignment);
    uint32_t gap, span;
    struct block *b;

    if (search == 0) {
        return NULL;
    }
    b = freelist_find(&heap.list, search, freelist_looks(search));
    if (b == NULL) {
        return NULL;
    }
    assert_true(heap_can_give(&heap, b, search));
    gap = heap_gap_for(b, alignment);
    span = heap_rest_or_need(block_span(b->head) - gap, need);
    b = heap_take_behind(&heap, b, gap, span, 5);
    assert_int_equal(block_owner(b->head), 5);
    sound();
    return b;
}

static void release(struct block *b)
{
    heap_release(&heap, b, &cursor);
    sound();
}

static void resize(struct block *b, uint32_t span)
{
    heap_resize(&heap, b, span, 5, &cursor);
    sound();
}

/* Live blocks of these spans one behind the other from the start of an empty heap of just that size. */
static void row(struct block **blocks, unsigned count, const uint32_t *spans)
{
    uint32_t total = 0;
    size_t shift = HL_ALIGN - 4; /* from the start of the arena to the first head */

    for (unsigned i = 0; i < count; i++) {
        total += spans[i];
    }
    format(shift + total + 4);
    for (unsigned i = 0; i < count; i++) {
        blocks[i] = take(spans[i]);
        assert_non_null(blocks[i]);
    }
    assert_int_equal(heap.free, 0);
    for (unsigned i = 1; i < count; i++) {
        assert_ptr_equal(blocks[i], block_at(blocks[i - 1], spans[i - 1]));
    }
}

static unsigned free_blocks(void)
{
    unsigned count = 0;

    for (const struct block *b = heap.list.first; b != heap.end;
         b = block_at(b, block_span(b->head))) {
        count += !block_used(b->head);
    }
    return count;
}

static void a_heap_lies_inside_its_memory_and_wastes_none(void **state)
{
    (void)state;
    for (uintptr_t shift = 0; shift < 32; shift++) {
        uintptr_t start = (uintptr_t)rig.arena + shift;

        for (uintptr_t bytes = 0; bytes < 128; bytes++) {
            /* The first place for a head, and what is left for blocks from there. */
            uintptr_t first = start + ((0U - (start + 4)) & (HL_ALIGN - 1U));
            uintptr_t room = start + bytes >= first + 4 ? start + bytes - first - 4 : 0;

            memset(&heap, 0, sizeof(heap));
            if (!heap_format(&heap, start, start + bytes)) {
                assert_true(room < 16);
                continue;
            }
            assert_true(room >= 16);
            assert_int_equal((uintptr_t)heap.list.first, first);
            assert_int_equal(heap.free, room / HL_ALIGN * HL_ALIGN);
            assert_int_equal((uintptr_t)heap.end, first + heap.free);
            assert_int_equal(heap.min_free, heap.free);
            sound();
        }
    }
    format(HEAP_BYTES);
}

static void memory_at_the_end_of_the_address_space_is_no_reason_to_go_astray(void **state)
{
    (void)state;
    for (uintptr_t bytes = 0; bytes < 16; bytes++) {
        for (uintptr_t shift = bytes; shift < 40; shift++) {
            struct hl_heap unused;
            uintptr_t start = UINTPTR_MAX - shift;

            memset(&unused, 0, sizeof(unused));
            assert_false(heap_format(&unused, start, start + bytes));
        }
    }
}

/* Not to be touched: there is none of ours. Offsets of 32 bits are addresses, and the lowest are taken. */
static void a_little_memory_at_its_start_is_too_small(void **state)
{
    (void)state;
    for (uintptr_t start = 1; start < 100; start++) {
        for (uintptr_t bytes = 0; bytes < 20; bytes++) {
            struct hl_heap unused;

            memset(&unused, 0, sizeof(unused));
            assert_false(heap_format(&unused, start, start + bytes));
        }
    }
#if UINTPTR_MAX == UINT32_MAX
    struct hl_heap unused;

    memset(&unused, 0, sizeof(unused));
    assert_false(heap_format(&unused, 4, FREELIST_BASE_GAP + 19));
#endif
}

static void a_request_is_given_the_smallest_span_that_holds_it(void **state)
{
    const size_t most = (size_t)BLOCK_MAX_SPAN - 4;

    (void)state;
    for (size_t size = 1; size < 3000; size++) {
        assert_int_equal(heap_span_for(size), rig_span_for(size));
    }
    assert_int_equal(heap_span_for(0), 0);
    assert_int_equal(heap_span_for(most), BLOCK_MAX_SPAN);
    assert_int_equal(heap_span_for(most - HL_ALIGN), BLOCK_MAX_SPAN - HL_ALIGN);
    assert_int_equal(heap_span_for(most + 1), 0);
    assert_int_equal(heap_span_for(SIZE_MAX), 0);
    assert_int_equal(heap_span_for(SIZE_MAX - 4), 0);
    assert_int_equal(heap_span_for((size_t)UINT32_MAX), 0);
}

static void a_rest_too_small_for_a_block_goes_along(void **state)
{
    struct block *b[2];
    const uint32_t spans[] = {64, 32};

    (void)state;
    for (uint32_t rest = 0; rest <= 32; rest += HL_ALIGN) {
        struct block *again;

        row(b, 2, spans);
        release(b[0]);
        again = take(64 - rest);
        assert_ptr_equal(again, b[0]);
        assert_int_equal(block_span(again->head), rest < 16 ? 64 : 64 - rest);
        assert_int_equal(free_blocks(), rest < 16 ? 0 : 1);
        assert_int_equal(heap.free, rest < 16 ? 0 : rest);
    }
}

static void a_large_block_gives_from_its_end_while_it_stays_in_its_bin(void **state)
{
    uint32_t span = heap.free;
    struct block *b = take(64);
    struct block *second = take(64);

    (void)state;
    assert_int_equal(freelist_bin(span), freelist_bin(span - 128));
    assert_ptr_equal(block_at(b, 64), heap.end);
    assert_ptr_equal(block_at(second, 64), b);
    assert_true(block_prev_free(second->head));
    assert_false(block_prev_free(b->head));
    /* Below 2 KiB, or where it may leave its bin, it gives from its start. */
    while (heap_stays_in_bin(heap.free, heap.free - 64)) {
        assert_int_equal(freelist_bin(heap.free - 64), freelist_bin(heap.free));
        assert_non_null(take(64));
    }
    assert_ptr_equal(take(64), heap.list.first);
    format(2048 + HL_ALIGN - 4 + 4);
    assert_ptr_equal(take(16), heap.list.first);
}

static void what_is_least_free_is_remembered(void **state)
{
    uint32_t all;
    struct block *b, *c;

    (void)state;
    format(2000); /* gives from its start */
    all = heap.free;
    b = take(512);
    c = take(256);
    assert_int_equal(heap.free, all - 768);
    release(b);
    release(c);
    assert_int_equal(heap.free, all);
    assert_int_equal(heap.min_free, all - 768);
    b = take(512);
    assert_int_equal(heap.min_free, all - 768);
    resize(b, 1024);
    assert_int_equal(heap.free, all - 1024);
    assert_int_equal(heap.min_free, all - 1024);
    resize(b, 16);
    assert_int_equal(heap.free, all - 16);
    assert_int_equal(heap.min_free, all - 1024);
    release(b);
}

/* Every pair of neighbours of a freed block, small enough to change bins and large enough to keep one. */
static void a_freed_block_merges_with_whatever_is_free_beside_it(void **state)
{
    static const uint32_t prev_spans[] = {16, 64, 512, 1024};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned around = 0; around < 4; around++) {
            const uint32_t spans[] = {32, prev_spans[i], 48, 32, 32};
            struct block *b[5];
            bool before = (around & 1) != 0;
            bool behind = (around & 2) != 0;

            row(b, 5, spans);
            if (before) {
                release(b[1]);
            }
            if (behind) {
                release(b[3]);
            }
            release(b[2]);
            assert_int_equal(free_blocks(), 1);
            assert_int_equal(heap.free, 48 + (before ? prev_spans[i] : 0) + (behind ? 32U : 0));
            assert_int_equal(block_span(b[before ? 1 : 2]->head), heap.free);
            assert_true(block_prev_free(b[behind ? 4 : 3]->head));
            assert_false(block_used(b[2]->head)); /* a second free of it is seen */
        }
    }
}

static void the_first_and_the_last_block_of_a_heap_merge_inwards_only(void **state)
{
    const uint32_t spans[] = {32, 32, 32};
    struct block *b[3];

    (void)state;
    row(b, 3, spans);
    release(b[0]);
    release(b[2]);
    assert_int_equal(free_blocks(), 2);
    release(b[1]);
    assert_int_equal(free_blocks(), 1);
    assert_int_equal(heap.free, 96);
}

static void a_cursor_moves_behind_the_merged_block_when_its_head_vanishes(void **state)
{
    const uint32_t spans[] = {32, 32, 48, 32, 32};

    (void)state;
    for (unsigned around = 0; around < 4; around++) {
        for (unsigned at = 0; at < 5; at++) {
            struct block *b[5];
            struct block *expected;
            bool before = (around & 1) != 0;
            bool behind = (around & 2) != 0;

            row(b, 5, spans);
            if (before) {
                release(b[1]);
            }
            if (behind) {
                release(b[3]);
            }
            cursor = b[at];
            expected = b[at];
            if ((at == 2 && before) || (at == 3 && behind)) {
                expected = b[behind ? 4 : 3];
            }
            heap_release(&heap, b[2], &cursor);
            assert_ptr_equal(cursor, expected);
        }
    }
    cursor = NULL;
}

/* Two live blocks with or without a free one between them; the first is resized to every span. */
static void resizing_in_place_takes_from_and_gives_to_the_block_behind(void **state)
{
    enum {
        SPAN = 96,
        BEHIND = 64,
    };
    const uint32_t spans[] = {32, SPAN, BEHIND, 32};

    (void)state;
    for (unsigned is_free = 0; is_free < 2; is_free++) {
        for (uint32_t need = 16; need <= SPAN + BEHIND + 32; need += HL_ALIGN) {
            uint32_t room = is_free ? SPAN + BEHIND : SPAN;
            struct block *b[4];
            uint32_t span;

            row(b, 4, spans);
            if (is_free) {
                release(b[2]);
            }
            span = heap_resize_span(b[1], need);
            if (need > room) {
                assert_int_equal(span, 0);
                continue;
            }
            /* What is given up joins a free block behind, or makes one, or is too little for one. */
            if (need > room - 16 || (!is_free && need > SPAN - 16)) {
                assert_int_equal(span, need <= SPAN && is_free ? need : room);
            } else {
                assert_int_equal(span, need);
            }
            resize(b[1], span);
            assert_int_equal(block_span(b[1]->head), span);
            assert_int_equal(heap.free, room - span);
            assert_int_equal(free_blocks(), span < room);
            assert_int_equal(block_prev_free(b[is_free ? 3 : 2]->head), span < room);
            if (is_free && span != SPAN && span < room) {
                assert_false(block_used(b[2]->head)); /* its head looks like none */
            }
        }
    }
}

static void resizing_keeps_the_free_block_before(void **state)
{
    const uint32_t spans[] = {32, 96, 32};
    struct block *b[3];

    (void)state;
    row(b, 3, spans);
    release(b[0]);
    resize(b[1], heap_resize_span(b[1], 48));
    assert_true(block_prev_free(b[1]->head));
    resize(b[1], heap_resize_span(b[1], 96));
    assert_true(block_prev_free(b[1]->head));
    assert_int_equal(heap.free, 32);
}

static void a_cursor_in_front_of_a_resized_block_stays_valid(void **state)
{
    const uint32_t spans[] = {32, 96, 64, 32};
    static const uint32_t needs[] = {32, 96 - UNIT, 96 + 32, 96 + 64};

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct block *b[4];

        row(b, 4, spans);
        release(b[2]);
        cursor = b[2];
        heap_resize(&heap, b[1], needs[i], 5, &cursor);
        /* Never back: behind the free block when that grows downwards, else where it starts now. */
        assert_ptr_equal(cursor, needs[i] < 96 ? b[3] : block_at(b[1], needs[i]));
        sound();
    }
    cursor = NULL;
}

static void an_aligned_block_has_nothing_or_a_whole_block_in_front(void **state)
{
    (void)state;
    for (size_t alignment = 1; alignment <= 2048; alignment *= 2) {
        for (uint32_t shift = 16; shift <= 16 + 64; shift += HL_ALIGN) {
            struct block *first, *b;

            format(HEAP_BYTES);
            first = take_at(shift, 2 * HL_ALIGN); /* at the start, however large the rest */
            b = take_at(64, alignment);
            assert_non_null(first);
            assert_non_null(b);
            assert_int_equal((uintptr_t)block_user(b) % alignment, 0);
            assert_int_equal((uintptr_t)block_user(b) % HL_ALIGN, 0);
            assert_int_equal(block_span(b->head), 64);
            release(b);
            release(first);
            assert_int_equal(free_blocks(), 1);
        }
    }
}

static void an_aligned_block_needs_no_more_room_than_was_searched_for(void **state)
{
    (void)state;
    /* The worst place for each alignment: one unit behind a multiple. */
    for (uint32_t alignment = 2 * HL_ALIGN; alignment <= 1024; alignment *= 2) {
        for (uint32_t shift = 0; shift < alignment + 64; shift += HL_ALIGN) {
            uintptr_t start = (uintptr_t)rig.arena + shift + HL_ALIGN - 4;
            uint32_t span = 32 + alignment + 16 - HL_ALIGN;
            struct block *b;

            memset(&heap, 0, sizeof(heap));
            assert_true(heap_format(&heap, start, start + span + 4));
            assert_int_equal(heap.free, span);
            b = take_at(32, alignment);
            assert_non_null(b);
            assert_int_equal((uintptr_t)block_user(b) % alignment, 0);
            release(b);
            assert_null(take_at(32 + HL_ALIGN, alignment));
        }
    }
    format(HEAP_BYTES);
    assert_null(take_at(16, (size_t)BLOCK_MAX_SPAN + 1));
    assert_null(take_at(16, SIZE_MAX / 2 + 1));
    assert_null(take_at((uint32_t)BLOCK_MAX_SPAN, 2 * HL_ALIGN));
}

static void an_empty_heap_places_nothing(void **state)
{
    struct block *b;

    (void)state;
    format(16 + HL_ALIGN - 4 + 4);
    b = take(16);
    assert_non_null(b);
    assert_int_equal(heap.free, 0);
    assert_null(take(16));
    assert_null(take_at(16, 64));
    release(b);
}

/* A block is found for that many bytes, and cannot be placed. */
static void expect_damage(uint32_t need, const struct block *at)
{
    const struct block *b = freelist_find(&heap.list, need, freelist_looks(need));

    assert_ptr_equal(b, at);
    assert_false(heap_can_give(&heap, b, need));
}

static void nothing_is_placed_in_a_block_that_is_damaged(void **state)
{
    struct block *first = heap.list.first;
    uint32_t head = first->head;
    hl_word *foot = block_foot(heap.end);

    (void)state;
    *foot ^= 1;
    expect_damage(32, first);
    *foot ^= 1;
    first->head = block_free_head(32); /* less than its bin promises */
    expect_damage(64, first);
    first->head = block_free_head(heap.free + HL_ALIGN);
    expect_damage(64, first);
    first->head = head;
#if HL_CHECK_LINKS
    first->next = freelist_offset(&heap.list, first);
    expect_damage(64, first);
    first->next = 0;
    first->link ^= 1;
    expect_damage(64, first);
    first->link ^= 1;
#endif
}

static int block_fault(const void *ptr, const struct block **where)
{
    uint32_t room;
    int fault;

    assert_true(heap_holds(&heap, ptr, &room));
    fault = heap_head_fault(ptr, room);
    return fault != 0 ? fault : heap_neighbour_fault(&heap, block_of(ptr), room, where);
}

/* What the pointer of a block is said to be, and which block is said to be at fault. */
static void expect_fault(const struct block *b, int fault, const struct block *at)
{
    const struct block *where = b;

    assert_int_equal(block_fault(block_user(b), &where), fault);
    if (fault != 0) {
        assert_ptr_equal(where, at);
    }
}

static void each_kind_of_damage_has_its_name(void **state)
{
    const uint32_t spans[] = {64, 64, 64, 64, 64};
    const struct block *where;
    struct block *b[5];
    uint32_t head;

    (void)state;
    row(b, 5, spans);
    release(b[0]);
    release(b[2]);
    expect_fault(b[1], 0, NULL);
    expect_fault(b[3], 0, NULL);
    expect_fault(b[4], 0, NULL);
    expect_fault(b[2], HL_FAULT_NOT_USED, b[2]);
    assert_int_equal(block_fault((char *)block_user(b[1]) + 1, &where), HL_FAULT_MISALIGNED);

    head = b[1]->head;
    b[1]->head = block_live_head(16 - HL_ALIGN, 5, BLOCK_PREV_FREE);
    expect_fault(b[1], HL_FAULT_SIZE, b[1]);
    b[1]->head = block_live_head(64 * 4 + HL_ALIGN, 5, BLOCK_PREV_FREE);
    expect_fault(b[1], HL_FAULT_SIZE, b[1]);
    b[1]->head = head;

    b[2]->head |= BLOCK_PREV_FREE;
    expect_fault(b[1], HL_FAULT_NEIGHBOUR, b[2]);
    b[2]->head &= ~BLOCK_PREV_FREE;
    b[2]->head += 1; /* an owner in a free block */
    expect_fault(b[1], HL_FAULT_FREE_BLOCK, b[2]);
    b[2]->head -= 1;
    *block_foot(b[3]) ^= 0x80000000;
    expect_fault(b[1], HL_FAULT_FREE_BLOCK, b[2]);
    expect_fault(b[3], HL_FAULT_NEIGHBOUR, b[3]);
    *block_foot(b[3]) ^= 0x80000000;
#if HL_CHECK_LINKS
    head = b[4]->head;
    b[4]->head = block_live_head(64 + HL_ALIGN, 5, 0);
    expect_fault(b[3], HL_FAULT_NEIGHBOUR, b[4]);
    b[4]->head = head;
    b[2]->next ^= 4;
    expect_fault(b[1], HL_FAULT_FREE_LIST, b[2]);
    expect_fault(b[3], HL_FAULT_FREE_LIST, b[2]);
    b[2]->next ^= 4;
#endif
}

/* The word before the first block may not be ours to read. Here it says that a block ends there; at
 * alignment 4 it is not even ours, which AddressSanitizer would tell. */
static void nothing_before_the_first_block_is_read(void **state)
{
    size_t bytes = HL_ALIGN - 4 + 64 + 4;
    unsigned char *memory = malloc(bytes);
    struct block *b;

    (void)state;
    assert_non_null(memory);
    memset(memory, 0, bytes);
    memset(&heap, 0, sizeof(heap));
    assert_true(heap_format(&heap, (uintptr_t)memory, (uintptr_t)memory + bytes));
    b = take(64);
    assert_ptr_equal(b, heap.list.first);
    b->head |= BLOCK_PREV_FREE;
    expect_fault(b, HL_FAULT_NEIGHBOUR, b);
    if (HL_ALIGN > 4) {
        *block_foot(b) = block_free_head(16);
        expect_fault(b, HL_FAULT_NEIGHBOUR, b);
    }
    format(HEAP_BYTES);
    free(memory);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_heap_lies_inside_its_memory_and_wastes_none),
        TEST(memory_at_the_end_of_the_address_space_is_no_reason_to_go_astray),
        TEST(a_little_memory_at_its_start_is_too_small),
        TEST(a_request_is_given_the_smallest_span_that_holds_it),
        TEST(a_rest_too_small_for_a_block_goes_along),
        TEST(a_large_block_gives_from_its_end_while_it_stays_in_its_bin),
        TEST(what_is_least_free_is_remembered),
        TEST(a_freed_block_merges_with_whatever_is_free_beside_it),
        TEST(the_first_and_the_last_block_of_a_heap_merge_inwards_only),
        TEST(a_cursor_moves_behind_the_merged_block_when_its_head_vanishes),
        TEST(resizing_in_place_takes_from_and_gives_to_the_block_behind),
        TEST(resizing_keeps_the_free_block_before),
        TEST(a_cursor_in_front_of_a_resized_block_stays_valid),
        TEST(an_aligned_block_has_nothing_or_a_whole_block_in_front),
        TEST(an_aligned_block_needs_no_more_room_than_was_searched_for),
        TEST(an_empty_heap_places_nothing),
        TEST(nothing_is_placed_in_a_block_that_is_damaged),
        TEST(each_kind_of_damage_has_its_name),
        TEST(nothing_before_the_first_block_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
