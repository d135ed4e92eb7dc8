/* SPDX-License-Identifier: MIT */
/* Tests of the text writer: the lines of the reference, from entries, arrays and books. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "writers/capture.h"
#include "writers/desk.h"

static struct capture capture;
static struct desk desk;

static int start(void **state)
{
    (void)state;
    capture_start(&capture);
    desk_start(&desk, true);
    return 0;
}

static struct hl_task_info task_info(const char *name, bool alive, uint32_t peak, uint32_t current)
{
    struct hl_task_info task = {.serial = 4, .alive = alive, .peak = peak, .current = current};

    strncpy(task.name, name, sizeof(task.name) - 1);
    return task;
}

static void a_task_is_written_as_in_the_reference(void **state)
{
    struct hl_task_info alive = task_info("leaking_task", true, 15040, 9664);
    struct hl_task_info deleted = task_info("no_leak_task", false, 10128, 0);

    (void)state;
    assert_int_equal(hl_text_task(&capture.sink, &alive), 0);
    assert_int_equal(hl_text_task(&capture.sink, &deleted), 0);
    assert_string_equal(capture.text,
                        "leaking_task: ALIVE  : Peak Usage 15040, Current Usage 9664\n"
                        "no_leak_task: DELETED: Peak Usage 10128, Current Usage 0\n");
}

static void an_account_is_written_as_in_the_reference(void **state)
{
    struct hl_account_info account = {
        .name = "RAM", .caps = 1071118, .size = 22308, .current = 6656, .peak = 7232, .blocks = 1};

    (void)state;
    assert_int_equal(hl_text_account(&capture.sink, &account), 0);
    assert_string_equal(capture.text, "    RAM: Caps: 1071118. Size 22308, Current Usage 6656, "
                                      "Peak Usage 7232, alloc count 1\n");
    assert_int_equal(capture.calls, 1);
}

static void a_block_is_written_as_in_the_reference(void **state)
{
    struct hl_block_info block = {.address = (const void *)(uintptr_t)0x3fceb878, .size = 6656};

    (void)state;
    assert_int_equal(hl_text_block(&capture.sink, &block), 0);
    assert_string_equal(capture.text, "        0x3fceb878: Size: 6656\n");
}

static void addresses_have_eight_digits_or_as_many_as_they_need(void **state)
{
    struct hl_block_info block = {.address = (const void *)(uintptr_t)0xab0, .size = 8};

    (void)state;
    assert_int_equal(hl_text_block(&capture.sink, &block), 0);
    assert_string_equal(capture.text, "        0x00000ab0: Size: 8\n");
#if UINTPTR_MAX > UINT32_MAX
    capture_start(&capture);
    block.address = (const void *)(uintptr_t)0x7f00000000f0;
    assert_int_equal(hl_text_block(&capture.sink, &block), 0);
    assert_string_equal(capture.text, "        0x7f00000000f0: Size: 8\n");
#endif
}

static void numbers_of_every_length_are_exact(void **state)
{
    static const uint32_t numbers[] = {
        0,     1,       9,         10,         11,         99,         100,        909,       1000,
        65535, 1000000, 999999999, 1000000000, 1000000001, 2147483648, 4000000000, 4294967295};
    char expected[64];

    (void)state;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct hl_block_info block = {.address = NULL, .size = numbers[i]};

        capture_start(&capture);
        assert_int_equal(hl_text_block(&capture.sink, &block), 0);
        snprintf(expected, sizeof(expected), "        0x00000000: Size: %u\n", numbers[i]);
        assert_string_equal(capture.text, expected);
    }
}

static void sizes_of_foreign_heaps_may_be_as_large_as_size_t(void **state)
{
    struct hl_account_info account = {.name = "X", .size = SIZE_MAX};
    char expected[160];

    (void)state;
    assert_int_equal(hl_text_account(&capture.sink, &account), 0);
    snprintf(expected, sizeof(expected),
             "    X: Caps: 0. Size %zu, Current Usage 0, Peak Usage 0, alloc count 0\n", SIZE_MAX);
    assert_string_equal(capture.text, expected);
}

static void a_line_longer_than_the_buffer_is_written_in_whole(void **state)
{
    char name[301];
    char expected[512];

    (void)state;
    for (size_t length = 0; length < sizeof(name); length++) {
        struct hl_account_info account = {.name = name,
                                          .caps = UINT32_MAX,
                                          .size = SIZE_MAX,
                                          .current = UINT32_MAX,
                                          .peak = UINT32_MAX,
                                          .blocks = UINT32_MAX};

        memset(name, 'n', length);
        name[length] = 0;
        capture_start(&capture);
        assert_int_equal(hl_text_account(&capture.sink, &account), 0);
        snprintf(expected, sizeof(expected),
                 "    %s: Caps: %u. Size %zu, Current Usage %u, Peak Usage %u, alloc count %u\n",
                 name, UINT32_MAX, SIZE_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX);
        assert_string_equal(capture.text, expected);
    }
}

/* Two tasks: one that leaks two blocks and is deleted, one that gave everything back. */
static void play(void **blocks)
{
    int leaking = hl_task_register(desk.hl, NULL, "leaking_task");
    int honest = hl_task_register(desk.hl, NULL, "no_leak_task");

    desk_heap(&desk, "RAM", 4096, 1);
    desk_heap(&desk, "RAM", 8192, 2);
    blocks[0] = desk_alloc(&desk, leaking, 100, 1);
    hl_free(desk.hl, desk_alloc(&desk, honest, 300, 1));
    blocks[1] = desk_alloc(&desk, leaking, 20, 1);
    blocks[2] = desk_alloc(&desk, leaking, 1000, 2);
    assert_int_equal(hl_task_delete(desk.hl, leaking), 0);
    if (blocks[0] > blocks[1]) { /* in address order */
        void *higher = blocks[0];

        blocks[0] = blocks[1];
        blocks[1] = higher;
    }
}

/* What is to be written of it. */
static void expect(char *expected, size_t bytes, void *const *blocks)
{
    unsigned sizes[3];

    for (int i = 0; i < 3; i++) {
        sizes[i] = (unsigned)hl_usable_size(desk.hl, blocks[i]);
    }
    snprintf(expected, bytes,
             "no_leak_task: ALIVE  : Peak Usage 300, Current Usage 0\n"
             "    RAM: Caps: 1048593. Size 4096, Current Usage 0, Peak Usage 300, alloc count 0\n"
             "leaking_task: DELETED: Peak Usage %u, Current Usage %u\n"
             "    RAM: Caps: 1048593. Size 4096, Current Usage %u, Peak Usage %u, alloc count 2\n"
             "        0x%08jx: Size: %u\n"
             "        0x%08jx: Size: %u\n"
             "    RAM: Caps: 1048594. Size 8192, Current Usage %u, Peak Usage %u, alloc count 1\n"
             "        0x%08jx: Size: %u\n",
             sizes[0] + sizes[1] + sizes[2], sizes[0] + sizes[1] + sizes[2], sizes[0] + sizes[1],
             sizes[0] + sizes[1], (uintmax_t)(uintptr_t)blocks[0], sizes[0],
             (uintmax_t)(uintptr_t)blocks[1], sizes[1], sizes[2], sizes[2],
             (uintmax_t)(uintptr_t)blocks[2], sizes[2]);
}

static void printing_all_tasks_writes_each_with_its_accounts_and_blocks(void **state)
{
    void *blocks[3];
    char expected[1024];

    (void)state;
    play(blocks);
    expect(expected, sizeof(expected), blocks);
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
    assert_string_equal(capture.text, expected);
    assert_false(capture.split);
}

static void printing_arrays_writes_the_same_as_printing_the_books(void **state)
{
    struct hl_task_info tasks[DESK_TASKS];
    struct hl_account_info accounts[8];
    struct hl_block_info listed[8];
    struct hl_snapshot snapshot = {.tasks = tasks,
                                   .task_room = DESK_TASKS,
                                   .accounts = accounts,
                                   .account_room = 8,
                                   .blocks = listed,
                                   .block_room = 8};
    void *blocks[3];
    char expected[1024];

    (void)state;
    play(blocks);
    expect(expected, sizeof(expected), blocks);
    assert_int_equal(hl_snapshot(desk.hl, 0, &snapshot), 0);
    assert_int_equal(hl_text_snapshot(&capture.sink, &snapshot), 0);
    assert_string_equal(capture.text, expected);
}

static void printing_one_task_leaves_the_others_out(void **state)
{
    void *blocks[3];
    uint32_t serial;

    (void)state;
    play(blocks);
    serial = hl_find_name(desk.hl, "no_leak_task");
    assert_int_equal(hl_text_print(desk.hl, serial, &capture.sink), 0);
    assert_string_equal(
        capture.text,
        "no_leak_task: ALIVE  : Peak Usage 300, Current Usage 0\n"
        "    RAM: Caps: 1048593. Size 4096, Current Usage 0, Peak Usage 300, alloc count 0\n");
}

static void printing_a_task_that_is_not_there_is_an_error(void **state)
{
    void *blocks[3];

    (void)state;
    play(blocks);
    assert_int_equal(hl_text_print(desk.hl, 1000, &capture.sink), HL_ERR_NOT_FOUND);
    assert_int_equal(hl_text_print(desk.hl, HL_TASK_ISR + 1, &capture.sink), HL_ERR_NOT_FOUND);
    assert_int_equal(capture.calls, 0);
}

static void printing_an_empty_instance_writes_nothing(void **state)
{
    (void)state;
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
    assert_int_equal(capture.calls, 0);
}

static void pseudo_tasks_are_printed_last_with_their_names(void **state)
{
    (void)state;
    desk_heap(&desk, "RAM", 4096, 1);
    assert_non_null(desk_alloc(&desk, HL_TASK_PRE_SCHEDULER, 12, 1));
    assert_non_null(desk_alloc(&desk, HL_TASK_ISR, 12, 1));
    assert_non_null(desk_alloc(&desk, HL_TASK_OVERFLOW, 12, 1));
    assert_int_equal(hl_task_register(desk.hl, NULL, "main"), HL_TASK_FIRST);
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
    assert_int_equal(
        strncmp(capture.text, "main: ALIVE  : Peak Usage 0, Current Usage 0\n(over", 50), 0);
    assert_true(strstr(capture.text, "(overflow): ALIVE  : ") <
                strstr(capture.text, "(isr): ALIVE  : "));
    assert_true(strstr(capture.text, "(isr): ALIVE  : ") <
                strstr(capture.text, "Pre-scheduler: ALIVE  : "));
}

static void folded_tasks_are_printed_with_how_many_they_are(void **state)
{
    (void)state;
    desk_heap(&desk, "RAM", 65536, 1);
    for (int i = 0; i < DESK_TASKS; i++) {
        int task = hl_task_register(desk.hl, NULL, "worker");

        assert_non_null(desk_alloc(&desk, task, 12, 1));
        assert_int_equal(hl_task_delete(desk.hl, task), 0);
    }
    while (hl_maintain(desk.hl)) {
    }
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
    assert_non_null(strstr(capture.text, " dead): DELETED: Peak Usage "));
    assert_non_null(strstr(capture.text, "worker ("));
}

static void accounts_on_foreign_heaps_are_printed_without_blocks(void **state)
{
    struct hl_heap_desc desc = {.start = (void *)(uintptr_t)0x1000, .size = 100, .name = "PSRAM"};
    int heap;

    (void)state;
    heap = hl_add_foreign_heap(desk.hl, &desc);
    assert_true(heap >= 0);
    assert_int_equal(hl_charge(desk.hl, heap, HL_TASK_PRE_SCHEDULER, 40), 0);
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
    assert_string_equal(
        capture.text,
        "Pre-scheduler: ALIVE  : Peak Usage 40, Current Usage 40\n"
        "    PSRAM: Caps: 0. Size 100, Current Usage 40, Peak Usage 40, alloc count 1\n");
}

static void a_sink_that_fails_at_any_call_ends_the_print_and_gives_the_walker_back(void **state)
{
    void *blocks[3];
    unsigned calls;

    (void)state;
    play(blocks);
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
    calls = capture.calls;
    assert_int_equal(calls, 8);
    for (unsigned i = 1; i <= calls; i++) {
        capture_start(&capture);
        capture.fail_at = i;
        assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), HL_ERR_SINK);
        assert_int_equal(capture.refused, 1);
        capture_start(&capture);
        assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
    }
}

static void a_sink_that_fails_at_any_call_ends_the_printing_of_arrays(void **state)
{
    struct hl_task_info tasks[DESK_TASKS];
    struct hl_account_info accounts[8];
    struct hl_block_info listed[8];
    struct hl_snapshot snapshot = {.tasks = tasks,
                                   .task_room = DESK_TASKS,
                                   .accounts = accounts,
                                   .account_room = 8,
                                   .blocks = listed,
                                   .block_room = 8};
    void *blocks[3];

    (void)state;
    play(blocks);
    assert_int_equal(hl_snapshot(desk.hl, 0, &snapshot), 0);
    for (unsigned i = 1; i <= 8; i++) {
        capture_start(&capture);
        capture.fail_at = i;
        assert_int_equal(hl_text_snapshot(&capture.sink, &snapshot), HL_ERR_SINK);
        assert_int_equal(capture.refused, 1);
    }
}

static void print_within(void *context)
{
    struct capture *inner = context;

    inner->fail_at = (unsigned)-hl_text_print(desk.hl, 0, &inner->sink);
}

static void a_print_within_a_print_is_busy(void **state)
{
    static struct capture inner;
    void *blocks[3];

    (void)state;
    play(blocks);
    capture_start(&inner);
    capture.meanwhile = print_within;
    capture.context = &inner;
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
    assert_int_equal(inner.fail_at, -HL_ERR_BUSY);
    assert_int_equal(inner.calls, 0);
}

static void free_a_block(void *context)
{
    void **block = context;

    hl_free(desk.hl, *block);
    *block = NULL;
}

static void a_print_says_that_something_changed_meanwhile(void **state)
{
    void *blocks[3];

    (void)state;
    play(blocks);
    capture.meanwhile = free_a_block;
    capture.context = &blocks[1];
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 1);
}

static void delete_everybody(void *context)
{
    (void)context;
    hl_keep_deleted(desk.hl, false);
    for (int id = HL_TASK_FIRST; id < HL_TASK_FIRST + DESK_TASKS; id++) {
        hl_task_delete(desk.hl, id);
    }
}

static void a_task_that_leaves_during_the_print_is_left_out(void **state)
{
    (void)state;
    hl_task_register(desk.hl, NULL, "first");
    hl_task_register(desk.hl, NULL, "second");
    capture.meanwhile = delete_everybody;
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 1);
    assert_string_equal(capture.text, "second: ALIVE  : Peak Usage 0, Current Usage 0\n");
}

static void a_damaged_heap_ends_the_print(void **state)
{
    void *blocks[3];
    uint32_t head;

    (void)state;
    play(blocks);
    memcpy(&head, (char *)blocks[1] - 4, 4);
    memset((char *)blocks[1] - 4, 0xff, 4);
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), HL_ERR_DAMAGED);
    assert_int_equal(desk.faults, 1);
    memcpy((char *)blocks[1] - 4, &head, 4);
    assert_int_equal(hl_text_print(desk.hl, 0, &capture.sink), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_task_is_written_as_in_the_reference, start),
        cmocka_unit_test_setup(an_account_is_written_as_in_the_reference, start),
        cmocka_unit_test_setup(a_block_is_written_as_in_the_reference, start),
        cmocka_unit_test_setup(addresses_have_eight_digits_or_as_many_as_they_need, start),
        cmocka_unit_test_setup(numbers_of_every_length_are_exact, start),
        cmocka_unit_test_setup(sizes_of_foreign_heaps_may_be_as_large_as_size_t, start),
        cmocka_unit_test_setup(a_line_longer_than_the_buffer_is_written_in_whole, start),
        cmocka_unit_test_setup(printing_all_tasks_writes_each_with_its_accounts_and_blocks, start),
        cmocka_unit_test_setup(printing_arrays_writes_the_same_as_printing_the_books, start),
        cmocka_unit_test_setup(printing_one_task_leaves_the_others_out, start),
        cmocka_unit_test_setup(printing_a_task_that_is_not_there_is_an_error, start),
        cmocka_unit_test_setup(printing_an_empty_instance_writes_nothing, start),
        cmocka_unit_test_setup(pseudo_tasks_are_printed_last_with_their_names, start),
        cmocka_unit_test_setup(folded_tasks_are_printed_with_how_many_they_are, start),
        cmocka_unit_test_setup(accounts_on_foreign_heaps_are_printed_without_blocks, start),
        cmocka_unit_test_setup(
            a_sink_that_fails_at_any_call_ends_the_print_and_gives_the_walker_back, start),
        cmocka_unit_test_setup(a_sink_that_fails_at_any_call_ends_the_printing_of_arrays, start),
        cmocka_unit_test_setup(a_print_within_a_print_is_busy, start),
        cmocka_unit_test_setup(a_print_says_that_something_changed_meanwhile, start),
        cmocka_unit_test_setup(a_task_that_leaves_during_the_print_is_left_out, start),
        cmocka_unit_test_setup(a_damaged_heap_ends_the_print, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
