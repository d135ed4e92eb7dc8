/* SPDX-License-Identifier: MIT */
/* The free lists alone: bins, order, links. */
#include "rig.h"

enum {
    EXTENT = 60000,
    STEP = 1024, /* from one place for a block to the next */
};

static struct hl_heap heap;
static struct freelist *const list = &heap.list;

/* The lists of a heap, emptied: blocks are made by hand. */
static int setup(void **state)
{
    uintptr_t start = (uintptr_t)rig.arena;

    (void)state;
    rig_start(false);
    memset(&heap, 0, sizeof(heap));
    assert_true(heap_format(&heap, start, start + EXTENT));
    freelist_remove(list, list->first);
    assert_int_equal(list->bitmap, 0);
    return 0;
}

static struct block *place(unsigned i)
{
    return block_at(list->first, i * STEP);
}

/* A free block of that span at the i-th place. */
static struct block *insert(unsigned i, uint32_t span)
{
    struct block *b = place(i);

    heap_set_free(b, span);
    freelist_insert(list, b, span);
    return b;
}

/* The list of a bin holds these blocks in this order, linked both ways. */
static void expect_list(unsigned bin, unsigned count, struct block *const *blocks)
{
    uint32_t offset = list->bins[bin];
    uint32_t link = rig_head_link(&heap, bin);

    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(offset, freelist_offset(list, blocks[i]));
        assert_int_equal(blocks[i]->link, link);
        assert_true(freelist_sound(list, blocks[i]));
        link = offset + 4;
        offset = blocks[i]->next;
    }
    assert_int_equal(offset, 0);
    assert_int_equal(list->bitmap >> bin & 1U, count != 0);
}

/* The block that is found, by both ways; NULL: none. */
static struct block *find(uint32_t need)
{
    struct block *found = freelist_find(list, need, freelist_looks(need));
    struct freelist_found small;

    if (need < FREELIST_TABLE_SPANS) {
        assert_int_equal(freelist_find_small(list, need, &small), found != NULL);
        if (found != NULL) {
            assert_ptr_equal(small.block, found);
            assert_int_equal(small.span, block_free_span(found->head));
        }
    }
    if (found != NULL) {
        assert_true(block_free_span(found->head) >= need);
        assert_true(freelist_sound(list, found));
    }
    return found;
}

#if HL_CHECK_LINKS
/* Is a block found that is damaged, too small or with links that are not sound, or one that is too small
 * because the way beyond it is cut? The quick way finds none, or the same. */
static bool finds_damage(uint32_t need, const struct block *at)
{
    const struct block *found = freelist_find(list, need, freelist_looks(need));
    struct freelist_found small;

    assert_ptr_equal(found, at);
    if (freelist_find_small(list, need, &small)) {
        assert_ptr_equal(small.block, at);
    }
    return block_span(found->head) < need || !freelist_sound(list, found);
}
#endif

static void every_span_goes_into_the_bin_that_the_table_in_the_header_names(void **state)
{
    (void)state;
    for (uint32_t span = 16; span < 2 * 1024 * 1024; span += 4) {
        unsigned bin = freelist_bin(span) / 4;

        assert_int_equal(bin, rig_bin(span));
        assert_true(freelist_bin_span(bin) <= span);
        assert_true(bin == 31 || span < freelist_bin_span(bin + 1));
    }
    assert_int_equal(freelist_bin_span(31), 384 * 1024);
    assert_int_equal(freelist_bin((uint32_t)BLOCK_MAX_SPAN), 31 * 4);
    assert_int_equal(freelist_bin(UINT32_MAX), 31 * 4);
}

static void the_lowest_bit_is_found_with_and_without_an_instruction_for_it(void **state)
{
    extern const uint8_t freelist_de_bruijn_bins[32];

    (void)state;
    for (unsigned bit = 0; bit < 32; bit++) {
        uint32_t lowest = UINT32_C(1) << bit;

        assert_int_equal(freelist_lowest_bin(lowest), 4 * bit);
        assert_int_equal(freelist_lowest_bin(0U - lowest), 4 * bit);
        assert_int_equal(freelist_lowest_bin(lowest | UINT32_C(1) << 31), 4 * bit);
        assert_int_equal(freelist_de_bruijn_bins[lowest * 0x077CB531U >> 27], 4 * bit);
    }
}

static void a_bin_knows_whether_it_is_empty(void **state)
{
    struct block *b = insert(3, 32);
    struct block *large = insert(4, 512);

    (void)state;
    expect_list(rig_bin(32), 1, &b);
    expect_list(rig_bin(512), 1, &large);
    assert_int_equal(list->bitmap, 1U << rig_bin(32) | 1U << rig_bin(512));
    freelist_remove(list, b);
    expect_list(rig_bin(32), 0, NULL);
    freelist_remove(list, large);
    assert_int_equal(list->bitmap, 0);
}

static void the_lowest_block_comes_first_and_others_second(void **state)
{
    struct block *middle = insert(5, 32);
    struct block *higher = insert(7, 32);
    struct block *lowest = insert(2, 32);
    struct block *last = insert(9, 32);
    struct block *order[] = {lowest, last, middle, higher};

    (void)state;
    expect_list(rig_bin(32), 4, order);
}

static void blocks_leave_from_the_front_the_middle_and_the_end(void **state)
{
    struct block *b[4];
    struct block *order[3];

    (void)state;
    for (unsigned gone = 0; gone < 4; gone++) {
        unsigned left = 0;

        for (unsigned i = 4; i-- > 0;) {
            b[i] = insert(i, 48); /* each is the lowest: in order of address */
        }
        for (unsigned i = 0; i < 4; i++) {
            if (i != gone) {
                order[left++] = b[i];
            }
        }
        freelist_remove(list, b[gone]);
        expect_list(rig_bin(48), 3, order);
        for (unsigned i = 0; i < 3; i++) {
            freelist_remove(list, order[i]);
        }
        assert_int_equal(list->bitmap, 0);
    }
}

static void the_first_three_of_the_exact_bin_are_looked_at(void **state)
{
    struct block *above = insert(20, 512);

    (void)state;
    for (unsigned i = 8; i-- > 0;) {
        insert(i, i == 2 ? 160 : i == 3 ? 176 : 128); /* all of one bin */
    }
    assert_ptr_equal(find(128), place(0));
    assert_ptr_equal(find(144), place(2));
    assert_ptr_equal(find(160), place(2));
    assert_ptr_equal(find(176), above); /* the fourth is not seen */
    freelist_remove(list, above);
    assert_null(find(176));
    assert_ptr_equal(find(144), place(2));
}

static void in_the_last_bin_more_blocks_are_looked_at(void **state)
{
    enum {
        LARGE = 512 * 1024
    };

    (void)state;
    /* Only heads and links are read, so the spans may pass the arena's end. */
    for (unsigned i = 12; i-- > 0;) {
        struct block *b = place(i);

        b->head = block_free_head(i == 4 ? LARGE + 16 : i == 5 ? LARGE + 32 : LARGE);
        freelist_insert(list, b, LARGE);
    }
    assert_ptr_equal(find(LARGE), place(0));
    assert_ptr_equal(find(LARGE + 16), place(4));
    assert_null(find(LARGE + 32));
    assert_int_equal(freelist_sure_span(list), LARGE + 16);
}

static void the_next_bin_that_is_not_empty_serves_what_its_own_cannot(void **state)
{
    struct block *large = insert(1, 800);
    struct block *larger = insert(2, 1000);

    (void)state;
    assert_ptr_equal(find(16), large);
    assert_ptr_equal(find(500), large);
    assert_ptr_equal(find(800), large);
    freelist_remove(list, large);
    assert_ptr_equal(find(16), larger);
    freelist_remove(list, larger);
    assert_null(find(16));
}

static void a_block_that_was_found_leaves_from_wherever_it_was(void **state)
{
    static const uint32_t spans[] = {128, 144, 160}; /* all of one bin */

    (void)state;
    for (unsigned gone = 0; gone < 3; gone++) {
        struct block *order[2];
        unsigned left = 0;

        for (unsigned i = 3; i-- > 0;) {
            insert(i, spans[i]);
        }
        assert_ptr_equal(find(spans[gone]), place(gone));
        freelist_remove(list, place(gone));
        for (unsigned i = 0; i < 3; i++) {
            if (i != gone) {
                order[left++] = place(i);
            }
        }
        expect_list(rig_bin(128), 2, order);
        for (unsigned i = 0; i < 2; i++) {
            freelist_remove(list, find(128));
        }
        expect_list(rig_bin(128), 0, NULL);
        insert(4, 400); /* found in a bin above */
        freelist_remove(list, find(128));
        assert_int_equal(list->bitmap, 0);
    }
}

/* The quick way looks at the next bins first, and then at the bitmap. */
static void a_bin_above_is_found_however_far_it_is(void **state)
{
    (void)state;
    for (unsigned above = 1; above < 32; above++) {
        struct block *b = place(1);

        b->head = block_free_head(freelist_bin_span(above)); /* only the head is read */
        freelist_insert(list, b, freelist_bin_span(above));
        for (unsigned bin = 0; bin <= above; bin++) {
            assert_ptr_equal(find(freelist_bin_span(bin)), b);
        }
        if (above < 31) {
            assert_null(find(freelist_bin_span(above + 1)));
        }
        freelist_remove(list, b);
    }
}

static void the_sure_span_is_found_and_nothing_that_is_not_free(void **state)
{
    (void)state;
    assert_int_equal(freelist_sure_span(list), 0);
    for (unsigned i = 0; i < 40; i++) {
        uint32_t span = 16 + 16 * (i * 7 % 50);
        uint32_t sure;

        insert(i, span);
        sure = freelist_sure_span(list);
        assert_non_null(find(sure));
        assert_true(block_span(find(sure)->head) >= sure);
        assert_int_equal(rig_bin(sure), 31 - (unsigned)__builtin_clz(list->bitmap));
    }
}

#if HL_CHECK_LINKS
/* Offsets that lead nowhere: behind the heap, before it, and between two places. */
static const uint32_t astray[] = {1, 31, 125, 128, 255, EXTENT + 4096, 0xfffffff0U, 258};

static void links_that_lead_nowhere_are_not_sound(void **state)
{
    struct block *b[3];

    (void)state;
    for (unsigned i = 3; i-- > 0;) {
        b[i] = insert(i, 64);
    }
    for (unsigned i = 0; i < 3; i++) {
        struct block saved = *b[i];

        for (size_t k = 0; k < sizeof(astray) / sizeof(astray[0]); k++) {
            b[i]->next = astray[k];
            assert_false(freelist_sound(list, b[i]));
            *b[i] = saved;
            b[i]->link = astray[k];
            assert_false(freelist_sound(list, b[i]));
            *b[i] = saved;
        }
        for (unsigned wrong = 0; wrong < 5; wrong++) {
            uint32_t offset = freelist_offset(list, place(wrong));

            if (offset != saved.next) {
                b[i]->next = offset;
                assert_false(freelist_sound(list, b[i]));
            }
            *b[i] = saved;
            if (offset != saved.link) {
                b[i]->link = offset;
                assert_false(freelist_sound(list, b[i]));
            }
            *b[i] = saved;
        }
        assert_true(freelist_sound(list, b[i]));
    }
}

static void a_search_stops_at_a_link_that_leads_nowhere(void **state)
{
    struct block *lower;

    (void)state;
    insert(5, 64);
    lower = insert(2, 64);
    for (size_t k = 0; k < sizeof(astray) / sizeof(astray[0]); k++) {
        lower->next = astray[k];
        assert_true(finds_damage(80, lower)); /* of the same bin: 64 bytes are too few */
        assert_true(finds_damage(64, lower));
        assert_int_equal(freelist_sure_span(list), 64);
    }
}

static void an_insertion_writes_nothing_where_a_damaged_link_leads(void **state)
{
    struct block *first = insert(1, 64);
    struct block *victim = place(9); /* a block of somebody's, in no list */
    struct block *b;

    (void)state;
    victim->link = 0x11223344;
    first->next = freelist_offset(list, victim);
    b = insert(5, 64);
    assert_int_equal(victim->link, 0x11223344);
    assert_ptr_equal(freelist_block(list, list->bins[rig_bin(64)]), b);
    assert_true(freelist_sound(list, b));
    assert_false(freelist_sound(list, first)); /* to be told when it is touched */
    first->next = EXTENT + 4096;
    b = insert(6, 64);
    assert_true(freelist_sound(list, b));
    assert_false(freelist_sound(list, first));
}
#endif

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_span_goes_into_the_bin_that_the_table_in_the_header_names),
        TEST(the_lowest_bit_is_found_with_and_without_an_instruction_for_it),
        TEST(a_bin_knows_whether_it_is_empty),
        TEST(the_lowest_block_comes_first_and_others_second),
        TEST(blocks_leave_from_the_front_the_middle_and_the_end),
        TEST(the_first_three_of_the_exact_bin_are_looked_at),
        TEST(in_the_last_bin_more_blocks_are_looked_at),
        TEST(the_next_bin_that_is_not_empty_serves_what_its_own_cannot),
        TEST(a_block_that_was_found_leaves_from_wherever_it_was),
        TEST(a_bin_above_is_found_however_far_it_is),
        TEST(the_sure_span_is_found_and_nothing_that_is_not_free),
#if HL_CHECK_LINKS
        TEST(links_that_lead_nowhere_are_not_sound),
        TEST(a_search_stops_at_a_link_that_leads_nowhere),
        TEST(an_insertion_writes_nothing_where_a_damaged_link_leads),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
