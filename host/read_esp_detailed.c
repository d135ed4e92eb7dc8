/* SPDX-License-Identifier: MIT */
/* Reads what ESP-IDF's heap_caps_print_all_task_stat and heap_caps_print_single_task_stat print. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "print.h"
#include "reader.h"
#include "scan.h"

/*
 *   ├ ALIVE: main, CURRENT MEMORY USAGE 352, PEAK MEMORY USAGE 7456, TOTAL HEAP USED 2:
 *   │    ├ HEAP: RAM, CAPS: 0x0010580e, SIZE: 22308, USAGE: CURRENT 88 (0%), PEAK 7192 (32%), ALLOC COUNT: 1
 *   │    │    ├ ALLOC 0x3fce99f8, SIZE 88
 *
 * A corner (└) marks the last task. The glyphs are looked at no closer: terminals replace them.
 */

#define CORNER "\xe2\x94\x94" /* └ */

struct detailed {
    struct stream *stream;
    struct print *print;
    char *name; /* of the open task */
    bool last;  /* the open task is the last one */
};

static void *detailed_open(struct stream *stream)
{
    struct detailed *self = memory_new(1, sizeof(*self));

    self->stream = stream;
    self->print = print_new(stream, "esp-idf detailed");
    return self;
}

static void detailed_close(void *state)
{
    struct detailed *self = state;

    print_free(self->print);
    free(self->name);
    free(self);
}

static void close_task(struct detailed *self)
{
    if (print_open_task(self->print) == NULL) {
        return;
    }
    if (print_repeats(self->print)) {
        print_split(self->print);
    }
    print_close_task(self->print, self->name);
    self->name = NULL;
    if (self->last) {
        self->print->snapshot->partial = self->print->snapshot->task_count == 1;
        print_end(self->print);
    }
}

static void detailed_end(void *state, uint64_t before)
{
    struct detailed *self = state;

    if (self->print->last_line >= before) {
        return;
    }
    close_task(self);
    if (self->print->snapshot != NULL && self->print->snapshot->task_count > 0) {
        self->print->snapshot->damaged++;
        self->print->snapshot->cut_off = stream_at_end(self->stream);
        stream_damage(self->stream, self->print->last_line,
                      "a print of tasks ends before its last task");
    }
    print_end(self->print);
}

/* `text` is behind the state. */
static bool read_task(struct detailed *self, const struct line *line, const char *text, bool alive)
{
    const char *name = text;
    const char *comma = scan_find(text, line->end, ", CURRENT MEMORY USAGE ");
    struct scan scan;
    struct task *task;
    uint64_t current, peak, heaps;

    if (comma == NULL || comma == name || scan_find(name, comma, "\xe2\x94") != NULL ||
        scan_find(name, comma, "ALIVE: ") != NULL || scan_find(name, comma, "DELETED: ") != NULL) {
        return false; /* two lines run together have a glyph or a state in the name */
    }
    scan = scan_from(comma, (size_t)(line->end - comma));
    scan_literal(&scan, ", CURRENT MEMORY USAGE ");
    current = scan_decimal(&scan);
    scan_literal(&scan, ", PEAK MEMORY USAGE ");
    peak = scan_decimal(&scan);
    scan_literal(&scan, ", TOTAL HEAP USED ");
    heaps = scan_decimal(&scan);
    scan_literal(&scan, ":");
    scan_end(&scan);
    if (!scan.ok) {
        return false;
    }
    close_task(self);
    self->last = scan_find(line->text, name, CORNER) != NULL;
    task = print_task(self->print, line->number, alive ? STATE_ALIVE : STATE_DELETED);
    task->current = current;
    task->peak = peak;
    task->heap_count = heaps;
    self->print->heaps_shown = self->print->blocks_shown = true;
    self->name = memory_text(name, (size_t)(comma - name));
    return true;
}

/* Percent as the firmware computes it, in 32 bits. */
static bool percent_fits(uint64_t percent, uint64_t used, uint64_t size)
{
    return size == 0 || used > UINT32_MAX || percent == (uint32_t)(used * 100) / size;
}

static bool read_heap(struct detailed *self, const struct line *line, const char *text)
{
    const char *comma = scan_find(text, line->end, ", CAPS: 0x");
    struct print_heap heap = {.name = text};
    struct scan scan;
    uint64_t current_percent, peak_percent;
    unsigned digits;

    if (comma == NULL || comma == text) {
        return false;
    }
    heap.name_length = (size_t)(comma - text);
    scan = scan_from(comma, (size_t)(line->end - comma));
    scan_literal(&scan, ", CAPS: 0x");
    heap.caps = scan_hex(&scan, &digits);
    scan_literal(&scan, ", SIZE: ");
    heap.size = scan_decimal(&scan);
    scan_literal(&scan, ", USAGE: CURRENT ");
    heap.current = scan_decimal(&scan);
    scan_literal(&scan, " (");
    current_percent = scan_decimal(&scan);
    scan_literal(&scan, "%), PEAK ");
    heap.peak = scan_decimal(&scan);
    scan_literal(&scan, " (");
    peak_percent = scan_decimal(&scan);
    scan_literal(&scan, "%), ALLOC COUNT: ");
    heap.blocks = scan_decimal(&scan);
    scan_end(&scan);
    if (!scan.ok || digits != 8) {
        return false;
    }
    if (!percent_fits(current_percent, heap.current, heap.size) ||
        !percent_fits(peak_percent, heap.peak, heap.size)) {
        print_damage(self->print, line->number, "a heap's line: its figures and percents disagree");
        return true;
    }
    print_heap(self->print, line->number, &heap);
    return true;
}

static bool read_block(struct detailed *self, const struct line *line, const char *text)
{
    struct scan scan = scan_from(text, (size_t)(line->end - text));
    unsigned digits;
    uint64_t address, size;

    scan_literal(&scan, "0x");
    address = scan_hex(&scan, &digits);
    scan_literal(&scan, ", SIZE ");
    size = scan_decimal(&scan);
    scan_end(&scan);
    if (!scan.ok) {
        return false;
    }
    if (digits < 8 || address % 4 != 0) {
        print_damage(self->print, line->number, "a block's address lacks digits");
        return true;
    }
    print_block(self->print, line->number, address, size);
    return true;
}

/* Behind `literal`, or NULL. */
static const char *behind(const struct line *line, const char *literal)
{
    const char *at = scan_find(line->text, line->end, literal);

    return at != NULL ? at + strlen(literal) : NULL;
}

static bool is_piece(const struct detailed *self, const struct line *line)
{
    static const char *const signs[] = {
        "MEMORY USAGE ",     ", TOTAL HEAP USED ", " HEAP: ",       ", CAPS: 0x",
        ", USAGE: CURRENT ", "%), PEAK ",          "ALLOC COUNT: ", " ALLOC 0x",
    };
    unsigned found = 0;

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        found += scan_find(line->text, line->end, signs[i]) != NULL;
    }
    if (self->print->snapshot != NULL && line->number <= self->print->last_line + 3 &&
        (found == 1 || scan_find(line->text, line->end, ", SIZE ") != NULL)) {
        return true;
    }
    return found > 1 || scan_find(line->text, line->end, " ALLOC 0x") != NULL ||
           scan_find(line->text, line->end, "%), PEAK ") != NULL ||
           scan_find(line->text, line->end, "ALLOC COUNT: ") != NULL;
}

static bool detailed_line(void *state, const struct line *line)
{
    struct detailed *self = state;
    const char *alive = behind(line, " ALIVE: ");
    const char *deleted = behind(line, " DELETED: ");
    const char *heap = behind(line, " HEAP: ");
    const char *block = behind(line, " ALLOC ");

    if ((alive != NULL && read_task(self, line, alive, true)) ||
        (deleted != NULL && read_task(self, line, deleted, false)) ||
        (heap != NULL && read_heap(self, line, heap)) ||
        (block != NULL && read_block(self, line, block))) {
        return true;
    }
    if (is_piece(self, line)) {
        if (scan_find(line->text, line->end, "MEMORY USAGE ") != NULL) {
            close_task(self); /* what follows belongs to a task whose line is lost */
        }
        print_damage(self->print, line->number, "a line of a print of tasks is damaged");
        return true;
    }
    return false;
}

static uint64_t detailed_begun(const void *state)
{
    const struct detailed *self = state;

    return print_begun(self->print);
}

static const char *const detailed_anchors[] = {
    ", CURRENT MEMORY USAGE ",
    ", PEAK MEMORY USAGE ",
    ", TOTAL HEAP USED ",
    " HEAP: ",
    ", USAGE: CURRENT ",
    "ALLOC COUNT: ",
    " ALLOC",
    ", SIZE ",
    "%), PEAK ",
    NULL,
};

const struct reader reader_esp_detailed = {
    .name = "esp-idf detailed",
    .anchors = detailed_anchors,
    .open = detailed_open,
    .line = detailed_line,
    .end = detailed_end,
    .begun = detailed_begun,
    .close = detailed_close,
};
