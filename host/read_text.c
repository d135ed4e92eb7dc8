/* SPDX-License-Identifier: MIT */
/* Reads the text of the reference's heap task tracking example, which our own text has the form
 * of. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "prefix.h"
#include "print.h"
#include "reader.h"
#include "scan.h"

/*
 *   PRINTING ALL TASKS INFO
 *   leaking_task: DELETED: Peak Usage 19248, Current Usage 13616
 *       RAM: Caps: 1071118. Size 22308, Current Usage 10608, Peak Usage 13296, alloc count 3
 *           0x3fceb878: Size: 6656
 *
 * A name may hold anything, and a logger may have put anything before it. Where a prefix ends is
 * seen at the lines of heaps and blocks, which are indented; so the name of a task waits until it is
 * closed.
 */

#define ALIVE   ": ALIVE  : "
#define DELETED ": DELETED: "

enum {
    NAME_MAX_BYTES = 64,
};

struct text {
    struct stream *stream;
    struct print *print;
    struct prefix prefix;  /* of the open task's lines */
    struct prefix learned; /* of the last task that had any */
    char *raw;             /* what is before the state in the open task's line */
    uint64_t open_line;
    uint64_t before_open; /* the line of ours before that */
    bool single;          /* the header said that one task follows */
};

static void *text_open(struct stream *stream)
{
    struct text *text = memory_new(1, sizeof(*text));

    text->stream = stream;
    text->print = print_new(stream, "text");
    text->print->sixteen_bits = true;
    return text;
}

static void text_close(void *self)
{
    struct text *text = self;

    print_free(text->print);
    free(text->raw);
    free(text);
}

/* `I (4504) tag: `, a ruler, or too long: text that lost its line end stands before the name. */
static bool is_name(const char *name, const char *end)
{
    struct scan scan = scan_from(name, (size_t)(end - name));

    if (end == name || end - name > NAME_MAX_BYTES || *name == ' ' ||
        scan_find(name, end, "----") != NULL) {
        return false;
    }
    scan.at++;
    scan_literal(&scan, " (");
    scan_decimal(&scan);
    scan_literal(&scan, ") ");
    return !scan.ok;
}

static char *open_name(const struct text *text)
{
    const struct prefix *prefix = text->prefix.count > 0 ? &text->prefix : &text->learned;
    const char *end = text->raw + strlen(text->raw);
    const char *name = prefix_skip(prefix, text->raw, end);

    return name != NULL && is_name(name, end) ? memory_text(name, (size_t)(end - name)) : NULL;
}

/* A print that has no header and no end is over when its first lines come again. */
static bool begins_again(const struct text *text, const char *name)
{
    if (text->print->snapshot->task_count < 2) {
        return false;
    }
    return print_repeats(text->print) ||
           (text->open_line > text->before_open + 1 && print_has(text->print, name));
}

static void close_task(struct text *text)
{
    char *name;
    bool last;

    if (print_open_task(text->print) == NULL) {
        return;
    }
    name = open_name(text);
    if (name == NULL) {
        stream_damage(text->stream, text->open_line,
                      "a task's name cannot be told from what stands before it");
    } else if (begins_again(text, name)) {
        print_split(text->print);
    }
    if (text->prefix.count > 0) {
        text->learned = text->prefix;
    }
    last = name != NULL && strcmp(name, "Pre-scheduler") == 0;
    print_close_task(text->print, name);
    if (last) {
        print_end(text->print); /* it is the last of all tasks */
    }
}

static void end_print(struct text *text)
{
    close_task(text);
    if (text->print->snapshot != NULL) {
        text->print->snapshot->partial = text->single;
    }
    print_end(text->print);
    text->single = false;
}

static void text_end(void *self, uint64_t before)
{
    struct text *text = self;

    if (text->print->last_line < before) {
        end_print(text);
    }
}

/* A piece of another line of ours before this one, with which it was run together? */
static bool has_piece(const char *text, const char *end)
{
    static const char *const signs[] = {"    0x", ": Size", "Usage ", "Caps: ", "alloc count "};
    const char *hex = scan_find(text, end, "0x");

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (scan_find(text, end, signs[i]) != NULL) {
            return true;
        }
    }
    while (hex != NULL) {
        struct scan scan = scan_from(hex + 2, (size_t)(end - hex - 2));

        scan_hex(&scan, NULL);
        scan_literal(&scan, ":");
        if (scan.ok) {
            return true; /* an address as ours are printed */
        }
        hex = scan_find(hex + 2, end, "0x");
    }
    return false;
}

/* The line of a task: true if it is one, whole. `state` is where its state begins. */
static bool read_task(struct text *text, const struct line *line, const char *state)
{
    struct scan scan = scan_from(state, (size_t)(line->end - state));
    uint64_t peak, current, before;
    struct task *task;
    bool alive = scan_try(&scan, ALIVE);

    if (!alive) {
        scan_literal(&scan, DELETED);
    }
    scan_literal(&scan, "Peak Usage ");
    peak = scan_decimal(&scan);
    scan_literal(&scan, ", Current Usage ");
    current = scan_decimal(&scan);
    scan_end(&scan);
    if (!scan.ok || has_piece(line->text, state)) {
        return false;
    }
    close_task(text);
    before = text->print->last_line;
    free(text->raw);
    text->raw = memory_new((size_t)(state - line->text) + 1, 1);
    memcpy(text->raw, line->text, (size_t)(state - line->text));
    text->prefix.count = 0;
    text->open_line = line->number;
    text->before_open = before;
    task = print_task(text->print, line->number, alive ? STATE_ALIVE : STATE_DELETED);
    task->peak = peak;
    task->current = current;
    return true;
}

/* Where the name of a heap begins that ends at `end`: behind four blanks. It may hold blanks,
 * but not four. Or at the line's beginning, where a logger has taken blanks away. NULL: nowhere. */
static const char *heap_name(const char *text, const char *end)
{
    const char *name = end;

    while (name > text && (name - text < 4 || memcmp(name - 4, "    ", 4) != 0)) {
        name--;
    }
    if (name == end || (name == text && memchr(text, ' ', (size_t)(end - text)) != NULL)) {
        return NULL;
    }
    return name;
}

/* `marker` is where `: Caps: ` begins. */
static bool read_heap(struct text *text, const struct line *line, const char *marker)
{
    struct scan scan = scan_from(marker, (size_t)(line->end - marker));
    struct print_heap heap = {0};
    const char *name;

    scan_literal(&scan, ": Caps: ");
    heap.caps = scan_decimal(&scan);
    scan_literal(&scan, ". Size ");
    heap.size = scan_decimal(&scan);
    scan_literal(&scan, ", Current Usage ");
    heap.current = scan_decimal(&scan);
    scan_literal(&scan, ", Peak Usage ");
    heap.peak = scan_decimal(&scan);
    scan_literal(&scan, ", alloc count ");
    heap.blocks = scan_decimal(&scan);
    scan_end(&scan);
    if (!scan.ok || heap.caps > UINT32_MAX) {
        return false;
    }
    name = heap_name(line->text, marker);
    if (name == NULL || marker - name > NAME_MAX_BYTES || has_piece(line->text, name)) {
        return false;
    }
    heap.name = name;
    heap.name_length = (size_t)(marker - name);
    if (print_heap(text->print, line->number, &heap)) {
        prefix_learn(&text->prefix, line->text, name == line->text ? name : name - 4);
    }
    return true;
}

/* `marker` is where `: Size: ` begins. */
static bool read_block(struct text *text, const struct line *line, const char *marker)
{
    const char *address = marker;
    struct scan scan;
    unsigned digits;
    uint64_t at, size;

    while (address > line->text && address[-1] != ' ') {
        address--;
    }
    scan = scan_from(address, (size_t)(line->end - address));
    scan_literal(&scan, "0x");
    at = scan_hex(&scan, &digits);
    scan_literal(&scan, ": Size: ");
    size = scan_decimal(&scan);
    scan_end(&scan);
    if (!scan.ok || (address != line->text && address - prefix_blanks(line->text, address) < 8) ||
        has_piece(line->text, address)) {
        return false;
    }
    if (digits < 8 || at % 4 != 0) {
        print_damage(text->print, line->number, "a block's address lacks digits");
        return true;
    }
    if (print_block(text->print, line->number, at, size)) {
        prefix_learn(&text->prefix, line->text, address == line->text ? address : address - 8);
    }
    return true;
}

/* Is this what was one of our lines? Other text may well have a word of them. */
static bool is_piece(const struct text *text, const struct line *line)
{
    static const char *const signs[] = {": ALIVE  ",      ": DELETED", "Peak Usage ",
                                        "Current Usage ", ": Caps: ",  "alloc count ",
                                        ": Size: "};
    unsigned found = 0;

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        found += scan_find(line->text, line->end, signs[i]) != NULL;
    }
    if (found == 1 && scan_find(line->text, line->end, ": Size: ") != NULL) {
        return scan_find(line->text, line->end, "0x") != NULL;
    }
    return found > 1 || (found == 1 && print_open_task(text->print) != NULL &&
                         line->number <= text->print->last_line + 3);
}

static bool read_header(struct text *text, const struct line *line)
{
    const char *single = scan_find(line->text, line->end, "PRINTING SINGLE TASK INFO");

    if (single == NULL && scan_find(line->text, line->end, "PRINTING ALL TASKS INFO") == NULL) {
        return false;
    }
    end_print(text);
    text->single = single != NULL;
    return true;
}

static bool text_line(void *self, const struct line *line)
{
    struct text *text = self;
    const char *state = scan_find(line->text, line->end, ALIVE);
    const char *marker;

    if (state == NULL) {
        state = scan_find(line->text, line->end, DELETED);
    }
    if (state != NULL && read_task(text, line, state)) {
        return true;
    }
    marker = scan_find(line->text, line->end, ": Caps: ");
    if (marker != NULL && read_heap(text, line, marker)) {
        return true;
    }
    marker = scan_find(line->text, line->end, ": Size: ");
    if (marker != NULL && read_block(text, line, marker)) {
        return true;
    }
    if (read_header(text, line)) {
        return true;
    }
    if (is_piece(text, line)) {
        if (scan_find(line->text, line->end, ": Caps: ") == NULL &&
            scan_find(line->text, line->end, ": Size: ") == NULL) {
            close_task(text); /* what follows may belong to a task whose line is lost */
        }
        print_damage(text->print, line->number, "a line of a task's text is damaged");
        return true;
    }
    return false;
}

static uint64_t text_begun(const void *state)
{
    const struct text *self = state;

    return print_begun(self->print);
}

static const char *const text_anchors[] = {
    ": ALIVE  ", ": DELETED", "Peak Usage ", "Current Usage ", ": Caps: ", "alloc count ",
    ": Size: ",  "PRINTING ", NULL,
};

const struct reader reader_text = {
    .name = "text",
    .anchors = text_anchors,
    .open = text_open,
    .line = text_line,
    .end = text_end,
    .begun = text_begun,
    .close = text_close,
};
