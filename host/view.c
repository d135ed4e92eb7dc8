/* SPDX-License-Identifier: MIT */
/* A snapshot for people: verdict, tasks, heaps. */
#include "view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "memory.h"
#include "size.h"

/* A row: a task, with its figures over all heaps or on the one that was asked for. */
struct row {
    const struct task *task;
    char *label;
    uint64_t current, peak, blocks;
};

struct rows {
    struct row *item;
    size_t count;
    uint64_t most;  /* of current */
    uint64_t whole; /* the size of the heaps that are shown; UNKNOWN */
    size_t longest; /* name */
};

/* Which columns there is room for. */
struct layout {
    int name, bar;
    bool share, peak, blocks;
};

bool view_has_task(const struct snapshot *snapshot, const char *name)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        if (snapshot->tasks[i].name != NULL && strcmp(snapshot->tasks[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_heap(const struct heap *heap, const char *name)
{
    char *label = heap_label(heap);
    bool same = strcmp(label, name) == 0;

    free(label);
    return same;
}

bool view_has_heap(const struct snapshot *snapshot, const char *name)
{
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        if (is_heap(&snapshot->heaps[i], name)) {
            return true;
        }
    }
    return false;
}

static uint64_t plus(uint64_t sum, uint64_t figure)
{
    return sum == UNKNOWN || figure == UNKNOWN ? UNKNOWN : sum + figure;
}

/* The task's figures on heaps of that name. False: it has never used one. */
static bool on_heap(const struct snapshot *snapshot, const char *heap, struct row *row)
{
    bool found = false;

    row->current = row->blocks = 0;
    row->peak = 0;
    for (size_t i = 0; i < row->task->account_count; i++) {
        const struct account *account = &row->task->accounts[i];

        if (is_heap(&snapshot->heaps[account->heap], heap)) {
            row->current = plus(row->current, account->current);
            row->blocks = plus(row->blocks, account->block_count);
            row->peak = found ? UNKNOWN : account->peak; /* peaks of two heaps have no sum */
            found = true;
        }
    }
    return found;
}

static enum view_sort sort_by;

static uint64_t sort_key(const struct row *row)
{
    uint64_t key = sort_by == SORT_PEAK     ? row->peak
                   : sort_by == SORT_BLOCKS ? row->blocks
                                            : row->current;

    return key == UNKNOWN ? 0 : key + 1;
}

static int by_key(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    uint64_t x = sort_key(left), y = sort_key(right);

    if (sort_by == SORT_NAME || x == y) {
        return strcmp(left->label, right->label);
    }
    return (x < y) - (x > y);
}

static uint64_t size_of_heaps(const struct view *view, const struct snapshot *snapshot)
{
    uint64_t whole = 0;

    for (size_t i = 0; i < snapshot->heap_count; i++) {
        if (view->heap == NULL || is_heap(&snapshot->heaps[i], view->heap)) {
            whole = plus(whole, snapshot->heaps[i].size);
        }
    }
    return whole;
}

static struct rows make_rows(const struct view *view, const struct snapshot *snapshot)
{
    struct rows rows = {.whole = size_of_heaps(view, snapshot)};

    rows.item = memory_new(snapshot->task_count, sizeof(*rows.item));
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct task *task = &snapshot->tasks[i];
        struct row *row = &rows.item[rows.count];

        *row = (struct row){.task = task,
                            .current = task->current,
                            .peak = task->peak,
                            .blocks = task_blocks(task)};
        if ((view->task != NULL && (task->name == NULL || strcmp(task->name, view->task) != 0)) ||
            (view->heap != NULL && !on_heap(snapshot, view->heap, row))) {
            continue;
        }
        row->label = task_label(task);
        rows.most = row->current != UNKNOWN && row->current > rows.most ? row->current : rows.most;
        rows.longest =
            screen_length(row->label) > rows.longest ? screen_length(row->label) : rows.longest;
        rows.count++;
    }
    sort_by = view->sort;
    qsort(rows.item, rows.count, sizeof(*rows.item), by_key);
    return rows;
}

/* Columns that matter least go first when the terminal is narrow. */
static struct layout lay_out(const struct screen *screen, const struct rows *rows)
{
    struct layout layout = {.share = true, .peak = true, .blocks = true};
    size_t name = rows->longest < 4 ? 4 : rows->longest > 32 ? 32 : rows->longest;
    /* name, state, current, verdict, and two blanks between columns */
    size_t used = name + 2 + 7 + 2 + 10 + 2 + 9;

    if (used > screen->width) {
        name = name > used - screen->width + 8 ? name - (used - screen->width) : 8;
        used = name + 32;
    }
    layout.peak = used + 12 <= screen->width;
    used += layout.peak ? 12 : 0;
    layout.blocks = used + 8 <= screen->width;
    used += layout.blocks ? 8 : 0;
    layout.share = used + 8 <= screen->width;
    used += layout.share ? 8 : 0;
    layout.bar = used + 8 <= screen->width ? (int)(screen->width - used - 2) : 0;
    layout.bar = layout.bar > 24 ? 24 : layout.bar;
    layout.name = (int)name;
    return layout;
}

static enum paint paint_of(enum verdict verdict)
{
    static const enum paint paints[] = {PAINT_DIM, PAINT_RED,   PAINT_YELLOW,
                                        PAINT_RED, PAINT_GREEN, PAINT_YELLOW};

    return paints[verdict];
}

static void gap(const struct screen *screen)
{
    fputs("  ", screen->out);
}

static void put_size(const struct screen *screen, const struct view *view, uint64_t size)
{
    char text[32];

    size_text(text, sizeof(text), size, view->bytes);
    screen_put(screen, PAINT_PLAIN, -10, text);
}

static void put_number(const struct screen *screen, int width, uint64_t number)
{
    char text[32];

    snprintf(text, sizeof(text), "%" PRIu64, number);
    screen_put(screen, PAINT_PLAIN, -width, number == UNKNOWN ? "?" : text);
}

static void put_head(const struct screen *screen, const struct layout *layout)
{
    screen_put(screen, PAINT_BOLD, layout->name, "TASK");
    gap(screen);
    screen_put(screen, PAINT_BOLD, 7, "STATE");
    gap(screen);
    screen_put(screen, PAINT_BOLD, -10, "CURRENT");
    if (layout->bar > 0) {
        gap(screen);
        screen_put(screen, PAINT_BOLD, layout->bar, "");
    }
    if (layout->peak) {
        gap(screen);
        screen_put(screen, PAINT_BOLD, -10, "PEAK");
    }
    if (layout->blocks) {
        gap(screen);
        screen_put(screen, PAINT_BOLD, -6, "BLOCKS");
    }
    if (layout->share) {
        gap(screen);
        screen_put(screen, PAINT_BOLD, -6, "SHARE");
    }
    gap(screen);
    screen_put(screen, PAINT_BOLD, 0, "VERDICT");
    fputc('\n', screen->out);
}

static void put_share(const struct screen *screen, uint64_t part, uint64_t whole)
{
    char text[16] = "?";

    if (part != UNKNOWN && whole != UNKNOWN && whole > 0) {
        snprintf(text, sizeof(text), "%.1f %%", 100 * (double)part / (double)whole);
    }
    screen_put(screen, PAINT_PLAIN, -6, text);
}

static void put_row(const struct screen *screen, const struct view *view,
                    const struct layout *layout, const struct rows *rows, const struct row *row)
{
    const char *verdict = verdict_name(row->task->verdict);

    screen_put(screen, PAINT_PLAIN, layout->name, row->label);
    gap(screen);
    screen_put(screen, row->task->state == STATE_DELETED ? PAINT_DIM : PAINT_PLAIN, 7,
               state_name(row->task->state));
    gap(screen);
    put_size(screen, view, row->current);
    if (layout->bar > 0) {
        gap(screen);
        screen_bar(screen, (size_t)layout->bar, row->current != UNKNOWN ? (double)row->current : 0,
                   (double)rows->most);
    }
    if (layout->peak) {
        gap(screen);
        put_size(screen, view, row->peak);
    }
    if (layout->blocks) {
        gap(screen);
        put_number(screen, 6, row->blocks);
    }
    if (layout->share) {
        gap(screen);
        put_share(screen, row->current, rows->whole);
    }
    gap(screen);
    screen_put(screen, paint_of(row->task->verdict), 0, verdict != NULL ? verdict : "-");
    fputc('\n', screen->out);
}

/* What a task holds in each heap, and its blocks. */
static void put_accounts(const struct screen *screen, const struct view *view,
                         const struct snapshot *snapshot, const struct task *task)
{
    for (size_t i = 0; i < task->account_count; i++) {
        const struct account *account = &task->accounts[i];
        char *label = heap_label(&snapshot->heaps[account->heap]);
        char current[32], peak[32];

        if (view->heap != NULL && strcmp(label, view->heap) != 0) {
            free(label);
            continue;
        }
        size_text(current, sizeof(current), account->current, view->bytes);
        size_text(peak, sizeof(peak), account->peak, view->bytes);
        fprintf(screen->out, "    %s: %s, peak %s, ", label, current, peak);
        put_number(screen, 0, account->block_count);
        fputs(account->block_count == 1 ? " block\n" : " blocks\n", screen->out);
        for (size_t j = 0; view->blocks && j < account->blocks.count; j++) {
            size_text(current, sizeof(current), account->blocks.item[j].size, view->bytes);
            fprintf(screen->out, "        0x%08" PRIx64 "  %s\n", account->blocks.item[j].address,
                    current);
        }
        if (account->blocks.partial && view->blocks) {
            fputs("        some of its blocks are missing\n", screen->out);
        }
        free(label);
    }
}

static void put_tasks(const struct screen *screen, const struct view *view,
                      const struct snapshot *snapshot)
{
    struct rows rows = make_rows(view, snapshot);
    struct layout layout = lay_out(screen, &rows);

    put_head(screen, &layout);
    for (size_t i = 0; i < rows.count; i++) {
        put_row(screen, view, &layout, &rows, &rows.item[i]);
        if (view->task != NULL || view->blocks) {
            put_accounts(screen, view, snapshot, rows.item[i].task);
        }
        free(rows.item[i].label);
    }
    free(rows.item);
}

static void put_heap(const struct screen *screen, const struct view *view,
                     const struct snapshot *snapshot, size_t index, int name)
{
    const struct heap *heap = &snapshot->heaps[index];
    char *label = heap_label(heap);
    char *caps = caps_names(heap->caps);
    uint64_t used = heap_used(snapshot, index);
    size_t taken = (size_t)name + 2 + 10 + 2 + 10 + 2 + 10 + 2;

    screen_put(screen, PAINT_PLAIN, name, label);
    gap(screen);
    put_size(screen, view, heap->size);
    gap(screen);
    put_size(screen, view, used);
    gap(screen);
    put_size(screen, view, heap->free);
    if (taken + 12 <= screen->width) {
        gap(screen);
        screen_put(screen, PAINT_PLAIN,
                   screen_length(caps) > screen->width - taken ? (int)(screen->width - taken) : 0,
                   caps);
    }
    fputc('\n', screen->out);
    for (size_t i = 0; view->blocks && i < heap->blocks.count; i++) {
        char size[32];

        size_text(size, sizeof(size), heap->blocks.item[i].size, view->bytes);
        fprintf(screen->out, "        0x%08" PRIx64 "  %s\n", heap->blocks.item[i].address, size);
    }
    free(caps);
    free(label);
}

static void put_heaps(const struct screen *screen, const struct view *view,
                      const struct snapshot *snapshot)
{
    size_t longest = 4;

    for (size_t i = 0; i < snapshot->heap_count; i++) {
        char *label = heap_label(&snapshot->heaps[i]);

        longest = screen_length(label) > longest ? screen_length(label) : longest;
        free(label);
    }
    longest = longest > 24 ? 24 : longest;
    screen_put(screen, PAINT_BOLD, (int)longest, "HEAP");
    gap(screen);
    screen_put(screen, PAINT_BOLD, -10, "SIZE");
    gap(screen);
    screen_put(screen, PAINT_BOLD, -10, "USED");
    gap(screen);
    screen_put(screen, PAINT_BOLD, -10, "FREE");
    if (longest + 38 + 12 <= screen->width) {
        gap(screen);
        screen_put(screen, PAINT_BOLD, 0, "CAPABILITIES");
    }
    fputc('\n', screen->out);
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        if (view->heap == NULL || is_heap(&snapshot->heaps[i], view->heap)) {
            put_heap(screen, view, snapshot, i, (int)longest);
        }
    }
}

/* The verdict. */

static bool is_bad(const struct task *task)
{
    return task->verdict == VERDICT_LEAKED || task->verdict == VERDICT_GROWING;
}

static void put_reason(const struct screen *screen, const struct task *task)
{
    char *label = task_label(task);
    char *text = memory_format("%s: %s: %s", verdict_name(task->verdict), label, task->reason);

    if (screen->color) {
        fputs(paint_of(task->verdict) == PAINT_RED ? "\033[31m" : "\033[33m", screen->out);
    }
    screen_wrap(screen, 4, text);
    if (screen->color) {
        fputs("\033[0m", screen->out);
    }
    free(label);
    free(text);
}

void view_verdict(const struct screen *screen, const struct snapshot *snapshot)
{
    size_t bad = 0, unjudged = 0, first = 0;

    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct task *task = &snapshot->tasks[i];

        if (is_bad(task)) {
            put_reason(screen, task);
        }
        bad += is_bad(task);
        if (task->verdict == VERDICT_NONE && unjudged++ == 0) {
            first = i;
        }
    }
    if (snapshot->task_count == 0) {
        screen_wrap(screen, 4, "It is not said who holds what: the log shows heaps only.");
        return;
    }
    if (bad == 0) {
        screen_wrap(screen, 4,
                    unjudged == 0 ? "No task has leaked, and none grows." : "No task has leaked.");
    }
    if (unjudged > 0) {
        const char *reason = snapshot->tasks[first].reason;
        char *text = memory_format("Growth cannot be judged for %zu of %zu tasks%s%s.", unjudged,
                                   snapshot->task_count, reason != NULL ? ": " : "",
                                   reason != NULL ? reason : "");

        screen_wrap(screen, 4, text);
        free(text);
    }
    for (size_t i = 0; i < snapshot->task_count; i++) {
        if (snapshot->tasks[i].verdict == VERDICT_HANDED_ON) {
            put_reason(screen, &snapshot->tasks[i]);
        }
    }
}

static char *append(char *text, const char *more)
{
    char *longer = memory_format("%s%s", text, more);

    free(text);
    return longer;
}

static void put_title(const struct screen *screen, const struct snapshot *snapshot, uint64_t of)
{
    char *text = memory_format("Snapshot %" PRIu64, snapshot->index);
    char more[256];

    if (of > 0) {
        snprintf(more, sizeof(more), " of %" PRIu64, of);
        text = append(text, more);
    }
    snprintf(more, sizeof(more), ", %s, %.200s:%" PRIu64, snapshot->format, snapshot->source,
             snapshot->line);
    text = append(text, more);
    if (snapshot->uptime_ms != UNKNOWN) {
        snprintf(more, sizeof(more), ", up %.1f s", (double)snapshot->uptime_ms / 1000);
        text = append(text, more);
    }
    if (snapshot->build != NULL) {
        snprintf(more, sizeof(more), ", build %.200s", snapshot->build);
        text = append(text, more);
    }
    text = snapshot->partial ? append(text, ", of one task") : text;
    text = snapshot->changed ? append(text, ", changed while it was taken") : text;
    if (snapshot->damaged > 0) {
        snprintf(more, sizeof(more), ", damaged in %" PRIu64 " place%s", snapshot->damaged,
                 snapshot->damaged == 1 ? "" : "s");
        text = append(text, more);
    }
    screen_wrap(screen, 4, text);
    free(text);
}

void view_snapshot(const struct screen *screen, const struct view *view,
                   const struct snapshot *snapshot, uint64_t of)
{
    put_title(screen, snapshot, of);
    if (snapshot->task_count > 0) {
        fputc('\n', screen->out);
        put_tasks(screen, view, snapshot);
    }
    if (snapshot->heap_count > 0) {
        fputc('\n', screen->out);
        put_heaps(screen, view, snapshot);
    }
}
