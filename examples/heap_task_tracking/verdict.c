/* SPDX-License-Identifier: MIT */
/* The end of the story in plain words: which tasks died owing what, and which gave everything back. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "heapledger/facts.h"
#include "heapledger/snapshot.h"
#include "heapledger_freertos.h"

#include "verdict.h"

enum {
    LINE_BYTES = 160,
    MOST_TASKS = 8, /* that verdict_print can be asked about */
};

/* What the visits of tasks and accounts share. */
struct reading {
    const struct verdict_task *tasks;
    size_t count;
    bool listed[MOST_TASKS]; /* by index into `tasks` */
    unsigned debtors;
};

static void say(const char *line)
{
    board_message(line, strlen(line));
}

static void mark_as_listed(struct reading *reading, uint32_t serial)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (reading->tasks[i].serial == serial) {
            reading->listed[i] = true;
        }
    }
}

static bool read_task(void *context, const struct hl_task_info *task)
{
    struct reading *reading = context;
    char line[LINE_BYTES];

    mark_as_listed(reading, task->serial);
    if (task->alive) {
        return true;
    }
    if (task->current == 0) {
        (void)snprintf(line, sizeof(line),
                       "%s is dead and gave everything back (it held up to %" PRIu32 " bytes)\n",
                       task->name, task->peak);
    } else {
        reading->debtors++;
        (void)snprintf(line, sizeof(line), "%s died owing %" PRIu32 " bytes:\n", task->name,
                       task->current);
    }
    say(line);
    return true;
}

/* Two heaps may have one name: say where it is, too. */
static bool read_account(void *context, const struct hl_task_info *task,
                         const struct hl_account_info *account)
{
    char line[LINE_BYTES];
    struct hl_heap_facts heap;
    uintptr_t start;

    (void)context;
    if (task->alive || account->blocks == 0 ||
        hl_heap_facts(hl_freertos_instance(), account->heap, &heap) != 0) {
        return true;
    }
    start = (uintptr_t)heap.start;
    (void)snprintf(line, sizeof(line),
                   "    %" PRIu32 " bytes in %" PRIu32 " block%s of the heap %s at 0x%08" PRIxPTR
                   " to 0x%08" PRIxPTR "\n",
                   account->current, account->blocks, account->blocks == 1 ? "" : "s",
                   account->name, start, start + (heap.size - 1));
    say(line);
    return true;
}

int verdict_print(const struct verdict_task *tasks, size_t count)
{
    struct reading reading = {.tasks = tasks, .count = count < MOST_TASKS ? count : MOST_TASKS};
    const struct hl_visitor visitor = {
        .task = read_task,
        .account = read_account,
        .context = &reading,
    };
    char line[LINE_BYTES];
    int result;

    say("Verdict:\n");
    result = hl_visit_tasks(hl_freertos_instance(), 0, &visitor);
    if (result < 0) {
        return result;
    }
    for (size_t i = 0; i < reading.count; i++) {
        if (!reading.listed[i]) {
            (void)snprintf(line, sizeof(line),
                           "%s is dead, gave everything back and is no longer listed\n",
                           tasks[i].name);
            say(line);
        }
    }
    if (reading.debtors == 0) {
        say("no dead task owes anything\n");
    }
    return 0;
}
