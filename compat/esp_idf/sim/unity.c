/* SPDX-License-Identifier: MIT */
/* The runner of test cases: unity.h, unity_test_runner.h. */
#include "unity.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "sim.h"

static struct test_desc_t *first_test;
static int test_count;

/* What runs, in which task, and where a failed assertion goes on. */
static struct test_desc_t *running;
static TaskHandle_t running_in;
static jmp_buf end_of_test;
static bool failed, ignored;

static unsigned tests_run, tests_failed, tests_ignored;
static unsigned failed_in_all; /* of all runs: decides about the exit code */

/* In the order of the files: constructors of one file run in the order in which they stand there.
 * */
void unity_testcase_register(struct test_desc_t *description)
{
    struct test_desc_t **link = &first_test;

    while (*link != NULL) {
        link = &(*link)->next;
    }
    description->next = NULL;
    *link = description;
    test_count++;
}

__attribute__((weak)) void setUp(void)
{
}

__attribute__((weak)) void tearDown(void)
{
}

unsigned sim_failed_tests(void)
{
    return failed_in_all;
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    sim_console_enter();
    (void)vprintf(format, arguments);
    sim_console_leave();
    va_end(arguments);
}

static bool in_test_case(void)
{
    return running != NULL && running_in == xTaskGetCurrentTaskHandle();
}

/* Ends the test case with longjmp, or the program. */
static void stop(bool *flag)
{
    *flag = true;
    if (in_test_case()) {
        longjmp(end_of_test, 1);
    }
    sim_fail(BOARD_EXIT_FAILED, "a failed assertion outside a test case, in the task '%s'",
             pcTaskGetName(NULL));
}

void unity_fail(const char *file, int line, const char *message, const char *detail)
{
    const char *name = running != NULL ? running->name : "(no test)";
    const char *text = message != NULL ? message : "";

    say("%s:%d:%s:FAIL%s%s%s%s\n", file, line, name, detail[0] != '\0' ? ": " : "", detail,
        text[0] != '\0' ? ": " : "", text);
    stop(&failed);
}

void unity_ignore(const char *file, int line, const char *message)
{
    const char *name = running != NULL ? running->name : "(no test)";

    say("%s:%d:%s:IGNORE%s%s\n", file, line, name, message != NULL ? ": " : "",
        message != NULL ? message : "");
    stop(&ignored);
}

void unity_compare(bool holds, const char *relation, int64_t threshold, int64_t actual,
                   const char *file, int line, const char *message)
{
    char detail[160];

    if (!holds) {
        (void)snprintf(detail, sizeof(detail), "%s %lld Was %lld", relation, (long long)threshold,
                       (long long)actual);
        unity_fail(file, line, message, detail);
    }
}

void unity_equal(int64_t expected, int64_t actual, const char *file, int line, const char *message)
{
    unity_compare(expected == actual, "Expected", expected, actual, file, line, message);
}

void unity_equal_string(const char *expected, const char *actual, const char *file, int line,
                        const char *message)
{
    char detail[400];

    if (expected == actual ||
        (expected != NULL && actual != NULL && strcmp(expected, actual) == 0)) {
        return;
    }
    (void)snprintf(detail, sizeof(detail), "Expected '%.150s' Was '%.150s'",
                   expected != NULL ? expected : "NULL", actual != NULL ? actual : "NULL");
    unity_fail(file, line, message, detail);
}

void unity_equal_memory(const void *expected, const void *actual, size_t bytes, const char *file,
                        int line, const char *message)
{
    const unsigned char *a = expected;
    const unsigned char *b = actual;
    char detail[120];

    for (size_t i = 0; i < bytes; i++) {
        if (a[i] != b[i]) {
            (void)snprintf(detail, sizeof(detail), "Byte %zu Expected 0x%02X Was 0x%02X", i, a[i],
                           b[i]);
            unity_fail(file, line, message, detail);
        }
    }
}

void unity_esp_ok(esp_err_t code, const char *expression, const char *file, int line)
{
    char detail[240];

    if (code != ESP_OK) {
        (void)snprintf(detail, sizeof(detail), "%.150s gave 0x%x (%s)", expression, (unsigned)code,
                       esp_err_to_name(code));
        unity_fail(file, line, NULL, detail);
    }
}

/* setUp, the test and tearDown; a failure in one of the first two skips to tearDown. */
static void run_parts(struct test_desc_t *test)
{
    if (setjmp(end_of_test) == 0) {
        setUp();
        test->function();
    }
    if (setjmp(end_of_test) == 0) {
        tearDown();
    }
}

static void run(struct test_desc_t *test)
{
    say("Running %s...\n", test->name);
    running = test;
    running_in = xTaskGetCurrentTaskHandle();
    failed = false;
    ignored = false;
    run_parts(test);
    running = NULL;
    tests_run++;
    if (failed) {
        tests_failed++;
        failed_in_all++;
    } else if (ignored) {
        tests_ignored++;
    } else {
        say("%s:%d:%s:PASS\n", test->file, test->line, test->name);
    }
}

void unity_begin(void)
{
    tests_run = 0;
    tests_failed = 0;
    tests_ignored = 0;
}

int unity_end(void)
{
    say("\n-----------------------\n%u Tests %u Failures %u Ignored \n%s\n", tests_run,
        tests_failed, tests_ignored, tests_failed != 0 ? "FAIL" : "OK");
    return (int)tests_failed;
}

int unity_get_test_count(void)
{
    return test_count;
}

void unity_run_all_tests(void)
{
    for (struct test_desc_t *test = first_test; test != NULL; test = test->next) {
        run(test);
    }
}

static struct test_desc_t *test_at(int index)
{
    struct test_desc_t *test = first_test;

    while (test != NULL && index-- > 0) {
        test = test->next;
    }
    return test;
}

void unity_run_test_by_index(int index)
{
    struct test_desc_t *test = index >= 0 ? test_at(index) : NULL;

    if (test == NULL) {
        say("There is no test %d\n", index + 1);
    } else {
        run(test);
    }
}

void unity_run_test_by_name(const char *name)
{
    for (struct test_desc_t *test = first_test; test != NULL; test = test->next) {
        if (strcmp(test->name, name) == 0) {
            run(test);
        }
    }
}

void unity_run_tests_by_tag(const char *tag, bool invert)
{
    for (struct test_desc_t *test = first_test; test != NULL; test = test->next) {
        if ((strstr(test->desc, tag) != NULL) != invert) {
            run(test);
        }
    }
}

static void print_list(void)
{
    int number = 1;

    say("\nHere's the test menu, pick your combo:\n");
    for (struct test_desc_t *test = first_test; test != NULL; test = test->next) {
        say("(%d)\t\"%s\" %s\n", number++, test->name, test->desc);
    }
    say("\nEnter test for running.\n");
}

/* One line of the menu, which runs something. */
static void obey(char *line)
{
    size_t length = strlen(line);

    unity_begin();
    if (line[0] == '*') {
        unity_run_all_tests();
    } else if (line[0] == '[') {
        unity_run_tests_by_tag(line, false);
    } else if (line[0] == '!') {
        unity_run_tests_by_tag(line + 1, true);
    } else if (line[0] == '"' && length > 1 && line[length - 1] == '"') {
        line[length - 1] = '\0';
        unity_run_test_by_name(line + 1);
    } else if (isdigit((unsigned char)line[0])) {
        unity_run_test_by_index(atoi(line) - 1);
    } else {
        say("What is '%s'?\n", line);
        return;
    }
    (void)unity_end();
}

/* False: the end of the input. */
static bool read_line(char *line, size_t size)
{
    char *got;

    board_watchdog_pause(); /* who types may take their time */
    got = fgets(line, (int)size, stdin);
    board_watchdog_resume();
    if (got == NULL) {
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

void unity_run_menu(void)
{
    static const char prompt[] = "\n\nPress ENTER to see the list of tests.\n";
    char line[256];
    bool any = false;

    say("%s", prompt);
    (void)fflush(stdout);
    while (read_line(line, sizeof(line))) {
        any = true;
        if (line[0] == '\0') {
            print_list();
        } else if (line[0] == '-') {
            say("%s", prompt);
        } else {
            obey(line);
            say("%s", "Enter next test, or 'enter' to see menu\n");
        }
    }
    if (!any) {
        char all[] = "*";

        obey(all);
    }
}
