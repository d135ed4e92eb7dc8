/* SPDX-License-Identifier: MIT */
/* heapledger export: a log's snapshots for other programs. */
#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "options.h"

static const char help[] =
    "usage: heapledger export [OPTION...] [SOURCE | -- COMMAND ARG...]\n\n"
    "  --format FORMAT  json (the default): one object with all snapshots\n"
    "                   ndjson: one line per snapshot, written as it comes\n"
    "                   csv: one row per task, and one per task and heap\n"
    "                   openmetrics: gauges of the newest snapshot, for Prometheus\n"
    "  --follow         ndjson, csv: read on when a file grows\n"
    "  --seconds N      read a live source for N seconds\n"
    "  --baud N         of a serial device (115200)\n"
    "  --init NAME      what this task leaves when it ends is handed on, not leaked\n"
    "  --damage         name every damaged place;  -q, --quiet  none\n"
    "  -o, --output FILE;  -f, --force writes over it\n\n"
    "examples:\n"
    "  heapledger export --format csv console.log -o heap.csv\n"
    "  heapledger export --format openmetrics -fo /var/lib/node_exporter/heap.prom console.log\n"
    "  heapledger export --format ndjson --follow /dev/ttyUSB0 | jq .tasks\n\n"
    "Exit codes: 0 fine, 2 wrong usage, 3 cannot open or write, 4 the log is damaged or has no "
    "snapshot.\n";

enum {
    OPTION_FORMAT = OPTION_OWN,
};

enum format {
    FORMAT_JSON,
    FORMAT_NDJSON,
    FORMAT_CSV,
    FORMAT_OPENMETRICS,
};

struct export
{
    struct options options;
    enum format format;
    FILE *out;
};

static bool read_own(void *context, int option, const char *argument)
{
    static const char *const words[] = {"json", "ndjson", "csv", "openmetrics"};
    struct export *export = context;

    if (option != OPTION_FORMAT) {
        return false;
    }
    for (int i = 0; i < 4; i++) {
        if (strcmp(argument, words[i]) == 0) {
            export->format = (enum format)i;
            return true;
        }
    }
    options_wrong(&export->options, "--format is json, ndjson, csv or openmetrics, not '%s'",
                  argument);
    return true;
}

static void write_each(void *context, struct snapshot *snapshot)
{
    struct export *export = context;
    json_t *object, *line;

    if (export->format == FORMAT_CSV) {
        export_csv(export->out, snapshot);
    } else {
        object = json_snapshot(snapshot);
        line = json_pack("{s:i, s:s}", "schema", JSON_SCHEMA, "source", snapshot->source);
        json_object_update(line, object);
        json_dumpf(line, export->out, JSON_COMPACT);
        fputc('\n', export->out);
        json_decref(object);
        json_decref(line);
    }
    fflush(export->out);
}

static void write_all(struct export *export, struct log *log)
{
    json_t *object;

    if (export->format == FORMAT_OPENMETRICS) {
        export_metrics(export->out, log, log_newest(log));
    } else if (export->format == FORMAT_JSON) {
        object = json_log(log);
        for (size_t i = 0; i < log->kept_count; i++) {
            json_add_snapshot(object, log->kept[i]);
        }
        json_dumpf(object, export->out, JSON_INDENT(1));
        fputc('\n', export->out);
        json_decref(object);
    }
}

static int read_and_write(struct export *export)
{
    struct log_options *options = &export->options.log;
    struct log *log;
    int code;

    options->keep_all = export->format == FORMAT_JSON;
    options->context = export;
    if (export->format == FORMAT_NDJSON || export->format == FORMAT_CSV) {
        options->each = write_each;
    }
    export->out = options_output(&export->options);
    if (export->out == NULL) {
        return EXIT_OPEN;
    }
    if (export->format == FORMAT_CSV) {
        export_csv_head(export->out);
    }
    log = log_read(export->options.specs[0], options);
    if (log == NULL) {
        return EXIT_OPEN;
    }
    write_all(export, log);
    code = options_close(&export->options, export->out);
    if (code == EXIT_FINE && (log->damaged > 0 || log->snapshots == 0)) {
        code = EXIT_DAMAGED;
    }
    if (log->snapshots == 0) {
        message_error("%s: no snapshot in it", log->source);
    }
    log_free(log);
    return code;
}

static int run(int argc, char **argv)
{
    static const struct option known[] = {
        OPTIONS_READING,
        OPTIONS_WRITING,
        {"follow", no_argument, NULL, OPTION_FOLLOW},
        {"format", required_argument, NULL, OPTION_FORMAT},
        {NULL, 0, NULL, 0},
    };
    struct export export = {.options = {.command = &command_export}};
    int code;

    if (options_read(&export.options, argc, argv, known, 1, read_own, &export)) {
        code = read_and_write(&export);
    } else {
        code = export.options.exit_code;
    }
    options_free(&export.options);
    return code;
}

const struct command command_export = {
    .name = "export",
    .summary = "snapshots as JSON, NDJSON, CSV or OpenMetrics",
    .help = help,
    .run = run,
};
