/* SPDX-License-Identifier: MIT */
/* heapledger report: a log, or several, as one HTML file. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "report_json.h"
#include "report_page.h"

static const char help[] =
    "usage: heapledger report [OPTION...] LOG... | -- COMMAND ARG...\n\n"
    "Writes one HTML file that needs nothing else: no network, no other file. It shows the\n"
    "verdicts, what each task held over time, every block in its place, and what of the log could\n"
    "not be read.\n\n"
    "  -o, --output FILE  where to (heapledger.html);  -f, --force writes over it\n"
    "  --seconds N        read a live source for N seconds (else to its end, or Ctrl-C)\n"
    "  --baud N           of a serial device (115200)\n"
    "  --init NAME        what this task leaves when it ends is handed on, not leaked\n"
    "  --damage           name every damaged place on the terminal, too;  -q, --quiet  none\n\n"
    "examples:\n"
    "  heapledger report console.log -o heap.html\n"
    "  heapledger report monday.log tuesday.log -o week.html\n"
    "  heapledger report --seconds 600 /dev/ttyUSB0 -fo heap.html\n\n"
    "Exit codes: 0 fine, 2 wrong usage, 3 cannot open or write, 4 a log is damaged or has no\n"
    "snapshot (the report is written all the same, unless no log has one).\n";

struct report_run {
    struct options options;
    size_t snapshots;
    bool damaged;
};

/* NULL: it cannot be read; a message is printed. */
static json_t *read_log(struct report_run *run, const char *spec)
{
    struct log *log = log_read(spec, &run->options.log);
    json_t *object;

    if (log == NULL) {
        return NULL;
    }
    if (log->snapshots == 0) {
        message_error("%s: no snapshot in it", log->source);
    }
    run->snapshots += log->kept_count;
    run->damaged = run->damaged || log->damaged > 0 || log->snapshots == 0;
    object = report_log(log);
    log_free(log);
    return object;
}

static bool read_logs(struct report_run *run, json_t *logs)
{
    size_t count = run->options.spec_count > 0 ? run->options.spec_count : 1;

    for (size_t i = 0; i < count; i++) {
        json_t *log = read_log(run, run->options.specs[i]);

        if (log == NULL) {
            return false;
        }
        json_array_append_new(logs, log);
    }
    return true;
}

static void say_how_to_open(const char *path)
{
    char whole[PATH_MAX];

    if (realpath(path, whole) != NULL) {
        message_line("Open it in a browser: xdg-open '%s'", whole);
    }
}

static int write_page(const struct report_run *run, const json_t *logs)
{
    json_t *data =
        json_pack("{s:i, s:s, s:O}", "schema", 1, "version", HEAPLEDGER_VERSION, "logs", logs);
    FILE *out = options_output(&run->options);
    int code;

    if (out == NULL) {
        json_decref(data);
        return EXIT_OPEN;
    }
    report_page_write(out, data);
    json_decref(data);
    code = options_close(&run->options, out);
    if (code == EXIT_FINE) {
        say_how_to_open(run->options.output);
    }
    return code;
}

static int run_report(struct report_run *run)
{
    json_t *logs = json_array();
    int code = EXIT_OPEN;

    if (read_logs(run, logs)) {
        code = run->snapshots > 0 ? write_page(run, logs) : EXIT_DAMAGED;
    }
    json_decref(logs);
    return code == EXIT_FINE && run->damaged ? EXIT_DAMAGED : code;
}

/* Before an hour of reading, rather than behind it. */
static bool may_write(const struct options *options)
{
    FILE *there = options->force ? NULL : fopen(options->output, "re");

    if (there == NULL) {
        return true;
    }
    fclose(there);
    message_error("cannot write %s: File exists (--force writes over it)", options->output);
    return false;
}

static int run(int argc, char **argv)
{
    static const struct option known[] = {
        OPTIONS_READING,
        OPTIONS_WRITING,
        {NULL, 0, NULL, 0},
    };
    struct report_run run = {.options = {.command = &command_report}};
    int code;

    if (options_read(&run.options, argc, argv, known, OPTIONS_SPECS, NULL, NULL) &&
        run.options.log.source.command != NULL && run.options.spec_count > 0) {
        options_wrong(&run.options, "it is either logs or a command behind --");
    }
    if (run.options.exit_code < 0) {
        run.options.log.keep_all = true;
        if (run.options.output == NULL) {
            run.options.output = "heapledger.html";
        }
        code = may_write(&run.options) ? run_report(&run) : EXIT_OPEN;
    } else {
        code = run.options.exit_code;
    }
    options_free(&run.options);
    return code;
}

const struct command command_report = {
    .name = "report",
    .summary = "one HTML file with everything, for a browser",
    .help = help,
    .run = run,
};
