/* SPDX-License-Identifier: MIT */
/* heapledger check: a gate for continuous integration. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "judge.h"
#include "memory.h"
#include "options.h"

static const char help[] =
    "usage: heapledger check RULE... [OPTION...] [SOURCE | -- COMMAND ARG...]\n\n"
    "rules:\n"
    "  --no-leaks            no deleted task holds anything\n"
    "  --no-growth           no living task's use grows over the log's snapshots\n"
    "  --max TASK=SIZE       the task's peak is at most SIZE (13616, 12KiB, 1.5MiB)\n"
    "  --max-heap HEAP=SIZE  heaps of that name hold at most SIZE together\n"
    "  --baseline FILE       no task holds, or held, more than in this log\n"
    "  --tolerance PERCENT   but for so much: 2%\n"
    "  --rules FILE          more rules, one per line: `max wifi=12KiB`; # begins a comment\n\n"
    "options:\n"
    "  --init NAME           what this task leaves when it ends is handed on, not leaked\n"
    "  --junit FILE          write the results for a build server\n"
    "  --json                print them for a program\n"
    "  --seconds N           read a live source for N seconds\n"
    "  --baud N              of a serial device (115200)\n"
    "  --damage              name every damaged place;  -q, --quiet  none\n"
    "  -o, --output FILE;  -f, --force writes over it\n\n"
    "examples:\n"
    "  heapledger check --no-leaks console.log\n"
    "  heapledger check --no-leaks --no-growth --max wifi=40KiB -- ./simulation\n"
    "  heapledger check --rules heap.rules --junit heap.xml --seconds 60 /dev/ttyUSB0\n\n"
    "Each breach is one line. What is judged is what was printed last; where the device started\n"
    "several times, what was printed last before each start.\n"
    "Exit codes: 0 all rules hold, 1 a breach, 2 wrong usage, 3 cannot open or write, 4 the log "
    "is\n"
    "empty, or what a rule needs is damaged or not in it: that is not a pass.\n";

enum {
    OPTION_RULE = OPTION_OWN, /* options from here on are rules, by their place in `rule_names` */
    OPTION_RULES = OPTION_OWN + 16,
    OPTION_JUNIT,
};

static const char *const rule_names[] = {"no-leaks", "no-growth", "max",
                                         "max-heap", "baseline",  "tolerance"};

struct check {
    struct options options;
    struct rules rules;
    const char *junit;
};

static bool read_own(void *context, int option, const char *argument)
{
    struct check *check = context;
    char *wrong;

    if (option == OPTION_JUNIT) {
        check->junit = argument;
        return true;
    }
    if (option == OPTION_RULES) {
        int code;

        if (!rules_read(&check->rules, argument, &code)) {
            check->options.exit_code = code;
        }
        return true;
    }
    if (option < OPTION_RULE || option >= OPTION_RULES) {
        return false;
    }
    wrong = rules_add(&check->rules, rule_names[option - OPTION_RULE], argument);
    if (wrong != NULL) {
        options_wrong(&check->options, "--%s", wrong);
        free(wrong);
    }
    return true;
}

/* `FILE:31: no-leaks: task leaking_task, heap RAM: 13616 bytes, limit 0: why` */
static void print_finding(FILE *out, const char *source, const struct finding *finding)
{
    if (finding->outcome == OUTCOME_PASS) {
        return;
    }
    fputs(source, out);
    if (finding->line > 0) {
        fprintf(out, ":%" PRIu64, finding->line);
    }
    fprintf(out, ": %s:", finding->rule);
    if (finding->task != NULL) {
        fprintf(out, " task %s,", finding->task);
    }
    if (finding->heap != NULL) {
        fprintf(out, " heap %s,", finding->heap);
    }
    if (finding->value != UNKNOWN) {
        fprintf(out, " %" PRIu64 " bytes,", finding->value);
    }
    if (finding->limit != UNKNOWN) {
        fprintf(out, " limit %" PRIu64 ",", finding->limit);
    }
    fprintf(out, " %s%s\n", finding->outcome == OUTCOME_UNKNOWN ? "not judged: " : "",
            finding->why);
}

static json_t *finding_json(const struct finding *finding)
{
    static const char *const outcomes[] = {"pass", "breach", "unknown"};

    return json_pack(
        "{s:s, s:s, s:s?, s:s?, s:o, s:o, s:s?, s:I}", "rule", finding->rule, "outcome",
        outcomes[finding->outcome], "task", finding->task, "heap", finding->heap, "value",
        finding->value == UNKNOWN ? json_null() : json_integer((json_int_t)finding->value), "limit",
        finding->limit == UNKNOWN ? json_null() : json_integer((json_int_t)finding->limit), "why",
        finding->why, "line", (json_int_t)finding->line);
}

static void print_json(FILE *out, const struct log *log, const struct findings *findings, int code)
{
    json_t *object = json_log(log);
    json_t *list = json_array();

    for (size_t i = 0; i < findings->count; i++) {
        json_array_append_new(list, finding_json(&findings->item[i]));
    }
    json_object_del(object, "snapshots");
    json_object_set_new(object, "passed", json_boolean(code == EXIT_FINE));
    json_object_set_new(object, "findings", list);
    json_dumpf(object, out, JSON_INDENT(1));
    fputc('\n', out);
    json_decref(object);
}

static void print_summary(const struct findings *findings)
{
    size_t breaches = findings_count(findings, OUTCOME_BREACH);
    size_t unknown = findings_count(findings, OUTCOME_UNKNOWN);
    size_t passes = findings_count(findings, OUTCOME_PASS);

    message_line("%zu breach%s, %zu not judged, %zu rule%s kept", breaches,
                 breaches == 1 ? "" : "es", unknown, passes, passes == 1 ? "" : "s");
}

static int report(struct check *check, const struct log *log, const struct findings *findings)
{
    int code = findings_count(findings, OUTCOME_BREACH) > 0    ? EXIT_BREACH
               : findings_count(findings, OUTCOME_UNKNOWN) > 0 ? EXIT_DAMAGED
                                                               : EXIT_FINE;
    FILE *out = options_output(&check->options);

    if (out == NULL) {
        return EXIT_OPEN;
    }
    if (check->options.json) {
        print_json(out, log, findings, code);
    }
    for (size_t i = 0; !check->options.json && i < findings->count; i++) {
        print_finding(out, log->source, &findings->item[i]);
    }
    if (options_close(&check->options, out) != EXIT_FINE ||
        (check->junit != NULL && !junit_write(check->junit, findings, log->source))) {
        return EXIT_OPEN;
    }
    print_summary(findings);
    return code;
}

static int judge(struct check *check, struct log *log, struct log *baseline)
{
    struct findings findings = {0};
    int code;

    if (log->last_count == 0) {
        findings_add(&findings, "snapshots", OUTCOME_UNKNOWN, NULL, NULL)->why = memory_format(
            "no snapshot in %" PRIu64 " lines: an empty log is not a pass", log->lines);
    } else {
        judge_log(log, &check->rules, baseline, &findings);
    }
    if (log->command_status != 0) {
        findings_add(&findings, "command", OUTCOME_UNKNOWN, NULL, NULL)->why =
            memory_format("the command failed with status %d", log->command_status);
    }
    code = report(check, log, &findings);
    findings_free(&findings);
    return code;
}

static int read_and_judge(struct check *check)
{
    struct log_options quiet = check->options.log;
    struct log *baseline = NULL, *log;
    int code = EXIT_OPEN;

    quiet.quiet = true;
    quiet.source.command = NULL;
    if (check->rules.baseline != NULL) {
        baseline = log_read(check->rules.baseline, &quiet);
        if (baseline == NULL) {
            return EXIT_OPEN;
        }
        if (baseline->last_count == 0) {
            message_error("%s: the baseline has no snapshot", check->rules.baseline);
            log_free(baseline);
            return EXIT_DAMAGED;
        }
    }
    log = log_read(check->options.specs[0], &check->options.log);
    if (log != NULL) {
        code = judge(check, log, baseline);
    }
    log_free(log);
    log_free(baseline);
    return code;
}

static int run(int argc, char **argv)
{
    static const struct option known[] = {
        OPTIONS_READING,
        OPTIONS_WRITING,
        {"json", no_argument, NULL, OPTION_JSON},
        {"no-leaks", no_argument, NULL, OPTION_RULE},
        {"no-growth", no_argument, NULL, OPTION_RULE + 1},
        {"max", required_argument, NULL, OPTION_RULE + 2},
        {"max-heap", required_argument, NULL, OPTION_RULE + 3},
        {"baseline", required_argument, NULL, OPTION_RULE + 4},
        {"tolerance", required_argument, NULL, OPTION_RULE + 5},
        {"rules", required_argument, NULL, OPTION_RULES},
        {"junit", required_argument, NULL, OPTION_JUNIT},
        {NULL, 0, NULL, 0},
    };
    struct check check = {.options = {.command = &command_check}};
    int code;

    if (options_read(&check.options, argc, argv, known, 1, read_own, &check)) {
        for (size_t i = 0; i < check.rules.init_count; i++) {
            *(const char **)memory_append((void **)&check.options.log.init.item,
                                          &check.options.log.init.count, sizeof(char *)) =
                check.rules.init[i];
        }
        if (rules_empty(&check.rules)) {
            options_wrong(&check.options, "say what to check, such as --no-leaks");
        } else {
            check.options.exit_code = read_and_judge(&check);
        }
    }
    code = check.options.exit_code;
    options_free(&check.options);
    rules_free(&check.rules);
    return code;
}

const struct command command_check = {
    .name = "check",
    .summary = "a gate for CI: leaks, growth, limits, a baseline",
    .help = help,
    .run = run,
};
