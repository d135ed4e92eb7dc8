/* SPDX-License-Identifier: MIT */
/* Heap task tracking with arrays of one's own: a snapshot is taken, then shown in any form. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "heapledger/facts.h"
#include "heapledger/snapshot.h"
#include "heapledger_freertos.h"

#include "scenario.h"

#define NAME "heap_task_tracking_advanced"

/* Static arrays: memory for a report is not taken from the heaps that it is about. */
enum {
    ROOM_FOR_TASKS = 16,
    ROOM_FOR_ACCOUNTS = 32,
    ROOM_FOR_BLOCKS = 512,
    LINE_BYTES = 160,
};

static struct hl_task_info tasks[ROOM_FOR_TASKS];
static struct hl_account_info accounts[ROOM_FOR_ACCOUNTS];
static struct hl_block_info blocks[ROOM_FOR_BLOCKS];

static void write_text(const char *text)
{
    board_write(text, strlen(text));
}

/* The columns of tasks and heaps alike. */
static void show_row(const char *label, const char *state, uint32_t current, uint32_t peak,
                     uint32_t count)
{
    char line[LINE_BYTES];

    (void)snprintf(line, sizeof(line), "%-24.60s %-8.8s %10" PRIu32 " %10" PRIu32 " %7" PRIu32 "\n",
                   label, state, current, peak, count);
    write_text(line);
}

static void show_account(const struct hl_account_info *account)
{
    char text[LINE_BYTES];
    struct hl_heap_facts heap;

    if (hl_heap_facts(hl_freertos_instance(), account->heap, &heap) == 0) {
        (void)snprintf(text, sizeof(text), "  %s at 0x%08" PRIxPTR, account->name,
                       (uintptr_t)heap.start);
        show_row(text, "", account->current, account->peak, account->blocks);
    }
    for (size_t i = account->first_block; i < account->first_block + account->listed; i++) {
        (void)snprintf(text, sizeof(text), "    0x%08" PRIxPTR "%*s %10" PRIu32 "\n",
                       (uintptr_t)blocks[i].address, 19, "", blocks[i].size);
        write_text(text);
    }
}

/* Which counters there are is a choice of the build (heapledger/stats.h): this shows them all. */
static void show_counters(const struct hl_task_info *task)
{
#define COUNTER(name) {#name, task->name},
    const struct {
        const char *name;
        uint32_t value;
    } counters[] = {HL_TASK_COUNTERS(COUNTER){NULL, 0}};
#undef COUNTER
    char text[LINE_BYTES];

    (void)task; /* unused when there are none */
    for (size_t i = 0; counters[i].name != NULL; i++) {
        (void)snprintf(text, sizeof(text), "%s%s %" PRIu32 "%s", i == 0 ? "  " : ", ",
                       counters[i].name, counters[i].value,
                       counters[i + 1].name == NULL ? "\n" : "");
        write_text(text);
    }
}

static void show_task(const struct hl_task_info *task)
{
    const struct hl_account_info *account = &accounts[task->first_account];
    uint32_t count = 0;

    for (size_t i = 0; i < task->account_count; i++) {
        count += account[i].blocks;
    }
    show_row(task->name, task->alive ? "ALIVE" : "DELETED", task->current, task->peak, count);
    show_counters(task);
    for (size_t i = 0; i < task->account_count; i++) {
        show_account(&account[i]);
    }
}

/* The arrays of this program have a fixed size; more may be needed one day. */
static void show_missing(const struct hl_snapshot *snapshot, const struct hl_snapshot_needs *needs)
{
    char text[LINE_BYTES];

    if (snapshot->tasks_missing + snapshot->accounts_missing + snapshot->blocks_missing == 0) {
        return;
    }
    (void)snprintf(text, sizeof(text), "(not shown: %lu tasks, %lu heaps of tasks, %lu blocks;\n",
                   (unsigned long)snapshot->tasks_missing,
                   (unsigned long)snapshot->accounts_missing,
                   (unsigned long)snapshot->blocks_missing);
    write_text(text);
    (void)snprintf(
        text, sizeof(text), "arrays are needed for %lu tasks, %lu heaps of tasks, %lu blocks)\n",
        (unsigned long)needs->tasks, (unsigned long)needs->accounts, (unsigned long)needs->blocks);
    write_text(text);
}

static int show(uint32_t serial)
{
    struct hl_snapshot snapshot = {
        .tasks = tasks,
        .task_room = ROOM_FOR_TASKS,
        .accounts = accounts,
        .account_room = ROOM_FOR_ACCOUNTS,
        .blocks = blocks,
        .block_room = ROOM_FOR_BLOCKS,
    };
    struct hl_snapshot_needs needs; /* a program without fixed arrays gets them now */
    int result = hl_snapshot_needs(hl_freertos_instance(), serial, &needs);

    if (result == 0) {
        result = hl_snapshot(hl_freertos_instance(), serial, &snapshot);
    }
    if (result < 0) {
        return result;
    }
    write_text("task, its heaps, blocks  state         bytes       peak  blocks\n");
    for (size_t i = 0; i < snapshot.task_count; i++) {
        show_task(&tasks[i]);
    }
    show_missing(&snapshot, &needs);
    if (snapshot.changed) {
        write_text("(something was allocated or freed meanwhile)\n");
    }
    return 0;
}

static int run(const struct board_options *options)
{
    return scenario_run(NAME, options, show);
}

int main(int argc, char **argv)
{
    static const struct board_app app = {
        .name = NAME,
        .version = EXAMPLE_VERSION,
        .summary =
            "Runs a task that leaks and one that does not. After each round it copies what each\n"
            "task holds into arrays and makes its own table of them; at the end, of all tasks.",
        .rounds = SCENARIO_ROUNDS,
        .run = run,
    };

    return board_run(argc, argv, &app);
}
