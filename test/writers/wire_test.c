/* SPDX-License-Identifier: MIT */
/* Tests of the wire writer: exact lines, names, long lines, failing sinks, change and damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "heapledger/port.h"

#include "writers/capture.h"
#include "writers/desk.h"

#ifndef TEST_PORT_HAS_HOOK
#define TEST_PORT_HAS_HOOK 0
#endif

static struct capture capture;
static struct desk desk;
static struct hl_wire_header header;

static int start(void **state)
{
    struct hl_wire_header plain = {
        .boot = 3735928559, .number = 7, .uptime_ms = 60000, .build = "demo 1.0", .blocks = true};

    (void)state;
    header = plain;
    capture_start(&capture);
    desk_start(&desk, true);
    return 0;
}

static int snapshot(void)
{
    return hl_wire_snapshot(desk.hl, &header, &capture.sink);
}

/* CRC-32/ISO-HDLC bit by bit, to check the writer's. */
static uint32_t slow_crc(const char *bytes, size_t count)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < count; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

/* Every line is framed right, no longer than 200 bytes, and its index is its place. */
static unsigned expect_frames(void)
{
    unsigned n = 0;

    assert_false(capture.split);
    assert_true(capture.longest <= 200);
    for (const char *from = capture.text; *from != 0; n++) {
        const char *end = strchr(from, '\n');
        char place[80];
        char crc[16];

        assert_non_null(end);
        assert_int_equal(strncmp(from, "@HL1 {\"", 7), 0);
        snprintf(place, sizeof(place), "\":[%u,%u,%u]", header.boot, header.number, n);
        assert_true(strstr(from, place) != NULL && strstr(from, place) < end);
        assert_true(strcspn(from + 1, "@") >= (size_t)(end - from));
        assert_true(strcspn(from + 6, "{") >= (size_t)(end - from) - 5);
        assert_true(strcspn(from, "}") == (size_t)(end - from) - 10);
        snprintf(crc, sizeof(crc), "} %08x", slow_crc(from + 5, (size_t)(end - from) - 14));
        assert_int_equal(strncmp(end - 10, crc, 10), 0);
        from = end + 1;
    }
    assert_int_equal(n, capture.calls);
    return n;
}

static void an_empty_instance_is_written_exactly_so(void **state)
{
    (void)state;
    header.number = 1;
    header.build = NULL;
    header.blocks = false;
    assert_int_equal(snapshot(), 0);
    assert_string_equal(
        capture.text,
        "@HL1 {\"begin\":[3735928559,1,0],\"schema\":1,\"uptime_ms\":60000,\"heaps\":0,"
        "\"tasks\":0,\"accounts\":0} 08f1216d\n"
        "@HL1 {\"ledger\":[3735928559,1,1],\"slots\":12,\"registered\":0,\"overflowed\":0,"
        "\"evicted\":0} d01e2950\n"
        "@HL1 {\"ledger\":[3735928559,1,2],\"folded\":0} 8e1b950d\n"
        "@HL1 {\"end\":[3735928559,1,3],\"lines\":4,\"changed\":false,\"damaged\":false}"
        " 52c10e2c\n");
}

/* Where this text begins in what was captured; fails when it is not there. */
static const char *find(const char *text)
{
    const char *found = strstr(capture.text, text);

    if (found == NULL) {
        fail_msg("%s is not in\n%s", text, capture.text);
    }
    return found;
}

/* The text from `start` to the end of its line, put where the next call does not overwrite it. */
static void expect_behind(const char *start, const char *json)
{
    const char *found = find(start) + strlen(start);

    if (strncmp(found, json, strlen(json)) != 0) {
        fail_msg("%s is not followed by %s in\n%s", start, json, capture.text);
    }
}

/* By address, which is not the order in which they were allocated. */
struct pair {
    char *low;
    char *high;
};

/* NOLINTNEXTLINE(readability-non-const-parameter): the pair may be written through */
static struct pair in_order(char *a, char *b)
{
    struct pair pair = {a < b ? a : b, a < b ? b : a};

    return pair;
}

/* Addresses are those that the test finds; everything else is fixed. */
static void a_small_instance_is_written_exactly_so(void **state)
{
    char json[300];
    int leaking = desk_task(&desk, "leaking_task");
    int honest = desk_task(&desk, "no_leak_task");
    struct hl_heap_facts facts;
    struct pair pair;
    char *hole;
    char *far;

    (void)state;
    assert_int_equal(desk_heap(&desk, "RAM", 4096, 1), 0);
    assert_int_equal(desk_heap(&desk, "DMA \"fast\"", 8192, 2), 1);
    pair.low = desk_alloc(&desk, leaking, 100, 1);
    hole = desk_alloc(&desk, honest, 300, 1);
    pair.high = desk_alloc(&desk, leaking, 100, 1);
    far = desk_alloc(&desk, leaking, 1004, 2);
    hl_free(desk.hl, hole);
    pair = in_order(pair.low, pair.high);
    assert_int_equal(hl_task_delete(desk.hl, leaking), 0);
    assert_int_equal(snapshot(), 0);
    assert_true(expect_frames() > 10);

    find("\"heaps\":2");
    find("\"tasks\":2,\"accounts\":3,\"blocks\":3}");
    expect_behind(",\"h\":0,\"name\":\"RAM\"", ",\"caps\":[1,16,1048576]");
    expect_behind(",\"h\":1,\"name\":\"DMA \\u0022fast\\u0022\"", ",\"caps\":[2,16,1048576]");
    hl_heap_facts(desk.hl, 0, &facts);
    snprintf(json, sizeof(json), ",\"start\":\"0x%08jx\",\"size\":4096",
             (uintmax_t)(uintptr_t)facts.start);
    find(json);
    snprintf(json, sizeof(json), ",\"first\":\"0x%08jx\",\"end\":\"0x%08jx\"",
             (uintmax_t)(uintptr_t)facts.first, (uintmax_t)(uintptr_t)facts.end);
    find(json);
    snprintf(json, sizeof(json), ",\"free\":%zu,\"min_free\":%zu}", facts.free, facts.min_free);
    find(json);
    expect_behind(",\"s\":4,\"name\":\"leaking_task\"", ",\"deleted\":true,\"current\":1204");
    find(",\"s\":4,\"peak\":1204");
    expect_behind(",\"s\":4,\"h\":0", ",\"current\":200,\"peak\":200,\"blocks\":2}");
    expect_behind(",\"s\":4,\"h\":1", ",\"current\":1004,\"peak\":1004,\"blocks\":1}");
    expect_behind(",\"s\":5,\"name\":\"no_leak_task\"", ",\"current\":0,\"peak\":300");
    expect_behind(",\"s\":5,\"h\":0", ",\"current\":0,\"peak\":300,\"blocks\":0}");

    /* E: 4 bytes between blocks that touch. oG: 100 bytes, E: task 4. pGwJ: 100 bytes behind a gap
     * of 304. 4+B: 1004 bytes. */
    assert_int_equal(pair.high - pair.low, 100 + 4 + 304);
    snprintf(json, sizeof(json), ",\"a\":\"0x%08jx\",\"d\":\"EoGEpGwJE\"}",
             (uintmax_t)(uintptr_t)pair.low);
    find(json);
    snprintf(json, sizeof(json), ",\"a\":\"0x%08jx\",\"d\":\"E4+BE\"}", (uintmax_t)(uintptr_t)far);
    find(json);
    find("\"changed\":false,\"damaged\":false}");
}

static void blocks_are_left_out_when_not_asked_for(void **state)
{
    (void)state;
    header.blocks = false;
    desk_heap(&desk, "RAM", 4096, 1);
    assert_non_null(desk_alloc(&desk, HL_TASK_PRE_SCHEDULER, 100, 1));
    assert_int_equal(snapshot(), 0);
    expect_frames();
    find(",\"s\":1,\"h\":0,\"current\":100,\"peak\":100,\"blocks\":1}");
    assert_null(strstr(capture.text, "{\"blocks\":"));
    find("\"tasks\":1,\"accounts\":1}");
}

/* How a heap of this name is written: the string between its quotes. */
static void expect_name(const char *name, const char *written)
{
    char json[300];

    assert_int_equal(start(NULL), 0);
    assert_int_equal(desk_heap(&desk, name, 4096, 1), 0);
    assert_int_equal(snapshot(), 0);
    expect_frames();
    snprintf(json, sizeof(json), "\"h\":0,\"name\":\"%s\"", written);
    find(json);
    assert_null(strstr(capture.text, "\"cut\""));
}

static void names_are_escaped_so_that_a_line_stays_a_line(void **state)
{
    (void)state;
    expect_name("", "");
    expect_name("plain ~!#$%&'()*+,-./:;<=>?[]^_`|", "plain ~!#$%&'()*+,-./:;<=>?[]^_`|");
    expect_name("\"\\", "\\u0022\\u005c");
    expect_name("\x01\t\r\n\x1f\x7f", "\\u0001\\u0009\\u000d\\u000a\\u001f\\u007f");
    expect_name("@HL1 {}", "\\u0040HL1 \\u007b\\u007d");
}

static void names_in_utf_8_stay_and_other_bytes_are_escaped(void **state)
{
    (void)state;
    expect_name("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    expect_name("\xc2\x80\xdf\xbf\xe0\xa0\x80", "\xc2\x80\xdf\xbf\xe0\xa0\x80");
    expect_name("\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf");
    expect_name("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf");
    expect_name("\x80\xbf", "\\u0080\\u00bf"); /* no first byte */
    expect_name("\xc0\xaf", "\\u00c0\\u00af"); /* too long for what it says */
    expect_name("\xc1\xbf", "\\u00c1\\u00bf");
    expect_name("\xe0\x9f\xbf", "\\u00e0\\u009f\\u00bf");
    expect_name("\xf0\x8f\xbf\xbf", "\\u00f0\\u008f\\u00bf\\u00bf");
    expect_name("\xed\xa0\x80", "\\u00ed\\u00a0\\u0080");            /* half of a pair */
    expect_name("\xf4\x90\x80\x80", "\\u00f4\\u0090\\u0080\\u0080"); /* behind the last */
    expect_name("\xf5\x80\x80\x80\xff", "\\u00f5\\u0080\\u0080\\u0080\\u00ff");
    expect_name("\xc3\xc3\xa9", "\\u00c3\xc3\xa9");
    expect_name("\xc3", "\\u00c3"); /* cut off */
    expect_name("\xe2\x82", "\\u00e2\\u0082");
    expect_name("\xf0\x9f\x98", "\\u00f0\\u009f\\u0098");
    expect_name("\xc3(", "\\u00c3(");
    expect_name("\xe2\x82(", "\\u00e2\\u0082(");
    expect_name("\xf0\x9f\x98(", "\\u00f0\\u009f\\u0098(");
}

/* A name that is as long as a line has room for is whole; one more, and it is cut and marked. */
static void names_that_do_not_fit_are_cut_and_marked(void **state)
{
    static const char *const parts[] = {"n", "\x01", "\xf0\x9f\x98\x80"};

    (void)state;
    for (size_t part = 0; part < 3; part++) {
        size_t longest = 0;

        for (size_t count = 0; count < 120; count++) {
            char name[600] = "";
            size_t bytes = strlen(parts[part]);

            for (size_t i = 0; i < count; i++) {
                memcpy(name + i * bytes, parts[part], bytes + 1);
            }
            start(NULL);
            header.build = name;
            desk_heap(&desk, name, 4096, 1);
            desk_task(&desk, name);
            assert_int_equal(snapshot(), 0);
            expect_frames();
            if (strstr(capture.text, "\"cut\":true") == NULL) {
                assert_int_equal(longest, count);
                longest++;
                assert_non_null(strstr(capture.text, "\"schema\":1,\"build\":\""));
            } else {
                find("\"caps\":[1,16,1048576]");
                find("\"uptime_ms\":60000");
                find("\"current\":0");
            }
        }
        assert_true(longest > 5 && longest < 110);
    }
}

static void numbers_at_their_largest_fit_the_lines(void **state)
{
    struct hl_heap_desc desc = {.start = (void *)UINTPTR_MAX,
                                .size = 0,
                                .name = "largest",
                                .caps = {UINT32_MAX, UINT32_MAX, UINT32_MAX}};
    int task = desk_task(&desk, "task");

    (void)state;
    header.boot = UINT32_MAX;
    header.number = UINT32_MAX;
    header.uptime_ms = UINT32_MAX;
    assert_int_equal(hl_add_foreign_heap(desk.hl, &desc), 0);
    desc.start = (void *)(uintptr_t)1;
    desc.size = UINTPTR_MAX - 2;
    assert_int_equal(hl_add_foreign_heap(desk.hl, &desc), 1);
    assert_int_equal(hl_charge(desk.hl, 1, task, UINT32_MAX), 0);
    assert_int_equal(snapshot(), 0);
    expect_frames();
    find("\"caps\":[4294967295,4294967295,4294967295]");
    find("\"h\":1,\"current\":4294967295}");
    find("\"h\":1,\"peak\":4294967295,\"blocks\":1}");
#if UINTPTR_MAX > UINT32_MAX
    find("\"start\":\"0xffffffffffffffff\",\"size\":0");
    find("\"size\":18446744073709551613");
#else
    find("\"start\":\"0xffffffff\",\"size\":0");
    find("\"size\":4294967293");
#endif
    find("\"foreign\":true");
    assert_null(strstr(capture.text, "\"first\""));
}

static void a_large_size_takes_more_digits(void **state)
{
    (void)state;
    desk_heap(&desk, "RAM", DESK_ARENA, 1);
    assert_non_null(desk_alloc(&desk, HL_TASK_ISR, DESK_ARENA - 64, 1));
    assert_int_equal(snapshot(), 0);
    expect_frames();
    /* o: 4, no gap, and more follows; 8//B: the rest in digits of 5 bits; C: task 2. */
    assert_int_equal(DESK_ARENA - 60, 4 + 16 * (28 + 31 * 32 + 31 * 1024 + 1 * 32768));
    find("\"d\":\"Eo8//BC\"}");
}

static void a_sink_that_fails_at_any_call_ends_the_snapshot_and_gives_the_walker_back(void **state)
{
    unsigned calls;

    (void)state;
    desk_heap(&desk, "RAM", 4096, 1);
    desk_heap(&desk, "RAM", 4096, 2);
    desk_task(&desk, "task");
    for (int i = 0; i < 40; i++) {
        assert_non_null(desk_alloc(&desk, HL_TASK_FIRST, 20, 1 + ((unsigned)i & 1)));
    }
    assert_int_equal(snapshot(), 0);
    calls = capture.calls;
    assert_true(calls > 15);
    for (unsigned i = 1; i <= calls; i++) {
        capture_start(&capture);
        capture.fail_at = i;
        assert_int_equal(snapshot(), HL_ERR_SINK);
        assert_int_equal(capture.refused, 1);
        capture_start(&capture);
        assert_int_equal(snapshot(), 0);
        assert_int_equal(capture.calls, calls);
    }
}

static void snapshot_within(void *context)
{
    struct capture *inner = context;

    if (inner->calls == 0 && inner->fail_at == 0) {
        inner->fail_at = (unsigned)-hl_wire_snapshot(desk.hl, &header, &inner->sink);
    }
}

static void a_snapshot_within_a_snapshot_is_busy(void **state)
{
    static struct capture inner;

    (void)state;
    capture_start(&inner);
    capture.meanwhile = snapshot_within;
    capture.context = &inner;
    assert_int_equal(snapshot(), 0);
    assert_int_equal(inner.fail_at, -HL_ERR_BUSY);
    assert_int_equal(inner.calls, 0);
}

static void use_heap(void *context)
{
    for (int i = 0; i < 4; i++) {
        desk_use_once(context);
    }
}

static void a_heap_that_is_used_by_the_sink_is_written_in_good_lines_and_as_changed(void **state)
{
    static struct desk_use use;

    (void)state;
    memset(&use, 0, sizeof(use));
    use.desk = &desk;
    use.target = 300;
    desk_heap(&desk, "RAM", DESK_ARENA - 65536, 1);
    desk_heap(&desk, "RAM", 65536, 2);
    for (int i = 0; i < 1000; i++) {
        desk_use_once(&use);
    }
    for (int round = 0; round < 50; round++) {
        capture_start(&capture);
        capture.meanwhile = use_heap;
        capture.context = &use;
        use.target = desk_random(&desk, 400);
        assert_int_equal(snapshot(), 1);
        expect_frames();
        find("\"changed\":true,\"damaged\":false}");
    }
    assert_int_equal(desk.faults, 0);
}

static void add_a_heap(void *context)
{
    (void)context;
    if (hl_heap_count(desk.hl) == 1) {
        desk_heap(&desk, "late", 4096, 4);
        assert_non_null(desk_alloc(&desk, HL_TASK_ISR, 20, 4));
    }
}

static void a_heap_that_comes_meanwhile_is_left_for_the_next_snapshot(void **state)
{
    (void)state;
    desk_heap(&desk, "early", 4096, 1);
    capture.meanwhile = add_a_heap;
    assert_int_equal(snapshot(), 1);
    expect_frames();
    assert_null(strstr(capture.text, "late"));
    capture_start(&capture);
    assert_int_equal(snapshot(), 0);
    expect_frames();
    find("late");
}

static void a_damaged_heap_is_reported_and_the_others_are_still_written(void **state)
{
    char *damaged;
    char *sound;
    char json[100];

    (void)state;
    desk_heap(&desk, "bad", 4096, 1);
    desk_heap(&desk, "good", 4096, 2);
    damaged = desk_alloc(&desk, HL_TASK_ISR, 20, 1);
    sound = desk_alloc(&desk, HL_TASK_ISR, 20, 2);
    memset(damaged - 4, 0xff, 4);
    assert_int_equal(snapshot(), HL_ERR_DAMAGED);
    assert_int_equal(desk.faults, 1);
    expect_frames();
    snprintf(json, sizeof(json), "\"a\":\"0x%08jx\"", (uintmax_t)(uintptr_t)sound);
    find(json);
    find("\"damaged\":true}");
}

static void dead_namesakes_are_written_as_one_with_their_number(void **state)
{
    (void)state;
    desk_heap(&desk, "RAM", 65536, 1);
    for (int i = 0; i < DESK_TASKS; i++) {
        assert_non_null(desk_alloc(&desk, desk_task(&desk, "worker"), 12, 1));
        desk_end(&desk, HL_TASK_FIRST + i);
    }
    while (hl_maintain(desk.hl)) {
    }
    assert_int_equal(snapshot(), 0);
    expect_frames();
    find("\"name\":\"worker\",\"deleted\":true,\"folded\":");
}

#if HL_COUNT_EVENTS && HL_COUNT_FAILURES
static void counters_are_written_by_their_names(void **state)
{
    int task = desk_task(&desk, "task");
    void *ptr;

    (void)state;
    desk_heap(&desk, "RAM", 4096, 1);
    ptr = desk_alloc(&desk, task, 20, 1);
    assert_non_null(desk_alloc(&desk, task, 20, 1));
    ptr = hl_realloc(desk.hl, ptr, 8, 1);
    desk.port.running = HL_TASK_ISR;
    hl_free(desk.hl, ptr);
    assert_null(desk_alloc(&desk, task, 10000, 1));
    assert_int_equal(snapshot(), 0);
    expect_frames();
    find("\"allocations\":2");
    find("\"frees\":1");
    find("\"freed_by_others\":1");
    find("\"resizes\":1");
    find("\"failures\":1");
    find("\"largest_refused\":10000");
}
#endif

#if HL_LIMITS
static void limits_are_written_where_they_are_set(void **state)
{
    int task = desk_task(&desk, "task");

    (void)state;
    assert_int_equal(snapshot(), 0);
    assert_null(strstr(capture.text, "limit"));
    assert_null(strstr(capture.text, "warning"));
    assert_null(strstr(capture.text, "refuse\""));
    assert_int_equal(hl_task_limit(desk.hl, task, 5000, 4000, true), 0);
    capture_start(&capture);
    assert_int_equal(snapshot(), 0);
    expect_frames();
    find("\"limit\":5000");
    find("\"warning\":4000");
    find("\"refuse\":true");
}
#endif

#if TEST_PORT_HAS_HOOK
/* Something happens at one of the moments at which the lock is given back. */
static unsigned moment;
static void (*happening)(void);

static void wait_for_the_moment(void *context)
{
    (void)context;
    if (desk.port.unlocks == moment) {
        happening();
    }
}

static void the_task_leaves(void)
{
    hl_keep_deleted(desk.hl, false);
    desk_end(&desk, HL_TASK_FIRST + 1);
}

static void another_task_takes_its_place(void)
{
    the_task_leaves();
    while (desk_task(&desk, "second") != HL_TASK_FIRST + 1) {
    }
    assert_non_null(desk_alloc(&desk, HL_TASK_FIRST + 1, 100, 1));
}

static void write_with(void (*what)(void), int (*write)(void))
{
    int result;

    for (moment = 1;; moment++) {
        start(NULL);
        desk_heap(&desk, "RAM", 4096, 1);
        for (int i = 0; i < 3; i++) {
            hl_free(desk.hl, desk_alloc(&desk, desk_task(&desk, "first"), 20, 1));
        }
        happening = what;
        desk.port.unlocks = 0;
        desk.port.after_unlock = wait_for_the_moment;
        result = write();
        desk.port.after_unlock = NULL;
        assert_true(result == 0 || result == 1);
        if (desk.port.unlocks < moment) {
            return;
        }
    }
}

static int write_snapshot(void)
{
    int result = snapshot();

    expect_frames();
    assert_int_equal(result, moment < desk.port.unlocks); /* the last one ends the walk */
    assert_null(strstr(capture.text, "\"s\":5,\"name\":\"second\"")); /* 5 is the one that left */
    assert_null(strstr(capture.text, "\"s\":5,\"h\":0,\"current\":100"));
    return result;
}

static int write_text(void)
{
    int result = hl_text_print(desk.hl, 0, &capture.sink);

    assert_true(capture.text[0] != ':');
    assert_null(strstr(capture.text, "\n: "));
    if (strstr(capture.text, "Usage 100") != NULL) {
        assert_non_null(strstr(capture.text, "second: ALIVE  : Peak Usage 100, "));
    }
    return result;
}

static void a_task_may_leave_at_any_moment(void **state)
{
    (void)state;
    write_with(the_task_leaves, write_snapshot);
    write_with(the_task_leaves, write_text);
}

static void a_task_may_be_replaced_at_any_moment(void **state)
{
    (void)state;
    write_with(another_task_takes_its_place, write_snapshot);
    write_with(another_task_takes_its_place, write_text);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_instance_is_written_exactly_so, start),
        cmocka_unit_test_setup(a_small_instance_is_written_exactly_so, start),
        cmocka_unit_test_setup(blocks_are_left_out_when_not_asked_for, start),
        cmocka_unit_test(names_are_escaped_so_that_a_line_stays_a_line),
        cmocka_unit_test(names_in_utf_8_stay_and_other_bytes_are_escaped),
        cmocka_unit_test(names_that_do_not_fit_are_cut_and_marked),
        cmocka_unit_test_setup(numbers_at_their_largest_fit_the_lines, start),
        cmocka_unit_test_setup(a_large_size_takes_more_digits, start),
        cmocka_unit_test_setup(
            a_sink_that_fails_at_any_call_ends_the_snapshot_and_gives_the_walker_back, start),
        cmocka_unit_test_setup(a_snapshot_within_a_snapshot_is_busy, start),
        cmocka_unit_test_setup(
            a_heap_that_is_used_by_the_sink_is_written_in_good_lines_and_as_changed, start),
        cmocka_unit_test_setup(a_heap_that_comes_meanwhile_is_left_for_the_next_snapshot, start),
        cmocka_unit_test_setup(a_damaged_heap_is_reported_and_the_others_are_still_written, start),
        cmocka_unit_test_setup(dead_namesakes_are_written_as_one_with_their_number, start),
#if HL_COUNT_EVENTS && HL_COUNT_FAILURES
        cmocka_unit_test_setup(counters_are_written_by_their_names, start),
#endif
#if HL_LIMITS
        cmocka_unit_test_setup(limits_are_written_where_they_are_set, start),
#endif
#if TEST_PORT_HAS_HOOK
        cmocka_unit_test(a_task_may_leave_at_any_moment),
        cmocka_unit_test(a_task_may_be_replaced_at_any_moment),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
