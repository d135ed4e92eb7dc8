/* SPDX-License-Identifier: MIT */
/* Snapshots as CSV. */
#include "export.h"

#include <inttypes.h>
#include <string.h>

void export_csv_head(FILE *out)
{
    fputs("snapshot,line,format,boot,number,uptime_ms,task,serial,folded,state,verdict,heap,"
          "heap_start,caps,size,current,peak,blocks\r\n",
          out);
}

static void put_text(FILE *out, const char *text)
{
    if (text == NULL) {
        return;
    }
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != 0; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

/* Unknown is empty. */
static void put_number(FILE *out, uint64_t number)
{
    if (number != UNKNOWN) {
        fprintf(out, "%" PRIu64, number);
    }
}

static void put_place(FILE *out, const struct snapshot *snapshot)
{
    fprintf(out, "%" PRIu64 ",%" PRIu64 ",%s,", snapshot->index, snapshot->line, snapshot->format);
    put_number(out, snapshot->boot);
    fputc(',', out);
    put_number(out, snapshot->number);
    fputc(',', out);
    put_number(out, snapshot->uptime_ms);
    fputc(',', out);
}

static void put_task(FILE *out, const struct task *task)
{
    put_text(out, task->name);
    fputc(',', out);
    put_number(out, task->serial);
    fputc(',', out);
    put_number(out, task->folded);
    fputc(',', out);
    put_text(out, task->state != STATE_UNKNOWN ? state_name(task->state) : NULL);
    fputc(',', out);
    put_text(out, verdict_name(task->verdict));
    fputc(',', out);
}

static void put_figures(FILE *out, uint64_t current, uint64_t peak, uint64_t blocks)
{
    put_number(out, current);
    fputc(',', out);
    put_number(out, peak);
    fputc(',', out);
    put_number(out, blocks);
    fputs("\r\n", out);
}

static void put_account(FILE *out, const struct snapshot *snapshot, const struct account *account)
{
    const struct heap *heap = &snapshot->heaps[account->heap];

    put_text(out, heap->name);
    fputc(',', out);
    if (heap->start != UNKNOWN) {
        fprintf(out, "0x%08" PRIx64, heap->start);
    }
    fputc(',', out);
    put_number(out, heap->caps);
    fputc(',', out);
    put_number(out, heap->size);
    fputc(',', out);
    put_figures(out, account->current, account->peak, account->block_count);
}

void export_csv(FILE *out, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct task *task = &snapshot->tasks[i];

        put_place(out, snapshot);
        put_task(out, task);
        fputs(",,,,", out); /* over all heaps */
        put_figures(out, task->current, task->peak, task_blocks(task));
        for (size_t j = 0; j < task->account_count; j++) {
            put_place(out, snapshot);
            put_task(out, task);
            put_account(out, snapshot, &task->accounts[j]);
        }
    }
    for (size_t i = 0; snapshot->task_count == 0 && i < snapshot->heap_count; i++) {
        const struct heap *heap = &snapshot->heaps[i];
        const struct account whole = {.heap = i,
                                      .current = heap->allocated,
                                      .peak = UNKNOWN,
                                      .block_count = heap->block_count};

        put_place(out, snapshot);
        fputs(",,,,,", out); /* no task */
        put_account(out, snapshot, &whole);
    }
}
