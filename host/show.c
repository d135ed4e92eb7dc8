/* SPDX-License-Identifier: MIT */
/* heapledger show: what a log's newest snapshot says, or another one, or all. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "memory.h"
#include "options.h"
#include "view.h"

static const char help[] =
    "usage: heapledger show [OPTION...] [SOURCE | -- COMMAND ARG...]\n\n"
    "  --all            every snapshot, not only the newest\n"
    "  --at N           snapshot N, counted from 1\n"
    "  --task NAME      only that task, and what it holds in each heap\n"
    "  --heap NAME      only what is held in that heap\n"
    "  --blocks         each block with its address\n"
    "  --sort KEY       by current (the default), peak, blocks or name\n"
    "  --bytes          exact bytes, not KiB and MiB\n"
    "  --json           for a program\n"
    "  --follow         show each snapshot when it comes; a file is read on when it grows\n"
    "  --seconds N      read a live source for N seconds (else to its end, or Ctrl-C)\n"
    "  --baud N         of a serial device (115200)\n"
    "  --init NAME      a task that sets up and ends: what it leaves is handed on, not leaked;\n"
    "                   main is one already; may be given several times\n"
    "  --damage         name every damaged place, not only the first 20;  -q, --quiet  none\n"
    "  --color WHEN     auto, always or never;  NO_COLOR is heeded\n"
    "  -o, --output FILE;  -f, --force writes over it\n\n"
    "examples:\n"
    "  heapledger show console.log\n"
    "  heapledger show --task wifi --blocks console.log\n"
    "  heapledger show --follow /dev/ttyUSB0\n"
    "  heapledger show --json tcp:localhost:5555 --seconds 30\n"
    "  heapledger show -- ./simulation --seed 7\n\n"
    "Exit codes: 0 fine, 2 wrong usage, 3 cannot open, 4 the log is damaged or has no snapshot.\n";

enum {
    OPTION_ALL = OPTION_OWN,
    OPTION_AT,
    OPTION_BLOCKS,
    OPTION_HEAP,
    OPTION_SORT,
    OPTION_TASK,
};

struct show {
    struct options options;
    struct view view;
    struct screen screen;
    bool all;
    uint64_t shown;
};

static void read_sort(struct show *show, const char *argument)
{
    static const char *const words[] = {"current", "peak", "blocks", "name"};

    for (int i = 0; i < 4; i++) {
        if (strcmp(argument, words[i]) == 0) {
            show->view.sort = (enum view_sort)i;
            return;
        }
    }
    options_wrong(&show->options, "--sort is by current, peak, blocks or name, not '%s'", argument);
}

static bool read_own(void *context, int option, const char *argument)
{
    struct show *show = context;
    char *end;

    switch (option) {
    case OPTION_ALL:
        show->all = true;
        break;
    case OPTION_AT:
        show->options.log.at = strtoull(argument, &end, 10);
        if (end == argument || *end != 0 || show->options.log.at == 0 || *argument == '-') {
            options_wrong(&show->options, "--at needs a snapshot's number, not '%s'", argument);
        }
        break;
    case OPTION_BLOCKS:
        show->view.blocks = true;
        break;
    case OPTION_HEAP:
        show->view.heap = argument;
        break;
    case OPTION_SORT:
        read_sort(show, argument);
        break;
    case OPTION_TASK:
        show->view.task = argument;
        break;
    default:
        return false;
    }
    return true;
}

static void show_one(struct show *show, const struct snapshot *snapshot, uint64_t of)
{
    if (show->shown++ > 0) {
        fputc('\n', show->screen.out);
    }
    view_verdict(&show->screen, snapshot);
    fputc('\n', show->screen.out);
    view_snapshot(&show->screen, &show->view, snapshot, of);
}

/* A snapshot of a live source, or one of all. */
static void show_each(void *context, struct snapshot *snapshot)
{
    struct show *show = context;

    show_one(show, snapshot, 0);
    fflush(show->screen.out);
}

/* What JSON leaves out when only a task or a heap was asked for. */
static void narrow(const struct view *view, struct snapshot *snapshot)
{
    size_t kept = 0;

    for (size_t i = 0; i < snapshot->task_count; i++) {
        struct task *task = &snapshot->tasks[i];

        if (view->task != NULL && (task->name == NULL || strcmp(task->name, view->task) != 0)) {
            task_clear(task);
        } else {
            snapshot->tasks[kept++] = *task;
        }
    }
    snapshot->task_count = kept;
}

static int write_json(struct show *show, struct log *log, struct snapshot *snapshot, FILE *out)
{
    json_t *object = json_log(log);

    if (show->all) {
        for (size_t i = 0; i < log->kept_count; i++) {
            narrow(&show->view, log->kept[i]);
            json_add_snapshot(object, log->kept[i]);
        }
    } else if (snapshot != NULL) {
        narrow(&show->view, snapshot);
        json_add_snapshot(object, snapshot);
    }
    json_dumpf(object, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(object);
    return options_close(&show->options, out);
}

static void list_names(const struct snapshot *snapshot, bool tasks)
{
    size_t count = tasks ? snapshot->task_count : snapshot->heap_count;

    for (size_t i = 0; i < count; i++) {
        char *label =
            tasks ? memory_copy(snapshot->tasks[i].name) : heap_label(&snapshot->heaps[i]);

        message_line("  %s", label != NULL ? label : "(unnamed)");
        free(label);
    }
}

/* Are the task and the heap there that were asked for? */
static bool is_there(const struct show *show, const struct snapshot *snapshot)
{
    if (show->view.task != NULL && !view_has_task(snapshot, show->view.task)) {
        message_error("no task '%s' in snapshot %" PRIu64 "; there are:", show->view.task,
                      snapshot->index);
        list_names(snapshot, true);
        return false;
    }
    if (show->view.heap != NULL && !view_has_heap(snapshot, show->view.heap)) {
        message_error("no heap '%s' in snapshot %" PRIu64 "; there are:", show->view.heap,
                      snapshot->index);
        list_names(snapshot, false);
        return false;
    }
    return true;
}

static int no_snapshot(const struct log *log)
{
    if (log->damaged > 0) {
        message_error("%s: no whole snapshot in %" PRIu64 " lines; %" PRIu64 " places are damaged",
                      log->source, log->lines, log->damaged);
    } else {
        message_error("%s: no snapshot in %" PRIu64 " lines. heapledger reads what "
                      "hl_text_print, hl_wire_snapshot and ESP-IDF's heap_caps_print_all_task_stat "
                      "print (see heapledger(1))",
                      log->source, log->lines);
    }
    return EXIT_DAMAGED;
}

/* 0: not yet decided; the exit code when there is nothing to show. */
static int find(struct show *show, struct log *log, struct snapshot **snapshot)
{
    *snapshot = show->options.log.at != 0 ? log_at(log, show->options.log.at) : log_newest(log);
    if (*snapshot != NULL) {
        return show->all || is_there(show, *snapshot) ? 0 : EXIT_USAGE;
    }
    if (show->options.log.at != 0 && log->snapshots > 0) {
        message_error("%s has %" PRIu64 " snapshots, none is number %" PRIu64, log->source,
                      log->snapshots, show->options.log.at);
        return EXIT_USAGE;
    }
    return show->options.json ? 0 : no_snapshot(log);
}

static int finish(struct show *show, struct log *log, bool each)
{
    struct snapshot *snapshot = NULL;
    int code = find(show, log, &snapshot), written;
    bool nothing = log->snapshots == 0;

    if (code != 0) {
        return code;
    }
    if (show->options.json) {
        written = write_json(show, log, snapshot, show->screen.out);
    } else {
        if (!each) {
            show_one(show, snapshot, log->snapshots);
        }
        written = options_close(&show->options, show->screen.out);
    }
    return written != 0 ? written : log->damaged > 0 || nothing ? EXIT_DAMAGED : EXIT_FINE;
}

static int run(int argc, char **argv)
{
    static const struct option known[] = {
        OPTIONS_READING,
        OPTIONS_WRITING,
        OPTIONS_VIEW,
        {"all", no_argument, NULL, OPTION_ALL},
        {"at", required_argument, NULL, OPTION_AT},
        {"blocks", no_argument, NULL, OPTION_BLOCKS},
        {"follow", no_argument, NULL, OPTION_FOLLOW},
        {"heap", required_argument, NULL, OPTION_HEAP},
        {"sort", required_argument, NULL, OPTION_SORT},
        {"task", required_argument, NULL, OPTION_TASK},
        {NULL, 0, NULL, 0},
    };
    struct show show = {.options = {.command = &command_show}};
    struct log *log;
    bool each;
    FILE *out;
    int code;

    if (!options_read(&show.options, argc, argv, known, 1, read_own, &show)) {
        options_free(&show.options);
        return show.options.exit_code;
    }
    show.view.bytes = show.options.bytes;
    out = options_output(&show.options);
    if (out == NULL) {
        return EXIT_OPEN;
    }
    screen_begin(&show.screen, out, show.options.color);
    each = (show.all || show.options.log.follow) && !show.options.json;
    show.options.log.keep_all = show.all && show.options.json;
    show.options.log.each = each ? show_each : NULL;
    show.options.log.context = &show;
    log = log_read(show.options.specs[0], &show.options.log);
    code = log != NULL ? finish(&show, log, each) : EXIT_OPEN;
    log_free(log);
    options_free(&show.options);
    return code;
}

const struct command command_show = {
    .name = "show",
    .summary = "who holds the memory: tasks, heaps, verdict",
    .help = help,
    .run = run,
};
