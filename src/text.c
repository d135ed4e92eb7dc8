/* SPDX-License-Identifier: MIT */
/* Reports for people, in the form of the reference's heap task tracking
 * example. */
#include "format.h"

#if HL_TASK_TRACKING

#include <string.h>

#include "entry.h"
#include "walk.h"

/* Lines. One that is longer than a struct format holds reaches the sink in
 * parts. */

static void start(struct format *line, const struct hl_sink *sink)
{
    line->sink = sink;
    line->length = 0;
    line->room = FORMAT_LINE;
    line->full = false;
    line->failed = false;
}

static FORMAT_APART void put(struct format *line, const char *string)
{
    for (; *string != 0; string++) {
        if (line->length == line->room) {
            format_flush(line);
        }
        format_char(line, *string);
    }
}

static FORMAT_APART void put_figure(struct format *line, const char *words, size_t number)
{
    size_t digits = number > UINT32_MAX ? 20 : 10;

    if (line->length + strlen(words) + digits > line->room) {
        format_flush(line);
    }
    format_string(line, words);
    format_decimal(line, number);
}

/* Writes what comes behind a task's name, and ends the line. */
static FORMAT_APART int put_task(struct format *line, bool alive, uint32_t peak, uint32_t current)
{
    put(line, alive ? ": ALIVE  : " : ": DELETED: ");
    put_figure(line, "Peak Usage ", peak);
    put_figure(line, ", Current Usage ", current);
    put(line, "\n");
    format_flush(line);
    return line->failed ? HL_ERR_SINK : 0;
}

static void put_heap(struct format *line, const char *name, uint32_t caps, size_t size)
{
    put(line, "    ");
    put(line, name);
    put_figure(line, ": Caps: ", caps);
    put_figure(line, ". Size ", size);
}

static FORMAT_APART int put_account(struct format *line, uint32_t current, uint32_t peak,
                                    uint32_t blocks)
{
    put_figure(line, ", Current Usage ", current);
    put_figure(line, ", Peak Usage ", peak);
    put_figure(line, ", alloc count ", blocks);
    put(line, "\n");
    format_flush(line);
    return line->failed ? HL_ERR_SINK : 0;
}

static FORMAT_APART int put_block(struct format *line, const void *address, uint32_t size)
{
    put(line, "        0x");
    format_hex(line, (uintptr_t)address, 8);
    put_figure(line, ": Size: ", size);
    put(line, "\n");
    format_flush(line);
    return line->failed ? HL_ERR_SINK : 0;
}

static int put_task_info(struct format *line, const struct hl_task_info *task)
{
    put(line, task->name);
    return put_task(line, task->alive, task->peak, task->current);
}

static int put_account_info(struct format *line, const struct hl_account_info *account)
{
    put_heap(line, account->name, account->caps, account->size);
    return put_account(line, account->current, account->peak, account->blocks);
}

int hl_text_task(const struct hl_sink *sink, const struct hl_task_info *task)
{
    struct format line;

    start(&line, sink);
    return put_task_info(&line, task);
}

int hl_text_account(const struct hl_sink *sink, const struct hl_account_info *account)
{
    struct format line;

    start(&line, sink);
    return put_account_info(&line, account);
}

int hl_text_block(const struct hl_sink *sink, const struct hl_block_info *block)
{
    struct format line;

    start(&line, sink);
    return put_block(&line, block->address, block->size);
}

/* A snapshot in arrays. */

static int put_listed(struct format *line, const struct hl_block_info *blocks, size_t count)
{
    int result = 0;

    for (size_t i = 0; result == 0 && i < count; i++) {
        result = put_block(line, blocks[i].address, blocks[i].size);
    }
    return result;
}

static int put_entry(struct format *line, const struct hl_snapshot *snapshot,
                     const struct hl_task_info *task)
{
    int result = put_task_info(line, task);

    for (size_t i = 0; result == 0 && i < task->account_count; i++) {
        const struct hl_account_info *account = &snapshot->accounts[task->first_account + i];

        result = put_account_info(line, account);
        if (result == 0 && account->listed > 0) {
            result = put_listed(line, &snapshot->blocks[account->first_block], account->listed);
        }
    }
    return result;
}

int hl_text_snapshot(const struct hl_sink *sink, const struct hl_snapshot *snapshot)
{
    struct format line;
    int result = 0;

    start(&line, sink);
    for (size_t i = 0; result == 0 && i < snapshot->task_count; i++) {
        result = put_entry(&line, snapshot, &snapshot->tasks[i]);
    }
    return result;
}

/* Straight from the books. A visit (hl_visit_tasks) would do, but for the stack
 * that its entries need. */

struct print {
    struct hl *hl;
    uint32_t id; /* of the task */
    uint32_t serial;
    struct format line;
};

_Static_assert(FORMAT_LINE >= HL_SHOWN_NAME_LEN, "a line holds the name that is shown");

/* What stands behind the name of a folded account. */
static void print_folded(struct print *print, uint32_t folded)
{
    if (folded != 0) {
        format_string(&print->line, " (");
        format_decimal(&print->line, folded);
        format_string(&print->line, " dead)");
    }
}

/* HL_ERR_NOT_FOUND: the task has left. */
static FORMAT_APART int print_task(struct print *print)
{
    uint32_t id = print->id;
    hl_port_state state = hl_port_lock(print->hl);
    bool there = entry_serial(print->hl, id) == print->serial;
    bool alive = id < HL_TASK_FIRST || ledger_card(&print->hl->ledger, id)->state == CARD_ALIVE;
    uint32_t peak = print->hl->ledger.balances[id].peak;
    uint32_t current = print->hl->ledger.balances[id].current;
    uint32_t folded = entry_folded(print->hl, id);

    if (there) {
        format_string(&print->line, entry_name(print->hl, id));
    }
    hl_port_unlock(print->hl, state);
    if (!there) {
        return HL_ERR_NOT_FOUND;
    }
    print_folded(print, folded);
    return put_task(&print->line, alive, peak, current);
}

static FORMAT_APART int print_blocks(struct print *print, uint32_t heap)
{
    struct walk_block seen;
    int result = 0;

    walk_enter(print->hl, (int)heap);
    while (!print->line.failed && (result = walk_next(print->hl, (int)heap, &seen)) > 0) {
        if (seen.owner == print->serial) {
            put_block(&print->line, block_user(seen.block), block_size(block_span(seen.head)));
        }
    }
    return print->line.failed ? HL_ERR_SINK : result;
}

/* Returns 1 when there are blocks to be listed. */
static FORMAT_APART int print_account(struct print *print, uint32_t heap)
{
    const struct hl_heap *of = &print->hl->heaps[heap];
    struct hl_account account;
    hl_port_state state = hl_port_lock(print->hl);
    bool there = entry_serial(print->hl, print->id) == print->serial &&
                 entry_has_account(print->hl, heap, print->id);
    int result;

    account = ledger_row(&print->hl->ledger, heap)[print->id];
    hl_port_unlock(print->hl, state);
    if (!there) {
        return 0;
    }
    put_heap(&print->line, of->desc.name, instance_heap_caps(of), of->desc.size);
    result = put_account(&print->line, account.current, account.peak, account.blocks);
    return result == 0 && account.blocks != 0 && !heap_is_foreign(of) ? 1 : result;
}

static int print_entry(struct print *print)
{
    int result = print_task(print);

    for (uint32_t heap = 0; result == 0 && heap < print->hl->max_heaps; heap++) {
        result = print_account(print, heap);
        if (result > 0) {
            result = print_blocks(print, heap);
        }
    }
    return result;
}

/* `wanted` 0: all. */
static int print_entries(struct print *print, uint32_t wanted)
{
    int result = wanted != 0 ? HL_ERR_NOT_FOUND : 0;

    print->serial = wanted != 0 ? wanted : UINT32_MAX;
    while ((print->serial = entry_find(print->hl, print->serial, &print->id)) != 0 &&
           (wanted == 0 || print->serial == wanted)) {
        result = print_entry(print);
        if (wanted != 0 || (result != 0 && result != HL_ERR_NOT_FOUND)) {
            return result;
        }
        result = 0;      /* not found: it left meanwhile */
        print->serial--; /* the next one is older */
    }
    return result;
}

int hl_text_print(struct hl *hl, uint32_t serial, const struct hl_sink *sink)
{
    struct print print = {.hl = hl};
    int result = walk_begin(hl);
    bool changed;

    if (result < 0) {
        return result;
    }
    start(&print.line, sink);
    result = print_entries(&print, serial);
    changed = walk_end(hl);
    return result < 0 ? result : changed;
}

#endif
