/* SPDX-License-Identifier: MIT */
/* Makes a snapshot of the lines of the wire format that arrived. */
#include "wire_snapshot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "scan.h"

enum {
    SCHEMA = 1,
    HEAPS_MAX = 256,
    FIRST_REAL_TASK = 4, /* those before never die */
};

/* A heap under way. */
struct region {
    uint64_t h, first, end;
    size_t heap; /* in the snapshot */
};

struct builder {
    struct stream *stream;
    struct snapshot *snapshot;
    struct region regions[HEAPS_MAX];
    size_t region_count;
    uint64_t heaps, tasks, accounts, blocks; /* as begin counts them; UNKNOWN: it does not */
    uint64_t block_count;                    /* that arrived */
    uint64_t account_count;
    uint64_t lines; /* as end counts them */
    bool blocks_hurt;
};

static uint64_t number(const json_t *fields, const char *key)
{
    return wire_line_number(json_object_get(fields, key));
}

/* Keeps what is there when the key is in another line of the record. */
static void take(uint64_t *to, const json_t *fields, const char *key)
{
    uint64_t value = number(fields, key);

    *to = value != UNKNOWN ? value : *to;
}

static void take_string(char **to, const json_t *fields, const char *key)
{
    const char *value = json_string_value(json_object_get(fields, key));

    if (value != NULL) {
        free(*to);
        *to = memory_text(value, strlen(value));
    }
}

static void take_address(uint64_t *to, const json_t *fields, const char *key)
{
    const char *value = json_string_value(json_object_get(fields, key));
    struct scan scan;
    uint64_t address;

    if (value == NULL) {
        return;
    }
    scan = scan_from(value, strlen(value));
    scan_literal(&scan, "0x");
    address = scan_hex(&scan, NULL);
    scan_end(&scan);
    *to = scan.ok ? address : *to;
}

static bool flag(const json_t *fields, const char *key)
{
    return json_is_true(json_object_get(fields, key));
}

static void damage(struct builder *builder, uint64_t line, const char *what)
{
    stream_damage(builder->stream, line, "snapshot %" PRIu64 " of boot %" PRIu64 ": %s",
                  builder->snapshot->number, builder->snapshot->boot, what);
    builder->snapshot->damaged++;
}

/* The heap with that index, made if it is new. NULL: no such number. */
static struct region *region_of(struct builder *builder, uint64_t h)
{
    struct region *region;

    if (h >= HEAPS_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < builder->region_count; i++) {
        if (builder->regions[i].h == h) {
            return &builder->regions[i];
        }
    }
    if (builder->region_count == HEAPS_MAX) {
        return NULL;
    }
    region = &builder->regions[builder->region_count++];
    *region = (struct region){.h = h, .first = UNKNOWN, .end = UNKNOWN};
    snapshot_add_heap(builder->snapshot);
    region->heap = builder->snapshot->heap_count - 1;
    return region;
}

static struct task *task_of(struct builder *builder, uint64_t serial)
{
    struct snapshot *snapshot = builder->snapshot;
    struct task *task;

    for (size_t i = snapshot->task_count; i > 0; i--) {
        if (snapshot->tasks[i - 1].serial == serial) {
            return &snapshot->tasks[i - 1];
        }
    }
    task = snapshot_add_task(snapshot);
    task->serial = serial;
    return task;
}

static struct account *account_of(struct task *task, size_t heap)
{
    for (size_t i = 0; i < task->account_count; i++) {
        if (task->accounts[i].heap == heap) {
            return &task->accounts[i];
        }
    }
    return task_add_account(task, heap);
}

/* Records. */

static void read_begin(struct builder *builder, const json_t *fields)
{
    take_string(&builder->snapshot->build, fields, "build");
    take(&builder->snapshot->uptime_ms, fields, "uptime_ms");
    take(&builder->heaps, fields, "heaps");
    take(&builder->tasks, fields, "tasks");
    take(&builder->accounts, fields, "accounts");
    take(&builder->blocks, fields, "blocks");
}

static void read_heap(struct builder *builder, const json_t *fields)
{
    struct region *region = region_of(builder, number(fields, "h"));
    const json_t *caps = json_object_get(fields, "caps");
    struct heap *heap;

    if (region == NULL) {
        return;
    }
    heap = &builder->snapshot->heaps[region->heap];
    take_string(&heap->name, fields, "name");
    take(&heap->size, fields, "size");
    take(&heap->free, fields, "free");
    take(&heap->min_free, fields, "min_free");
    take_address(&heap->start, fields, "start");
    take_address(&region->first, fields, "first");
    take_address(&region->end, fields, "end");
    heap->foreign = heap->foreign || flag(fields, "foreign");
    if (json_is_array(caps)) {
        heap->caps = 0;
        for (size_t i = 0; i < json_array_size(caps); i++) {
            heap->caps |= wire_line_number(json_array_get(caps, i)) & UINT32_MAX;
        }
    }
}

static void read_task(struct builder *builder, const json_t *fields, uint64_t line)
{
    uint64_t serial = number(fields, "s");
    struct task *task;

    if (serial == UNKNOWN) {
        return;
    }
    task = task_of(builder, serial);
    task->line = task->line == 0 ? line : task->line;
    if (json_object_get(fields, "name") != NULL) {
        /* The mark `deleted` is always in the name's line or behind it. */
        task->state = task->state == STATE_DELETED ? STATE_DELETED : STATE_ALIVE;
    }
    task->state = flag(fields, "deleted") ? STATE_DELETED : task->state;
    take_string(&task->name, fields, "name");
    take(&task->current, fields, "current");
    take(&task->peak, fields, "peak");
    take(&task->folded, fields, "folded");
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        take(&task->counters[i], fields, counter_name((enum counter)i));
    }
}

static void read_account(struct builder *builder, const json_t *fields)
{
    uint64_t serial = number(fields, "s");
    const struct region *region = region_of(builder, number(fields, "h"));
    struct account *account;
    struct task *task;
    size_t before;

    if (serial == UNKNOWN || region == NULL) {
        return;
    }
    task = task_of(builder, serial);
    before = task->account_count;
    account = account_of(task, region->heap);
    builder->account_count += task->account_count - before;
    take(&account->current, fields, "current");
    take(&account->peak, fields, "peak");
    take(&account->block_count, fields, "blocks");
}

/* Blocks. */

struct digits {
    const char *at;
    bool ok;
};

static unsigned take_digit(struct digits *digits)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *digit = digits->ok && *digits->at != 0 ? strchr(set, *digits->at) : NULL;

    if (digit == NULL) {
        digits->ok = false;
        return 0;
    }
    digits->at++;
    return (unsigned)(digit - set);
}

/* `flag` NULL: the number has none. */
static uint64_t take_number(struct digits *digits, bool *flag_to)
{
    unsigned digit = take_digit(digits);
    uint64_t value = flag_to != NULL ? digit >> 1 & 15 : digit & 31;
    unsigned shift = flag_to != NULL ? 4 : 5;

    if (flag_to != NULL) {
        *flag_to = (digit & 1) != 0;
    }
    while ((digit & 32) != 0 && digits->ok) {
        digit = take_digit(digits);
        digits->ok = digits->ok && shift < 60;
        value |= digits->ok ? (uint64_t)(digit & 31) << shift : 0;
        shift += 5;
    }
    return value;
}

static const struct region *region_at(const struct builder *builder, uint64_t address)
{
    for (size_t i = 0; i < builder->region_count; i++) {
        const struct region *region = &builder->regions[i];

        if (region->first != UNKNOWN && region->end != UNKNOWN && address > region->first &&
            address < region->end) {
            return region;
        }
    }
    return NULL;
}

static void put_block(struct builder *builder, uint64_t address, uint64_t size, uint64_t owner)
{
    const struct region *region = region_at(builder, address);
    struct heap *heap = region != NULL ? &builder->snapshot->heaps[region->heap] : NULL;

    builder->block_count++;
    if (heap == NULL) {
        builder->blocks_hurt = true; /* the line that says where its heap lies is missing */
    } else if (owner == 0) {
        blocks_add(&heap->blocks, address, size);
    } else {
        struct task *task = task_of(builder, owner);

        blocks_add(&account_of(task, region->heap)->blocks, address, size);
    }
}

static void read_blocks(struct builder *builder, const json_t *fields, uint64_t line)
{
    uint64_t address = UNKNOWN;
    const char *text = json_string_value(json_object_get(fields, "d"));
    struct digits digits = {.at = text, .ok = text != NULL};
    uint64_t head = digits.ok ? take_number(&digits, NULL) : 0;

    take_address(&address, fields, "a");
    digits.ok = digits.ok && address != UNKNOWN;
    while (digits.ok && *digits.at != 0) {
        bool gap = false;
        uint64_t size = take_number(&digits, &gap);
        uint64_t before = gap ? take_number(&digits, NULL) : 0;
        uint64_t owner = take_number(&digits, NULL);

        if (digits.ok && size < UNKNOWN - address - before - head) {
            address += before;
            put_block(builder, address, size, owner);
            address += size + head;
        } else {
            digits.ok = false;
        }
    }
    if (!digits.ok) {
        builder->blocks_hurt = true;
        damage(builder, line, "a line of blocks cannot be decoded");
    }
}

/* What is missing. */

static void report_gap(struct builder *builder, uint64_t from, uint64_t to, uint64_t line)
{
    char *what = from == to
                     ? memory_format("its line %" PRIu64 " is missing", from)
                     : memory_format("its lines %" PRIu64 " to %" PRIu64 " are missing", from, to);

    damage(builder, line, what);
    builder->blocks_hurt = true;
    free(what);
}

/* A line behind this one is lost. If this is a task's, that line may have said that it was
 * deleted. */
static void doubt_state(struct builder *builder, const struct wire_line *line)
{
    uint64_t serial = number(line->fields, "s");
    struct task *task;

    if (strcmp(line->type, "task") != 0 || serial == UNKNOWN || serial < FIRST_REAL_TASK) {
        return;
    }
    task = task_of(builder, serial);
    task->state = task->state == STATE_ALIVE ? STATE_UNKNOWN : task->state;
}

static void report_gaps(struct builder *builder, const struct wire_line *lines, size_t count)
{
    uint64_t next = 0;

    for (size_t i = 0; i < count; i++) {
        if (lines[i].index != next) {
            if (i > 0) {
                doubt_state(builder, &lines[i - 1]);
            }
            report_gap(builder, next, lines[i].index - 1, lines[i].line);
        }
        next = lines[i].index + 1;
    }
    if (builder->lines != UNKNOWN && builder->lines != next) {
        damage(builder, lines[count - 1].line, "its end does not count the lines that came");
        builder->blocks_hurt = true;
    }
}

static void report_end(struct builder *builder, uint64_t line)
{
    const struct snapshot *snapshot = builder->snapshot;
    uint64_t tasks = builder->tasks > snapshot->task_count && builder->tasks != UNKNOWN
                         ? builder->tasks - snapshot->task_count
                         : 0;
    uint64_t blocks = builder->blocks > builder->block_count && builder->blocks != UNKNOWN
                          ? builder->blocks - builder->block_count
                          : 0;
    char *what = memory_format("its end is missing (%" PRIu64 " tasks, %" PRIu64
                               " blocks are known to be lost)",
                               tasks, blocks);

    damage(builder, line, what);
    builder->blocks_hurt = true;
    free(what);
}

/* Says of each account whether its list of blocks is whole. */
static void settle_lists(struct builder *builder)
{
    for (size_t i = 0; i < builder->snapshot->task_count; i++) {
        struct task *task = &builder->snapshot->tasks[i];

        task->hurt = builder->snapshot->damaged > 0;
        for (size_t j = 0; j < task->account_count; j++) {
            struct account *account = &task->accounts[j];
            bool foreign = builder->snapshot->heaps[account->heap].foreign;

            account->blocks.listed = builder->blocks != UNKNOWN && !foreign;
            account->blocks.partial = account->blocks.listed &&
                                      (builder->blocks_hurt || account->block_count == UNKNOWN ||
                                       account->blocks.count != account->block_count);
        }
    }
}

static void read_line(struct builder *builder, const struct wire_line *line)
{
    const json_t *fields = line->fields;

    if (strcmp(line->type, "begin") == 0) {
        read_begin(builder, fields);
    } else if (strcmp(line->type, "ledger") == 0) {
        take(&builder->snapshot->overflowed, fields, "overflowed");
        take(&builder->snapshot->evicted, fields, "evicted");
    } else if (strcmp(line->type, "heap") == 0) {
        read_heap(builder, fields);
    } else if (strcmp(line->type, "task") == 0) {
        read_task(builder, fields, line->line);
    } else if (strcmp(line->type, "account") == 0) {
        read_account(builder, fields);
    } else if (strcmp(line->type, "end") == 0) {
        take(&builder->lines, fields, "lines");
        builder->snapshot->changed = flag(fields, "changed");
        if (flag(fields, "damaged")) {
            builder->blocks_hurt = true;
            damage(builder, line->line,
                   "the device found a damaged header: a heap's blocks are listed up to there");
        }
    }
}

/* A schema that is not ours: 0 when there is nothing against it. */
static uint64_t strange_schema(const struct wire_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t schema = number(lines[i].fields, "schema");

        if (strcmp(lines[i].type, "begin") == 0 && schema != UNKNOWN && schema != SCHEMA) {
            return schema;
        }
    }
    return 0;
}

struct snapshot *wire_snapshot(struct stream *stream, const struct wire_line *lines, size_t count)
{
    struct builder *builder;
    struct snapshot *snapshot;

    if (strange_schema(lines, count) != 0) {
        stream_damage(stream, lines[0].line,
                      "a snapshot of schema %" PRIu64 ": this heapledger knows schema %d",
                      strange_schema(lines, count), SCHEMA);
        return NULL;
    }
    builder = memory_new(1, sizeof(*builder));
    builder->stream = stream;
    builder->snapshot = snapshot = snapshot_new("wire");
    builder->heaps = builder->tasks = builder->accounts = builder->blocks = UNKNOWN;
    builder->lines = UNKNOWN;
    snapshot->boot = lines[0].boot;
    snapshot->number = lines[0].number;
    snapshot->line = lines[0].line;
    for (size_t i = 0; i < count; i++) {
        snapshot->line = lines[i].line < snapshot->line ? lines[i].line : snapshot->line;
        read_line(builder, &lines[i]);
    }
    for (size_t i = 0; i < count; i++) { /* when all heaps are known */
        if (strcmp(lines[i].type, "blocks") == 0) {
            read_blocks(builder, lines[i].fields, lines[i].line);
        }
    }
    report_gaps(builder, lines, count);
    if (builder->lines == UNKNOWN) {
        doubt_state(builder, &lines[count - 1]);
        report_end(builder, lines[count - 1].line);
        snapshot->cut_off = stream_at_end(stream);
    }
    settle_lists(builder);
    free(builder);
    return snapshot;
}
