/* SPDX-License-Identifier: MIT */
/* Reads the table of ESP-IDF's heap_caps_print_all_task_stat_overview, and that of a single
 * task. */
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "print.h"
#include "reader.h"
#include "scan.h"

/*
 *   │ TASK               │ STATUS  │ CURRENT MEMORY USAGE │ PEAK MEMORY USAGE │ TOTAL HEAP USED │
 *   │               main │ ALIVE   │                  352 │              7456 │               2 │
 *
 * Cells have fixed widths, so a lost digit shows. */

#define BAR    "\xe2\x94\x82"                                                 /* │ */
#define RULE_5 "\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80" /* ───── */
#define RULE   RULE_5 RULE_5 RULE_5 RULE_5
#define TOP    "\xe2\x94\x8c" RULE "\xe2\x94\xac" /* ┌ and ┬ */
#define BOTTOM "\xe2\x94\x94" RULE "\xe2\x94\xb4" /* └ and ┴ */

struct overview {
    struct stream *stream;
    struct print *print;
    bool begun; /* a head was seen, and no foot */
};

static void *overview_open(struct stream *stream)
{
    struct overview *self = memory_new(1, sizeof(*self));

    self->stream = stream;
    self->print = print_new(stream, "esp-idf overview");
    return self;
}

static void overview_close(void *state)
{
    struct overview *self = state;

    print_free(self->print);
    free(self);
}

static void end_table(struct overview *self, bool whole)
{
    struct snapshot *snapshot = self->print->snapshot;

    if (snapshot != NULL) {
        snapshot->partial = snapshot->task_count == 1;
        if (!whole) {
            snapshot->damaged++;
            snapshot->cut_off = stream_at_end(self->stream);
            stream_damage(self->stream, self->print->last_line, "a table of tasks has no foot");
        }
    }
    if (snapshot == NULL && self->begun) {
        stream_damage(self->stream, self->print->last_line, "a table of tasks has no rows");
    }
    print_end(self->print);
    self->begun = false;
}

static void overview_end(void *state, uint64_t before)
{
    struct overview *self = state;

    if (self->print->last_line < before) {
        end_table(self, false);
    }
}

/* A number in a cell of that width. */
static uint64_t number_cell(struct scan *scan, size_t width)
{
    const char *begin = scan->at;
    uint64_t value;

    scan_blanks(scan);
    value = scan_decimal(scan);
    scan->ok = scan->ok && (size_t)(scan->at - begin) == width;
    scan_literal(scan, " " BAR);
    return value;
}

static bool read_row(struct overview *self, const struct line *line, const char *bar)
{
    struct scan scan = scan_from(bar, (size_t)(line->end - bar));
    const char *name, *name_end;
    uint64_t current, peak, heaps;
    struct task *task;
    bool alive;

    scan_literal(&scan, BAR " ");
    name = scan.at;
    name_end = scan.ok ? scan_find(scan.at, line->end, " " BAR) : NULL;
    /* A longer name widens its cell; other text in the cell does so, too. */
    if (name_end == NULL || name_end - name < 18 ||
        (name_end - name > 18 && scan_find(name, name_end, "  ") != NULL) ||
        (name_end - name > 18 && *name == ' ')) {
        return false;
    }
    scan.at = name_end;
    scan_literal(&scan, " " BAR " ");
    alive = scan_try(&scan, "ALIVE  ");
    if (!alive) {
        scan_literal(&scan, "DELETED");
    }
    scan_literal(&scan, " " BAR " ");
    current = number_cell(&scan, 20);
    scan_literal(&scan, " ");
    peak = number_cell(&scan, 17);
    scan_literal(&scan, " ");
    heaps = number_cell(&scan, 15);
    scan_end(&scan);
    while (name < name_end && *name == ' ') {
        name++;
    }
    if (!scan.ok || name == name_end) {
        return false;
    }
    task = print_task(self->print, line->number, alive ? STATE_ALIVE : STATE_DELETED);
    task->current = current;
    task->peak = peak;
    task->heap_count = heaps;
    print_close_task(self->print, memory_text(name, (size_t)(name_end - name)));
    return true;
}

static bool is_title(const struct line *line)
{
    return scan_find(line->text, line->end, BAR " TASK ") != NULL &&
           scan_find(line->text, line->end, " TOTAL HEAP USED " BAR) != NULL;
}

/* Other text has such bars, too; a row has its state, or at least the blanks before a number. */
static bool is_piece(const struct overview *self, const struct line *line)
{
    bool begun = self->begun || self->print->snapshot != NULL;
    bool state = scan_find(line->text, line->end, BAR " ALIVE   " BAR) != NULL ||
                 scan_find(line->text, line->end, BAR " DELETED " BAR) != NULL;

    return state || (begun && scan_find(line->text, line->end, "         ") != NULL);
}

static bool overview_line(void *state, const struct line *line)
{
    struct overview *self = state;
    const char *bar = scan_find(line->text, line->end, BAR);

    if (scan_find(line->text, line->end, TOP) != NULL) {
        end_table(self, false);
        self->begun = true;
        self->print->last_line = line->number;
        return true;
    }
    if (scan_find(line->text, line->end, BOTTOM) != NULL) {
        end_table(self, true);
        return true;
    }
    if (bar == NULL) {
        return false;
    }
    if (is_title(line)) {
        self->begun = true;
        self->print->last_line = line->number;
        return true;
    }
    if (read_row(self, line, bar)) {
        return true;
    }
    if (is_piece(self, line)) {
        print_damage(self->print, line->number, "a row of a table of tasks is damaged");
        return true;
    }
    return false;
}

static uint64_t overview_begun(const void *state)
{
    const struct overview *self = state;

    return print_begun(self->print);
}

static const char *const overview_anchors[] = {TOP, BAR " ", BOTTOM, NULL};

const struct reader reader_esp_overview = {
    .name = "esp-idf overview",
    .anchors = overview_anchors,
    .open = overview_open,
    .line = overview_line,
    .end = overview_end,
    .begun = overview_begun,
    .close = overview_close,
};
