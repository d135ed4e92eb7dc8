/* SPDX-License-Identifier: MIT */
/* Puts a print of tasks together, line by line: what the readers of text share. */
#include "print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "settle.h"

enum {
    FAR = 1000, /* lines of other text within a print: behind more, it has ended */
};

struct print *print_new(struct stream *stream, const char *format)
{
    struct print *print = memory_new(1, sizeof(*print));

    print->stream = stream;
    print->format = format;
    return print;
}

void print_free(struct print *print)
{
    snapshot_free(print->snapshot);
    free(print->seen);
    free(print);
}

struct task *print_open_task(struct print *print)
{
    return print->open ? &print->snapshot->tasks[print->snapshot->task_count - 1] : NULL;
}

struct task *print_task(struct print *print, uint64_t line, enum state state)
{
    struct task *task;

    if (print->snapshot != NULL && line > print->last_line + FAR) {
        print_end(print);
    }
    if (print->snapshot == NULL) {
        print->snapshot = snapshot_new(print->format);
        print->snapshot->line = line;
        print->snapshot->uptime_ms = stream_uptime_ms(print->stream);
    }
    task = snapshot_add_task(print->snapshot);
    task->state = state;
    task->line = line;
    print->open = true;
    print->last_line = line;
    return task;
}

static bool same_heap(const struct heap *heap, const struct print_heap *shown)
{
    return heap->caps == shown->caps && heap->size == shown->size &&
           strlen(heap->name) == shown->name_length &&
           memcmp(heap->name, shown->name, shown->name_length) == 0;
}

static bool has_account(const struct task *task, size_t heap)
{
    for (size_t i = 0; i < task->account_count; i++) {
        if (task->accounts[i].heap == heap) {
            return true;
        }
    }
    return false;
}

/* Heaps of one name, caps and size are told apart only within a task. */
static size_t find_heap(struct snapshot *snapshot, const struct task *task,
                        const struct print_heap *shown)
{
    struct heap *heap;

    for (size_t i = 0; i < snapshot->heap_count; i++) {
        if (same_heap(&snapshot->heaps[i], shown) && !has_account(task, i)) {
            return i;
        }
    }
    heap = snapshot_add_heap(snapshot);
    heap->name = memory_text(shown->name, shown->name_length);
    heap->caps = shown->caps;
    heap->size = shown->size;
    return snapshot->heap_count - 1;
}

bool print_heap(struct print *print, uint64_t line, const struct print_heap *shown)
{
    struct task *task = print_open_task(print);
    struct account *account;

    if (task == NULL || line > print->last_line + FAR) {
        print_damage(print, line, "a heap's line, but the line of its task is missing");
        return false;
    }
    account = task_add_account(task, find_heap(print->snapshot, task, shown));
    account->current = shown->current;
    account->peak = shown->peak;
    account->block_count = shown->blocks;
    print->heaps_shown = true;
    print->last_line = line;
    return true;
}

bool print_block(struct print *print, uint64_t line, uint64_t address, uint64_t size)
{
    struct task *task = print_open_task(print);
    struct account *account;

    if (task == NULL && print->snapshot != NULL) {
        return false; /* of a heap whose task is lost, which was said */
    }
    if (task == NULL || task->account_count == 0 || line > print->last_line + FAR) {
        print_damage(print, line, "a block's line, but the line of its heap is missing");
        return false;
    }
    account = &task->accounts[task->account_count - 1];
    blocks_add(&account->blocks, address, size);
    print->blocks_shown = true;
    print->last_line = line;
    return true;
}

void print_damage(struct print *print, uint64_t line, const char *what)
{
    struct task *task = print_open_task(print);

    stream_damage(print->stream, line, "%s", what);
    if (print->snapshot != NULL && line <= print->last_line + FAR) {
        print->snapshot->damaged++;
        print->last_line = line;
        if (task != NULL && !task->hurt) {
            task->sure = task->account_count;
            task->hurt = true;
        }
    }
}

/* Addresses of the print's blocks: open addressing. */

static struct block *slot_of(const struct print *print, uint64_t address)
{
    size_t at = (size_t)(address * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (print->seen_room - 1);

    while (print->seen[at].address != 0 && print->seen[at].address != address) {
        at = (at + 1) & (print->seen_room - 1);
    }
    return &print->seen[at];
}

static void remember(struct print *print, const struct block *block)
{
    struct block *old = print->seen;
    size_t room = print->seen_room;

    if (2 * print->seen_count >= room) {
        print->seen_room = room > 0 ? 2 * room : 256;
        print->seen = memory_new(print->seen_room, sizeof(*print->seen));
        for (size_t i = 0; i < room; i++) {
            if (old[i].address != 0) {
                *slot_of(print, old[i].address) = old[i];
            }
        }
        free(old);
    }
    if (block->address != 0 && slot_of(print, block->address)->address == 0) {
        *slot_of(print, block->address) = *block;
        print->seen_count++;
    }
}

static void remember_blocks(struct print *print, const struct task *task)
{
    for (size_t i = 0; i < task->account_count; i++) {
        for (size_t j = 0; j < task->accounts[i].blocks.count; j++) {
            remember(print, &task->accounts[i].blocks.item[j]);
        }
    }
}

static void forget_blocks(struct print *print)
{
    free(print->seen);
    print->seen = NULL;
    print->seen_count = print->seen_room = 0;
}

bool print_repeats(const struct print *print)
{
    const struct task *task = &print->snapshot->tasks[print->snapshot->task_count - 1];

    for (size_t i = 0; print->seen_room > 0 && i < task->account_count; i++) {
        for (size_t j = 0; j < task->accounts[i].blocks.count; j++) {
            if (slot_of(print, task->accounts[i].blocks.item[j].address)->address != 0) {
                return true;
            }
        }
    }
    return false;
}

bool print_has(const struct print *print, const char *name)
{
    for (size_t i = 0; i + 1 < print->snapshot->task_count; i++) {
        if (strcmp(print->snapshot->tasks[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* `worker (3 dead)` stands for three. */
static void take_folded(struct task *task)
{
    char *open = strrchr(task->name, '(');
    char *end = NULL;
    unsigned long long count;

    if (open == NULL || open == task->name || open[-1] != ' ' || open[1] < '1' || open[1] > '9') {
        return;
    }
    count = strtoull(open + 1, &end, 10);
    if (strcmp(end, " dead)") == 0) {
        task->folded = count;
        open[-1] = 0;
    }
}

/* The heaps of the open task in the snapshot that it moves to. */
static void move_accounts(struct snapshot *to, const struct snapshot *from, struct task *task)
{
    for (size_t i = 0; i < task->account_count; i++) {
        const struct heap *old = &from->heaps[task->accounts[i].heap];
        struct heap *heap = snapshot_add_heap(to);

        *heap = *old;
        heap->name = memory_copy(old->name);
        heap->blocks = (struct blocks){0};
        task->accounts[i].heap = to->heap_count - 1;
    }
}

void print_split(struct print *print)
{
    struct snapshot *old = print->snapshot;
    struct snapshot *begun = snapshot_new(print->format);
    struct task moved = old->tasks[old->task_count - 1];
    uint64_t uptime = stream_uptime_ms(print->stream);
    bool heaps_shown = print->heaps_shown, blocks_shown = print->blocks_shown;
    uint64_t last_line = print->last_line;

    move_accounts(begun, old, &moved);
    old->task_count--;
    print->open = false;
    print_end(print);
    *snapshot_add_task(begun) = moved;
    begun->line = moved.line;
    begun->uptime_ms = uptime;
    print->snapshot = begun;
    print->heaps_shown = heaps_shown;
    print->blocks_shown = blocks_shown;
    print->open = true;
    print->last_line = last_line;
}

void print_close_task(struct print *print, char *name)
{
    struct task *task = print_open_task(print);

    print->open = false;
    if (name == NULL) {
        task_clear(task);
        print->snapshot->task_count--;
        print->snapshot->damaged++;
        return;
    }
    task->name = name;
    take_folded(task);
    remember_blocks(print, task);
}

uint64_t print_begun(const struct print *print)
{
    return print->snapshot != NULL ? print->snapshot->line : UINT64_MAX;
}

void print_end(struct print *print)
{
    struct settle settle = {.stream = print->stream,
                            .snapshot = print->snapshot,
                            .sixteen_bits = print->sixteen_bits,
                            .heaps_shown = print->heaps_shown,
                            .blocks_shown = print->blocks_shown};

    if (print->snapshot == NULL) {
        return;
    }
    settle_heaps(&settle); /* first: who printed one size with 16 bits did so with other figures */
    for (size_t i = 0; i < print->snapshot->task_count; i++) {
        settle_task(&settle, &print->snapshot->tasks[i]);
    }
    if (settle.snapshot->task_count == 1 && settle.snapshot->damaged == 0) {
        settle.snapshot->partial = true; /* no program has one task; asked for by itself */
    }
    print->snapshot = NULL;
    print->heaps_shown = print->blocks_shown = false;
    forget_blocks(print);
    if (settle.snapshot->task_count > 0) {
        stream_snapshot(print->stream, settle.snapshot);
    } else {
        snapshot_free(settle.snapshot);
    }
}
