/* SPDX-License-Identifier: MIT */
/* heapledger diff: what changed between two snapshots, of one log or of two. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "json.h"
#include "memory.h"
#include "options.h"
#include "screen.h"
#include "size.h"

static const char help[] = "usage: heapledger diff [OPTION...] A B\n"
                           "       heapledger diff [OPTION...] [--from N] [--to N] LOG\n\n"
                           "With two logs: from A's newest snapshot to B's. With one: from its "
                           "first snapshot to its newest.\n"
                           "A log may also be what `export` wrote.\n\n"
                           "  --from N       snapshot N of A (or of the only log), counted from 1\n"
                           "  --to N         snapshot N of B (or of the only log)\n"
                           "  --exit-code    exit with 1 when something changed\n"
                           "  --bytes        exact bytes, not KiB and MiB\n"
                           "  --json         for a program\n"
                           "  --color WHEN   auto, always or never;  NO_COLOR is heeded\n"
                           "  -q, --quiet    no messages about damaged lines\n"
                           "  -o, --output FILE;  -f, --force writes over it\n\n"
                           "examples:\n"
                           "  heapledger diff yesterday.log today.log\n"
                           "  heapledger diff --from 3 --to 7 console.log\n\n"
                           "Exit codes: 0 fine, 1 with --exit-code: something changed, 2 wrong "
                           "usage, 3 cannot open, 4 a log\n"
                           "is damaged or has no snapshot.\n";

enum {
    OPTION_FROM = OPTION_OWN,
    OPTION_TO,
    OPTION_EXIT_CODE,
};

struct diff {
    struct options options;
    uint64_t from, to; /* 0: as described above */
    bool exit_code;
};

static uint64_t read_index(struct diff *diff, const char *name, const char *argument)
{
    char *end;
    uint64_t index = strtoull(argument, &end, 10);

    if (end == argument || *end != 0 || index == 0 || *argument == '-') {
        options_wrong(&diff->options, "--%s needs a snapshot's number, not '%s'", name, argument);
    }
    return index;
}

static bool read_own(void *context, int option, const char *argument)
{
    struct diff *diff = context;

    if (option == OPTION_FROM) {
        diff->from = read_index(diff, "from", argument);
    } else if (option == OPTION_TO) {
        diff->to = read_index(diff, "to", argument);
    } else if (option == OPTION_EXIT_CODE) {
        diff->exit_code = true;
    } else {
        return false;
    }
    return true;
}

/* Text. */

static uint64_t value(const json_t *change, const char *key)
{
    const json_t *number = json_object_get(change, key);

    return json_is_integer(number) ? (uint64_t)json_integer_value(number) : UNKNOWN;
}

/* `current 9.4 KiB -> 13.3 KiB (+3952 bytes)`; `*separator` stands before it, and becomes a
 * comma. */
static void put_change(const struct diff *diff, FILE *out, const char **separator,
                       const json_t *object, const char *key)
{
    const json_t *change = json_object_get(object, key);
    uint64_t from = value(change, "from"), to = value(change, "to");
    char old[32], new_one[32];

    if (change == NULL) {
        return;
    }
    if (strcmp(key, "blocks") == 0) {
        snprintf(old, sizeof(old), "%" PRIu64, from);
        snprintf(new_one, sizeof(new_one), "%" PRIu64, to);
    } else {
        size_text(old, sizeof(old), from, diff->options.bytes);
        size_text(new_one, sizeof(new_one), to, diff->options.bytes);
    }
    fprintf(out, "%s%s %s -> %s", *separator, key, from == UNKNOWN ? "?" : old,
            to == UNKNOWN ? "?" : new_one);
    if (from != UNKNOWN && to != UNKNOWN && strcmp(key, "blocks") != 0) {
        fprintf(out, " (%+" PRId64 " bytes)", (int64_t)(to - from));
    }
    *separator = ", ";
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "nobody";
}

static void put_changes(const struct diff *diff, FILE *out, const char *separator,
                        const json_t *object)
{
    static const char *const keys[] = {"current", "peak", "blocks", "used", "free", "min_free"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        put_change(diff, out, &separator, object, keys[i]);
    }
    fputc('\n', out);
}

static void put_task(const struct diff *diff, FILE *out, const json_t *task)
{
    const json_t *state = json_object_get(task, "state");
    const json_t *heap;
    const char *change = text_of(task, "change");
    const char *separator = " ";
    size_t i;

    fprintf(out, "%s:", text_of(task, "name"));
    if (strcmp(change, "changed") != 0) {
        fprintf(out, " %s", strcmp(change, "come") == 0 ? "new" : "gone");
        separator = ", ";
    }
    if (state != NULL) {
        fprintf(out, " %s -> %s", text_of(state, "from"), text_of(state, "to"));
        separator = ", ";
    }
    put_changes(diff, out, separator, task);
    json_array_foreach(json_object_get(task, "heaps"), i, heap)
    {
        fprintf(out, "    in %s:", text_of(heap, "name"));
        put_changes(diff, out, " ", heap);
    }
}

static void put_heap(const struct diff *diff, FILE *out, const json_t *heap)
{
    fprintf(out, "heap %s:", text_of(heap, "name"));
    put_changes(diff, out, " ", heap);
}

static void put_blocks(const struct diff *diff, FILE *out, const json_t *blocks)
{
    static const char *const kinds[] = {"come", "gone", "moved"};

    for (size_t kind = 0; kind < 3; kind++) {
        const json_t *block;
        size_t i;

        json_array_foreach(json_object_get(blocks, kinds[kind]), i, block)
        {
            char size[32];

            size_text(size, sizeof(size), value(block, "size"), diff->options.bytes);
            fprintf(out, "%-5s  %s  %10s  ", kinds[kind], text_of(block, "address"), size);
            if (kind == 2) {
                fprintf(out, "%s -> %s\n", text_of(block, "from"), text_of(block, "to"));
            } else {
                fprintf(out, "%s\n", text_of(block, "task"));
            }
        }
    }
    if (json_is_null(blocks)) {
        fputs("Blocks are not compared: not both snapshots list all of them.\n", out);
    }
}

static bool has_changes(const json_t *changes)
{
    const json_t *blocks = json_object_get(changes, "blocks");

    return json_array_size(json_object_get(changes, "tasks")) > 0 ||
           json_array_size(json_object_get(changes, "heaps")) > 0 ||
           json_array_size(json_object_get(blocks, "come")) > 0 ||
           json_array_size(json_object_get(blocks, "gone")) > 0 ||
           json_array_size(json_object_get(blocks, "moved")) > 0;
}

static void put_text(const struct diff *diff, FILE *out, const json_t *changes,
                     const struct snapshot *from, const struct snapshot *to)
{
    const json_t *item;
    struct screen screen;
    size_t i;
    char *title = memory_format(
        "From snapshot %" PRIu64 ", %s:%" PRIu64 ", to snapshot %" PRIu64 ", %s:%" PRIu64,
        from->index, from->source, from->line, to->index, to->source, to->line);

    screen_begin(&screen, out, diff->options.color);
    screen_put(&screen, PAINT_BOLD, 0, title);
    fputs("\n\n", out);
    free(title);
    json_array_foreach(json_object_get(changes, "tasks"), i, item)
    {
        put_task(diff, out, item);
    }
    json_array_foreach(json_object_get(changes, "heaps"), i, item)
    {
        put_heap(diff, out, item);
    }
    put_blocks(diff, out, json_object_get(changes, "blocks"));
    if (!has_changes(changes)) {
        fputs("Nothing changed.\n", out);
    }
}

static json_t *place_json(const struct snapshot *snapshot)
{
    return json_pack("{s:s, s:I, s:I}", "source", snapshot->source, "index",
                     (json_int_t)snapshot->index, "line", (json_int_t)snapshot->line);
}

static int write_changes(const struct diff *diff, const struct snapshot *from,
                         const struct snapshot *to)
{
    json_t *changes = compare_snapshots(from, to);
    FILE *out = options_output(&diff->options);
    int code;

    if (out == NULL) {
        json_decref(changes);
        return EXIT_OPEN;
    }
    code = diff->exit_code && has_changes(changes) ? EXIT_BREACH : EXIT_FINE;
    if (diff->options.json) {
        json_object_set_new(changes, "schema", json_integer(JSON_SCHEMA));
        json_object_set_new(changes, "from", place_json(from));
        json_object_set_new(changes, "to", place_json(to));
        json_dumpf(changes, out, JSON_INDENT(1));
        fputc('\n', out);
    } else {
        put_text(diff, out, changes, from, to);
    }
    json_decref(changes);
    return options_close(&diff->options, out) != EXIT_FINE ? EXIT_OPEN : code;
}

/* `index` 0: the newest. NULL: there is none; a message. */
static struct snapshot *pick(struct log *log, uint64_t index)
{
    struct snapshot *found = index != 0 ? log_at(log, index) : log_newest(log);

    if (found == NULL && index != 0) {
        message_error("%s has %" PRIu64 " snapshots, none is number %" PRIu64, log->source,
                      log->snapshots, index);
    } else if (found == NULL) {
        message_error("%s: no snapshot in %" PRIu64 " lines", log->source, log->lines);
    }
    return found;
}

static int run_on(struct diff *diff, struct log *a, struct log *b)
{
    bool one = a == b;
    const struct snapshot *from = pick(a, one && diff->from == 0 ? 1 : diff->from);
    const struct snapshot *to = from != NULL ? pick(b, diff->to) : NULL;
    int code;

    if (from == NULL || to == NULL) {
        return EXIT_DAMAGED;
    }
    if (from == to) {
        message_line("%s has one snapshot: it is compared with itself", a->source);
    }
    code = write_changes(diff, from, to);
    return code == EXIT_FINE && (from->damaged > 0 || to->damaged > 0) ? EXIT_DAMAGED : code;
}

static int read_and_compare(struct diff *diff)
{
    struct log_options from = diff->options.log, to = diff->options.log;
    struct log *a, *b;
    int code = EXIT_OPEN;

    if (diff->options.spec_count == 1) {
        from.keep_all = true;
        a = b = log_read(diff->options.specs[0], &from);
    } else {
        from.at = diff->from;
        to.at = diff->to;
        a = log_read(diff->options.specs[0], &from);
        b = a != NULL ? log_read(diff->options.specs[1], &to) : NULL;
    }
    if (a != NULL && b != NULL) {
        code = run_on(diff, a, b);
    }
    if (b != a) {
        log_free(b);
    }
    log_free(a);
    return code;
}

static int run(int argc, char **argv)
{
    static const struct option known[] = {
        OPTIONS_READING,
        OPTIONS_WRITING,
        OPTIONS_VIEW,
        {"from", required_argument, NULL, OPTION_FROM},
        {"to", required_argument, NULL, OPTION_TO},
        {"exit-code", no_argument, NULL, OPTION_EXIT_CODE},
        {NULL, 0, NULL, 0},
    };
    struct diff diff = {.options = {.command = &command_diff}};
    int code;

    if (!options_read(&diff.options, argc, argv, known, 2, read_own, &diff)) {
        code = diff.options.exit_code;
    } else if (diff.options.spec_count == 0) {
        options_wrong(&diff.options, "name a log, or two");
        code = diff.options.exit_code;
    } else {
        code = read_and_compare(&diff);
    }
    options_free(&diff.options);
    return code;
}

const struct command command_diff = {
    .name = "diff",
    .summary = "what changed between two snapshots or logs",
    .help = help,
    .run = run,
};
