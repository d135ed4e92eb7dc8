/* SPDX-License-Identifier: MIT */
/* The ledger at one moment, in ESP-IDF's order. */
#include "report.h"

#include <string.h>

#include "exec.h"
#include "first_use.h"
#include "heapledger_freertos.h"
#include "host_memory.h"
#include "walks.h"

#if HL_TASK_TRACKING

static const char marker; /* the handle of the pseudo-task */

int report_task(void)
{
    static int task = HL_TASK_OVERFLOW;

    esp_heaps_lock();
    if (task == HL_TASK_OVERFLOW) {
        task = hl_task_register(hl_freertos_instance(), (void *)(uintptr_t)&marker, "(reports)");
    }
    esp_heaps_unlock();
    return task;
}

/* Room for so many entries, in one piece. */
static void make_room(struct report *report, const struct hl_snapshot_needs *needs,
                      struct hl_snapshot *snapshot)
{
    size_t tasks = needs->tasks * sizeof(struct hl_task_info);
    size_t accounts = needs->accounts * sizeof(struct hl_account_info);
    size_t blocks = needs->blocks * sizeof(struct hl_block_info);
    char *memory;

    report->memory_bytes = tasks + accounts + blocks;
    memory = host_memory(report->memory_bytes);
    report->memory = memory;
    memset(snapshot, 0, sizeof(*snapshot));
    snapshot->tasks = (struct hl_task_info *)(void *)memory;
    snapshot->task_room = needs->tasks;
    snapshot->accounts = (struct hl_account_info *)(void *)(memory + tasks);
    snapshot->account_room = needs->accounts;
    snapshot->blocks = (struct hl_block_info *)(void *)(memory + tasks + accounts);
    snapshot->block_room = needs->blocks;
}

_Static_assert(sizeof(struct hl_task_info) % _Alignof(struct hl_account_info) == 0 &&
                   sizeof(struct hl_account_info) % _Alignof(struct hl_block_info) == 0,
               "the arrays of a report lie behind each other");

/* An account's place in the order of its task. Heaps that were not noted (a block was handed over)
 * come last, in their own order. */
static size_t place_of(int task, const struct hl_account_info *account)
{
    return first_use_place(task, esp_heap_at(account->heap)) * HL_MAX_HEAPS + (size_t)account->heap;
}

static void sort_accounts(const struct hl_task_info *task, struct hl_account_info *accounts)
{
    for (size_t i = 1; i < task->account_count; i++) {
        struct hl_account_info moved = accounts[i];
        size_t place = place_of(task->id, &moved);
        size_t at = i;

        while (at > 0 && place_of(task->id, &accounts[at - 1]) > place) {
            accounts[at] = accounts[at - 1];
            at--;
        }
        accounts[at] = moved;
    }
}

/* Does one task come before another? Of equal handles, the newer one if no handle is larger. */
static bool comes_before(const struct hl_task_info *one, const struct hl_task_info *other,
                         const void *largest)
{
    uintptr_t a = (uintptr_t)one->handle;
    uintptr_t b = (uintptr_t)other->handle;

    if (a != b) {
        return a > b;
    }
    if (one->handle == NULL || one->handle == largest) {
        return one->serial > other->serial;
    }
    return one->serial < other->serial;
}

static void sort_tasks(struct report *report)
{
    const void *largest = NULL;

    for (size_t i = 0; i < report->task_count; i++) {
        if ((uintptr_t)report->tasks[i].handle > (uintptr_t)largest) {
            largest = report->tasks[i].handle;
        }
    }
    for (size_t i = 1; i < report->task_count; i++) {
        struct hl_task_info moved = report->tasks[i];
        size_t at = i;

        while (at > 0 && comes_before(&moved, &report->tasks[at - 1], largest)) {
            report->tasks[at] = report->tasks[at - 1];
            at--;
        }
        report->tasks[at] = moved;
    }
}

/* Those that ESP-IDF would list. */
static void keep_listed(struct report *report, const struct hl_snapshot *snapshot)
{
    report->tasks = snapshot->tasks;
    report->accounts = snapshot->accounts;
    report->blocks = snapshot->blocks;
    report->task_count = 0;
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct hl_task_info *task = &snapshot->tasks[i];

        if (task->account_count != 0 && task->handle != &marker) {
            report->tasks[report->task_count++] = *task;
        }
    }
}

static void arrange(struct report *report, const struct hl_snapshot *snapshot)
{
    keep_listed(report, snapshot);
    sort_tasks(report);
    for (size_t i = 0; i < report->task_count; i++) {
        const struct hl_task_info *task = &report->tasks[i];

        sort_accounts(task, &report->accounts[task->first_account]);
    }
    for (size_t i = 0; i < snapshot->block_count; i++) {
        report->blocks[i].address = exec_given(report->blocks[i].address);
    }
}

/* One try, with other tasks held off: nothing changes meanwhile, interrupts aside. */
static int try_to_take(struct report *report, uint32_t serial, bool *complete)
{
    struct hl *hl = hl_freertos_instance();
    struct hl_snapshot_needs needs;
    struct hl_snapshot snapshot;
    int error;

    esp_heaps_lock();
    error = hl_snapshot_needs(hl, serial, &needs);
    if (error == 0) {
        make_room(report, &needs, &snapshot);
        error = hl_snapshot(hl, serial, &snapshot);
    }
    if (error == 0) {
        *complete =
            snapshot.tasks_missing + snapshot.accounts_missing + snapshot.blocks_missing == 0;
        arrange(report, &snapshot);
    }
    esp_heaps_unlock();
    return error;
}

int report_take(struct report *report, uint32_t serial)
{
    bool complete = true;
    int error;

    memset(report, 0, sizeof(*report));
    do {
        report_free(report);
        error = try_to_take(report, serial, &complete);
    } while ((error == HL_ERR_BUSY && walk_wait()) || (error == 0 && !complete));
    if (error != 0) {
        report_free(report);
    }
    return error;
}

void report_free(struct report *report)
{
    if (report->memory != NULL) {
        host_memory_free(report->memory, report->memory_bytes);
        memset(report, 0, sizeof(*report));
    }
}

uint32_t report_serial(TaskHandle_t task)
{
    return task == NULL ? hl_freertos_serial(NULL) : hl_find_handle(hl_freertos_instance(), task);
}

void report_name(const struct hl_task_info *task, char *name, size_t room)
{
    size_t length = strlen(task->name);
    const char *tail = task->folded != 0 ? strrchr(task->name, '(') : NULL;
    size_t kept;

    if (length < room) {
        memcpy(name, task->name, length + 1);
        return;
    }
    if (tail == NULL || strlen(tail) + 2 > room) {
        memcpy(name, task->name, room - 1);
        name[room - 1] = '\0';
        return;
    }
    kept = room - 2 - strlen(tail); /* a blank, the tail, the end */
    memcpy(name, task->name, kept);
    name[kept] = ' ';
    memcpy(name + kept + 1, tail, strlen(tail) + 1);
}

#endif
