/* SPDX-License-Identifier: MIT */
/* Reads back what `show --json` and `export --format json|ndjson` wrote. */
#include "json_load.h"

#include <jansson.h>
#include <string.h>

#include "json.h"
#include "memory.h"
#include "scan.h"

/* Formats by their names, which snapshots only point to. */
static const char *format_of(const json_t *object)
{
    static const char *const names[] = {
        "wire",        "text", "esp-idf detailed", "esp-idf overview", "esp-idf heap summary",
        "esp-idf dump"};
    const char *name = json_string_value(json_object_get(object, "format"));

    for (size_t i = 0; name != NULL && i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], name) == 0) {
            return names[i];
        }
    }
    return "json";
}

static uint64_t figure(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) && json_integer_value(value) >= 0
               ? (uint64_t)json_integer_value(value)
               : UNKNOWN;
}

static uint64_t address(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    struct scan scan;
    uint64_t value;

    if (text == NULL) {
        return UNKNOWN;
    }
    scan = scan_from(text, strlen(text));
    scan_literal(&scan, "0x");
    value = scan_hex(&scan, NULL);
    return scan.ok ? value : UNKNOWN;
}

static char *string(const json_t *object, const char *key)
{
    return memory_copy(json_string_value(json_object_get(object, key)));
}

static void load_blocks(struct blocks *blocks, const json_t *object)
{
    const json_t *list = json_object_get(object, "block_list");

    blocks->listed = json_is_array(list);
    blocks->partial = json_is_true(json_object_get(object, "block_list_partial"));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *block = json_array_get(list, i);

        blocks_add(blocks, address(block, "address"), figure(block, "size"));
    }
}

static void load_heap(struct snapshot *snapshot, const json_t *object)
{
    struct heap *heap = snapshot_add_heap(snapshot);

    heap->name = string(object, "name");
    heap->caps = figure(object, "caps");
    heap->size = figure(object, "size");
    heap->size_mod_64k = figure(object, "size_mod_65536");
    heap->start = address(object, "start");
    heap->free = figure(object, "free");
    heap->min_free = figure(object, "min_free");
    heap->largest_free = figure(object, "largest_free");
    heap->block_count = figure(object, "blocks");
    heap->allocated = figure(object, "used");
    heap->foreign = json_is_true(json_object_get(object, "foreign"));
    load_blocks(&heap->blocks, object);
}

static bool same_string(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The heap of an account, by all that it says of it. */
static size_t find_heap(struct snapshot *snapshot, const struct task *task, const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "name"));

    for (size_t i = 0; i < snapshot->heap_count; i++) {
        const struct heap *heap = &snapshot->heaps[i];
        bool taken = false;

        for (size_t j = 0; j < task->account_count; j++) {
            taken = taken || task->accounts[j].heap == i;
        }
        if (!taken && same_string(heap->name, name) && heap->caps == figure(object, "caps") &&
            heap->size == figure(object, "size") && heap->start == address(object, "start") &&
            heap->size_mod_64k == figure(object, "size_mod_65536")) {
            return i;
        }
    }
    load_heap(snapshot, object);
    blocks_clear(&snapshot->heaps[snapshot->heap_count - 1].blocks);
    return snapshot->heap_count - 1;
}

static void load_task(struct snapshot *snapshot, const json_t *object)
{
    const char *state = json_string_value(json_object_get(object, "state"));
    const json_t *heaps = json_object_get(object, "heaps");
    struct task *task = snapshot_add_task(snapshot);
    uint64_t folded = figure(object, "folded");

    task->name = string(object, "name");
    task->serial = figure(object, "serial");
    task->state = state == NULL                 ? STATE_UNKNOWN
                  : strcmp(state, "alive") == 0 ? STATE_ALIVE
                                                : STATE_DELETED;
    task->current = figure(object, "current");
    task->peak = figure(object, "peak");
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        task->counters[i] =
            figure(json_object_get(object, "counters"), counter_name((enum counter)i));
    }
    task->folded = folded != UNKNOWN ? folded : 0;
    task->line = snapshot->line;
    for (size_t i = 0; i < json_array_size(heaps); i++) {
        const json_t *heap = json_array_get(heaps, i);
        struct account *account = task_add_account(task, find_heap(snapshot, task, heap));

        account->current = figure(heap, "current");
        account->peak = figure(heap, "peak");
        account->block_count = figure(heap, "blocks");
        load_blocks(&account->blocks, heap);
    }
}

static struct snapshot *load_snapshot(const json_t *object)
{
    struct snapshot *snapshot = snapshot_new(format_of(object));
    const json_t *heaps = json_object_get(object, "heaps");
    const json_t *tasks = json_object_get(object, "tasks");
    uint64_t damaged = figure(object, "damaged");

    snapshot->line = figure(object, "line");
    snapshot->line = snapshot->line != UNKNOWN ? snapshot->line : 0;
    snapshot->boot = figure(object, "boot");
    snapshot->number = figure(object, "number");
    snapshot->uptime_ms = figure(object, "uptime_ms");
    snapshot->build = string(object, "build");
    snapshot->damaged = damaged != UNKNOWN ? damaged : 0;
    snapshot->changed = json_is_true(json_object_get(object, "changed"));
    snapshot->partial = json_is_true(json_object_get(object, "partial"));
    for (size_t i = 0; i < json_array_size(heaps); i++) {
        load_heap(snapshot, json_array_get(heaps, i));
    }
    for (size_t i = 0; i < json_array_size(tasks); i++) {
        load_task(snapshot, json_array_get(tasks, i));
    }
    return snapshot;
}

struct loading {
    const char *source;
    const struct stream_listener *listener;
    uint64_t count;
};

static void hand_over(struct loading *loading, const json_t *object)
{
    struct snapshot *snapshot = load_snapshot(object);
    uint64_t boot_index = figure(object, "boot_index");

    snapshot->source = memory_copy(loading->source);
    snapshot->index = ++loading->count;
    snapshot->boot_index = boot_index != UNKNOWN ? boot_index : 0;
    loading->listener->snapshot(loading->listener->context, snapshot);
}

/* An object of ours: a log with its snapshots, or a snapshot. */
static void load_object(struct loading *loading, const json_t *object)
{
    const json_t *snapshots = json_object_get(object, "snapshots");
    const struct stream_listener *listener = loading->listener;

    if (figure(object, "schema") != JSON_SCHEMA) {
        listener->report(listener->context, 0, true, "JSON of another schema");
        return;
    }
    if (json_is_array(json_object_get(object, "tasks"))) {
        hand_over(loading, object);
    }
    for (size_t i = 0; i < json_array_size(snapshots); i++) {
        hand_over(loading, json_array_get(snapshots, i));
    }
}

bool json_load_is_ours(const char *head, size_t count)
{
    struct scan scan = scan_from(head, count);

    while (scan.at < scan.end && strchr(" \t\r\n{", *scan.at) != NULL && *scan.at != 0) {
        scan.at++;
    }
    return count > 0 && head[0] == '{' && scan_try(&scan, "\"schema\":");
}

void json_load(FILE *file, const char *source, const struct stream_listener *listener)
{
    struct loading loading = {.source = source, .listener = listener};
    int byte;

    for (;;) {
        json_error_t error;
        json_t *object;

        do {
            byte = fgetc(file);
        } while (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t');
        if (byte == EOF) {
            return;
        }
        ungetc(byte, file);
        object = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error);
        if (object == NULL) {
            listener->report(listener->context, (uint64_t)(error.line > 0 ? error.line : 0), true,
                             error.text);
            return;
        }
        load_object(&loading, object);
        json_decref(object);
    }
}
