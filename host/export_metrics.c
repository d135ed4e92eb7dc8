/* SPDX-License-Identifier: MIT */
/* A snapshot as OpenMetrics text, for Prometheus. */
#include "export.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_family(FILE *out, const char *name, const char *unit, const char *help)
{
    fprintf(out, "# HELP heapledger_%s %s\n# TYPE heapledger_%s gauge\n", name, help, name);
    if (unit != NULL) {
        fprintf(out, "# UNIT heapledger_%s %s\n", name, unit);
    }
}

static void put_escaped(FILE *out, const char *text)
{
    for (; *text != 0; text++) {
        if (*text == '\\' || *text == '"') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
}

/* Tells tasks of one name apart: the serial number, or how many of the name come behind it. */
static uint64_t id_of(const struct snapshot *snapshot, size_t index)
{
    const struct task *task = &snapshot->tasks[index];
    uint64_t place = 0;

    if (task->serial != UNKNOWN) {
        return task->serial;
    }
    for (size_t i = index + 1; i < snapshot->task_count; i++) {
        place += strcmp(snapshot->tasks[i].name, task->name) == 0;
    }
    return place;
}

static void put_task_labels(FILE *out, const struct snapshot *snapshot, size_t index)
{
    const struct task *task = &snapshot->tasks[index];
    char *label = task_label(task);

    fputs("task=\"", out);
    put_escaped(out, label);
    fprintf(out, "\",id=\"%" PRIu64 "\",state=\"%s\"", id_of(snapshot, index),
            state_name(task->state));
    free(label);
}

static void put_heap_labels(FILE *out, const struct snapshot *snapshot, size_t index)
{
    char *label = heap_label(&snapshot->heaps[index]);

    fputs("heap=\"", out);
    put_escaped(out, label);
    fprintf(out, "\",heap_id=\"%zu\"", index);
    free(label);
}

enum task_figure {
    TASK_CURRENT,
    TASK_PEAK,
};

static void put_tasks(FILE *out, const struct snapshot *snapshot, const char *name,
                      enum task_figure figure)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct task *task = &snapshot->tasks[i];
        uint64_t value = figure == TASK_CURRENT ? task->current : task->peak;

        if (value == UNKNOWN) {
            continue;
        }
        fprintf(out, "heapledger_%s{", name);
        put_task_labels(out, snapshot, i);
        fprintf(out, "} %" PRIu64 "\n", value);
    }
}

static void put_verdicts(FILE *out, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const char *verdict = verdict_name(snapshot->tasks[i].verdict);

        if (verdict == NULL) {
            continue;
        }
        fputs("heapledger_task_verdict{", out);
        put_task_labels(out, snapshot, i);
        fprintf(out, ",verdict=\"%s\"} 1\n", verdict);
    }
}

enum account_figure {
    ACCOUNT_CURRENT,
    ACCOUNT_PEAK,
    ACCOUNT_BLOCKS,
};

static void put_accounts(FILE *out, const struct snapshot *snapshot, const char *name,
                         enum account_figure figure)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        for (size_t j = 0; j < snapshot->tasks[i].account_count; j++) {
            const struct account *account = &snapshot->tasks[i].accounts[j];
            uint64_t value = figure == ACCOUNT_CURRENT ? account->current
                             : figure == ACCOUNT_PEAK  ? account->peak
                                                       : account->block_count;

            if (value == UNKNOWN) {
                continue;
            }
            fprintf(out, "heapledger_%s{", name);
            put_task_labels(out, snapshot, i);
            fputc(',', out);
            put_heap_labels(out, snapshot, account->heap);
            fprintf(out, "} %" PRIu64 "\n", value);
        }
    }
}

enum heap_figure {
    HEAP_SIZE,
    HEAP_USED,
    HEAP_FREE,
    HEAP_MIN_FREE,
};

static uint64_t heap_value(const struct snapshot *snapshot, size_t index, enum heap_figure figure)
{
    const struct heap *heap = &snapshot->heaps[index];

    switch (figure) {
    case HEAP_SIZE:
        return heap->size;
    case HEAP_USED:
        return heap_used(snapshot, index);
    case HEAP_FREE:
        return heap->free;
    default:
        return heap->min_free;
    }
}

static void put_heaps(FILE *out, const struct snapshot *snapshot, const char *name,
                      enum heap_figure figure)
{
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        uint64_t value = heap_value(snapshot, i, figure);

        if (value == UNKNOWN) {
            continue;
        }
        fprintf(out, "heapledger_%s{", name);
        put_heap_labels(out, snapshot, i);
        fprintf(out, "} %" PRIu64 "\n", value);
    }
}

static void put_snapshot(FILE *out, const struct snapshot *snapshot)
{
    put_family(out, "task_current_bytes", "bytes", "Bytes that the task holds over all heaps.");
    put_tasks(out, snapshot, "task_current_bytes", TASK_CURRENT);
    put_family(out, "task_peak_bytes", "bytes", "The most bytes that the task ever held.");
    put_tasks(out, snapshot, "task_peak_bytes", TASK_PEAK);
    put_family(out, "task_verdict", NULL, "1 for what the task is judged to be.");
    put_verdicts(out, snapshot);
    put_family(out, "account_current_bytes", "bytes", "Bytes that the task holds in the heap.");
    put_accounts(out, snapshot, "account_current_bytes", ACCOUNT_CURRENT);
    put_family(out, "account_peak_bytes", "bytes", "The most bytes that it ever held there.");
    put_accounts(out, snapshot, "account_peak_bytes", ACCOUNT_PEAK);
    put_family(out, "account_blocks", NULL, "Live blocks of the task in the heap.");
    put_accounts(out, snapshot, "account_blocks", ACCOUNT_BLOCKS);
    put_family(out, "heap_size_bytes", "bytes", "Size of the heap.");
    put_heaps(out, snapshot, "heap_size_bytes", HEAP_SIZE);
    put_family(out, "heap_used_bytes", "bytes", "Bytes in live blocks.");
    put_heaps(out, snapshot, "heap_used_bytes", HEAP_USED);
    put_family(out, "heap_free_bytes", "bytes", "Free bytes.");
    put_heaps(out, snapshot, "heap_free_bytes", HEAP_FREE);
    put_family(out, "heap_min_free_bytes", "bytes", "The least bytes that were ever free.");
    put_heaps(out, snapshot, "heap_min_free_bytes", HEAP_MIN_FREE);
    if (snapshot->uptime_ms != UNKNOWN) {
        put_family(out, "uptime_seconds", "seconds", "Time since the device started.");
        fprintf(out, "heapledger_uptime_seconds %.3f\n", (double)snapshot->uptime_ms / 1000);
    }
}

void export_metrics(FILE *out, const struct log *log, const struct snapshot *snapshot)
{
    put_family(out, "damaged_places", NULL, "Places at which the log is damaged.");
    fprintf(out, "heapledger_damaged_places %" PRIu64 "\n", log->damaged);
    if (snapshot != NULL) {
        put_snapshot(out, snapshot);
    }
    fputs("# EOF\n", out);
}
