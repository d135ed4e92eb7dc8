/* SPDX-License-Identifier: MIT */
/* Snapshots: made, taken apart, added up. */
#include "model.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

struct snapshot *snapshot_new(const char *format)
{
    struct snapshot *snapshot = memory_new(1, sizeof(*snapshot));

    snapshot->format = format;
    snapshot->boot = snapshot->number = snapshot->uptime_ms = UNKNOWN;
    snapshot->overflowed = snapshot->evicted = UNKNOWN;
    return snapshot;
}

void blocks_clear(struct blocks *blocks)
{
    free(blocks->item);
    *blocks = (struct blocks){0};
}

void task_drop_accounts(struct task *task, size_t from)
{
    for (size_t i = from; i < task->account_count; i++) {
        blocks_clear(&task->accounts[i].blocks);
    }
    task->account_count = from < task->account_count ? from : task->account_count;
}

static bool same_name(const struct task *a, const struct task *b)
{
    return a->name == b->name ||
           (a->name != NULL && b->name != NULL && strcmp(a->name, b->name) == 0);
}

char *snapshot_task_key(const struct snapshot *snapshot, size_t index)
{
    const struct task *task = &snapshot->tasks[index];
    size_t place = 0;

    if (task->serial != UNKNOWN) {
        return memory_format("%" PRIu64 "/%" PRIu64 "/#%" PRIu64, snapshot->boot_index,
                             snapshot->boot, task->serial);
    }
    for (size_t i = index + 1; i < snapshot->task_count; i++) {
        place += same_name(&snapshot->tasks[i], task);
    }
    return memory_format("%" PRIu64 "/%zu/%s", snapshot->boot_index, place,
                         task->name != NULL ? task->name : "");
}

void task_clear(struct task *task)
{
    task_drop_accounts(task, 0);
    free(task->accounts);
    free(task->name);
    free(task->reason);
    *task = (struct task){0};
}

void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot == NULL) {
        return;
    }
    for (size_t i = 0; i < snapshot->task_count; i++) {
        task_clear(&snapshot->tasks[i]);
    }
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        free(snapshot->heaps[i].name);
        blocks_clear(&snapshot->heaps[i].blocks);
    }
    free(snapshot->tasks);
    free(snapshot->heaps);
    free(snapshot->source);
    free(snapshot->build);
    free(snapshot);
}

struct heap *snapshot_add_heap(struct snapshot *snapshot)
{
    struct heap *heap =
        memory_append((void **)&snapshot->heaps, &snapshot->heap_count, sizeof(*heap));

    heap->caps = heap->size = heap->start = UNKNOWN;
    heap->free = heap->min_free = heap->largest_free = heap->block_count = UNKNOWN;
    heap->allocated = heap->size_mod_64k = UNKNOWN;
    return heap;
}

struct task *snapshot_add_task(struct snapshot *snapshot)
{
    struct task *task =
        memory_append((void **)&snapshot->tasks, &snapshot->task_count, sizeof(*task));

    task->serial = task->current = task->peak = task->heap_count = UNKNOWN;
    task->state = STATE_UNKNOWN;
    task->seconds_left = -1;
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        task->counters[i] = UNKNOWN;
    }
    return task;
}

struct account *task_add_account(struct task *task, size_t heap)
{
    struct account *account =
        memory_append((void **)&task->accounts, &task->account_count, sizeof(*account));

    account->heap = heap;
    account->current = account->peak = account->block_count = UNKNOWN;
    return account;
}

struct block *blocks_add(struct blocks *blocks, uint64_t address, uint64_t size)
{
    struct block *block = memory_append((void **)&blocks->item, &blocks->count, sizeof(*block));

    blocks->listed = true;
    block->address = address;
    block->size = size;
    return block;
}

static uint64_t add(uint64_t sum, uint64_t figure)
{
    return sum == UNKNOWN || figure == UNKNOWN ? UNKNOWN : sum + figure;
}

uint64_t task_blocks(const struct task *task)
{
    uint64_t sum = 0;

    if (task->account_count == 0 && task->current != 0) {
        return UNKNOWN;
    }
    for (size_t i = 0; i < task->account_count; i++) {
        sum = add(sum, task->accounts[i].block_count);
    }
    return sum;
}

uint64_t heap_used(const struct snapshot *snapshot, size_t heap)
{
    const struct heap *of = &snapshot->heaps[heap];
    uint64_t sum = 0;

    if (snapshot->task_count == 0) {
        return of->allocated;
    }
    for (size_t i = 0; i < snapshot->task_count; i++) {
        for (size_t j = 0; j < snapshot->tasks[i].account_count; j++) {
            if (snapshot->tasks[i].accounts[j].heap == heap) {
                sum = add(sum, snapshot->tasks[i].accounts[j].current);
            }
        }
    }
    return sum;
}

char *task_label(const struct task *task)
{
    if (task->name == NULL) {
        return memory_format("(unnamed task %" PRIu64 ")", task->serial);
    }
    if (task->folded != 0) {
        return memory_format("%s (%" PRIu64 " dead)", task->name, task->folded);
    }
    return memory_copy(task->name);
}

char *heap_label(const struct heap *heap)
{
    if (heap->name != NULL) {
        return memory_copy(heap->name);
    }
    return heap->start != UNKNOWN ? memory_format("heap at 0x%08" PRIx64, heap->start)
                                  : memory_copy("(unnamed heap)");
}

const char *counter_name(enum counter counter)
{
    static const char *const names[] = {"allocations", "frees",    "freed_by_others",
                                        "resizes",     "failures", "largest_refused"};

    return names[counter];
}

const char *state_name(enum state state)
{
    static const char *const names[] = {"alive", "deleted", "unknown"};

    return names[state];
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {NULL, "leaked", "handed on", "growing", "steady", "spiky"};

    return names[verdict];
}
