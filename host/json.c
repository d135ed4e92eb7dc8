/* SPDX-License-Identifier: MIT */
/* Snapshots as JSON. */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static json_t *figure(uint64_t value)
{
    return value > INT64_MAX ? json_null() : json_integer((json_int_t)value);
}

static json_t *string(const char *value)
{
    return value != NULL ? json_string(value) : json_null();
}

static json_t *address(uint64_t value)
{
    char text[24];

    if (value == UNKNOWN) {
        return json_null();
    }
    snprintf(text, sizeof(text), "0x%08" PRIx64, value);
    return json_string(text);
}

static json_t *block_list(const struct blocks *blocks)
{
    json_t *list = json_array();

    for (size_t i = 0; i < blocks->count; i++) {
        json_t *block = json_object();

        json_object_set_new(block, "address", address(blocks->item[i].address));
        json_object_set_new(block, "size", figure(blocks->item[i].size));
        json_array_append_new(list, block);
    }
    return list;
}

static void set_blocks(json_t *object, const struct blocks *blocks)
{
    if (!blocks->listed) {
        return;
    }
    json_object_set_new(object, "block_list", block_list(blocks));
    if (blocks->partial) {
        json_object_set_new(object, "block_list_partial", json_true());
    }
}

/* Of a heap, as an account and as the snapshot lists it. */
static void set_heap(json_t *object, const struct heap *heap)
{
    json_object_set_new(object, "name", string(heap->name));
    json_object_set_new(object, "caps", figure(heap->caps));
    json_object_set_new(object, "size", figure(heap->size));
    if (heap->size_mod_64k != UNKNOWN) {
        json_object_set_new(object, "size_mod_65536", figure(heap->size_mod_64k));
    }
    if (heap->start != UNKNOWN) {
        json_object_set_new(object, "start", address(heap->start));
    }
}

static json_t *account_json(const struct snapshot *snapshot, const struct account *account)
{
    json_t *object = json_object();

    set_heap(object, &snapshot->heaps[account->heap]);
    json_object_set_new(object, "current", figure(account->current));
    json_object_set_new(object, "peak", figure(account->peak));
    json_object_set_new(object, "blocks", figure(account->block_count));
    set_blocks(object, &account->blocks);
    return object;
}

static json_t *growth_json(const struct task *task)
{
    json_t *growth = json_object();

    json_object_set_new(growth, task->slope_per_second ? "bytes_per_second" : "bytes_per_snapshot",
                        json_real(task->slope));
    json_object_set_new(growth, "seconds_until_full",
                        task->seconds_left >= 0 ? json_real(task->seconds_left) : json_null());
    return growth;
}

static json_t *counters_json(const struct task *task)
{
    json_t *counters = json_object();

    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        if (task->counters[i] != UNKNOWN) {
            json_object_set_new(counters, counter_name((enum counter)i), figure(task->counters[i]));
        }
    }
    return counters;
}

static json_t *task_json(const struct snapshot *snapshot, const struct task *task)
{
    json_t *object = json_object();
    json_t *heaps = json_array();

    json_object_set_new(object, "name", string(task->name));
    json_object_set_new(object, "serial", figure(task->serial));
    json_object_set_new(object, "state",
                        task->state == STATE_UNKNOWN ? json_null()
                                                     : json_string(state_name(task->state)));
    json_object_set_new(object, "current", figure(task->current));
    json_object_set_new(object, "peak", figure(task->peak));
    json_object_set_new(object, "blocks", figure(task_blocks(task)));
    if (task->folded != 0) {
        json_object_set_new(object, "folded", figure(task->folded));
    }
    if (task->counters[COUNTER_ALLOCATIONS] != UNKNOWN ||
        task->counters[COUNTER_FAILURES] != UNKNOWN) {
        json_object_set_new(object, "counters", counters_json(task));
    }
    json_object_set_new(object, "verdict", string(verdict_name(task->verdict)));
    json_object_set_new(object, "reason", string(task->reason));
    if (task->verdict == VERDICT_GROWING) {
        json_object_set_new(object, "growth", growth_json(task));
    }
    for (size_t i = 0; i < task->account_count; i++) {
        json_array_append_new(heaps, account_json(snapshot, &task->accounts[i]));
    }
    json_object_set_new(object, "heaps", heaps);
    return object;
}

static json_t *heap_json(const struct snapshot *snapshot, size_t index)
{
    const struct heap *heap = &snapshot->heaps[index];
    json_t *object = json_object();

    set_heap(object, heap);
    json_object_set_new(object, "used", figure(heap_used(snapshot, index)));
    json_object_set_new(object, "free", figure(heap->free));
    json_object_set_new(object, "min_free", figure(heap->min_free));
    json_object_set_new(object, "largest_free", figure(heap->largest_free));
    if (heap->block_count != UNKNOWN) {
        json_object_set_new(object, "blocks", figure(heap->block_count));
    }
    if (heap->foreign) {
        json_object_set_new(object, "foreign", json_true());
    }
    set_blocks(object, &heap->blocks);
    return object;
}

json_t *json_snapshot(const struct snapshot *snapshot)
{
    json_t *object = json_object();
    json_t *tasks = json_array(), *heaps = json_array();

    json_object_set_new(object, "index", figure(snapshot->index));
    json_object_set_new(object, "format", json_string(snapshot->format));
    json_object_set_new(object, "line", figure(snapshot->line));
    json_object_set_new(object, "boot_index", figure(snapshot->boot_index));
    json_object_set_new(object, "boot", figure(snapshot->boot));
    json_object_set_new(object, "number", figure(snapshot->number));
    json_object_set_new(object, "build", string(snapshot->build));
    json_object_set_new(object, "uptime_ms", figure(snapshot->uptime_ms));
    json_object_set_new(object, "damaged", figure(snapshot->damaged));
    json_object_set_new(object, "changed", json_boolean(snapshot->changed));
    json_object_set_new(object, "partial", json_boolean(snapshot->partial));
    for (size_t i = 0; i < snapshot->task_count; i++) {
        json_array_append_new(tasks, task_json(snapshot, &snapshot->tasks[i]));
    }
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        json_array_append_new(heaps, heap_json(snapshot, i));
    }
    json_object_set_new(object, "tasks", tasks);
    json_object_set_new(object, "heaps", heaps);
    return object;
}

static json_t *reports_json(const struct log *log)
{
    json_t *list = json_array();

    for (size_t i = 0; i < log->report_count; i++) {
        json_t *report = json_object();

        json_object_set_new(report, "line", figure(log->reports[i].line));
        json_object_set_new(report, "damage", json_boolean(log->reports[i].damage));
        json_object_set_new(report, "what", json_string(log->reports[i].what));
        json_array_append_new(list, report);
    }
    return list;
}

json_t *json_log(const struct log *log)
{
    json_t *object = json_object();
    char *source = memory_text(log->source, strlen(log->source));

    json_object_set_new(object, "schema", json_integer(JSON_SCHEMA));
    json_object_set_new(object, "source", json_string(source));
    json_object_set_new(object, "damaged", figure(log->damaged));
    json_object_set_new(object, "notes", figure(log->notes));
    json_object_set_new(object, "reports", reports_json(log));
    json_object_set_new(object, "snapshots", json_array());
    free(source);
    return object;
}

void json_add_snapshot(json_t *log, const struct snapshot *snapshot)
{
    json_array_append_new(json_object_get(log, "snapshots"), json_snapshot(snapshot));
}
