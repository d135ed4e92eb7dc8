/* SPDX-License-Identifier: MIT */
/* Task statistics as text, byte for byte. */
#include <inttypes.h>
#include <stdio.h>

#include "capture.h"
#include "own_heaps.h"
#include "task_stats.h"
#include "worker.h"

#include "report.h"

#define RULE_20 "────────────────────"
#define RULE_9  "─────────"
#define RULE_22 "──────────────────────"
#define RULE_19 "───────────────────"
#define RULE_17 "─────────────────"

static const char head[] = "┌" RULE_20 "┬" RULE_9 "┬" RULE_22 "┬" RULE_19 "┬" RULE_17 "┐\n"
                           "│ TASK               │ STATUS  │ CURRENT MEMORY USAGE │ PEAK MEMORY "
                           "USAGE │ TOTAL HEAP USED │\n"
                           "├" RULE_20 "┼" RULE_9 "┼" RULE_22 "┼" RULE_19 "┼" RULE_17 "┤\n";
static const char foot[] = "└" RULE_20 "┴" RULE_9 "┴" RULE_22 "┴" RULE_19 "┴" RULE_17 "┘\n";

static struct worker worker;
static char *first, *second, *third;

void setUp(void)
{
    worker_start(&worker, "worker");
    first = worker_malloc(&worker, 100, CAP_A);
    second = worker_malloc(&worker, 1500, CAP_A);
    third = worker_malloc(&worker, 40, CAP_B);
    worker_free(&worker, worker_malloc(&worker, 2000, CAP_B));
}

void tearDown(void)
{
    heap_caps_free(first);
    heap_caps_free(second);
    heap_caps_free(third);
    worker_delete(&worker);
}

/* What one of the functions prints. */
static char *text_of_one(void (*print)(FILE *stream, TaskHandle_t task), TaskHandle_t task)
{
    struct capture capture;

    capture_begin(&capture, false);
    print(capture.stream, task);
    (void)capture_end(&capture);
    return capture.text;
}

static char *text_of_all(void (*print)(FILE *stream))
{
    struct capture capture;

    capture_begin(&capture, false);
    print(capture.stream);
    (void)capture_end(&capture);
    return capture.text;
}

/* Compares and frees. */
static void check_text(const char *expected, char *text)
{
    if (strcmp(expected, text) != 0) {
        printf("expected:\n%swas:\n%s", expected, text);
    }
    TEST_ASSERT(strcmp(expected, text) == 0);
    free(text);
}

TEST_CASE("single overview: a table of one row", "[2.7]")
{
    char expected[2000];

    snprintf(expected, sizeof(expected), "%s%s%s", head,
             "│             worker │ ALIVE   │                 1644 │              3648 │"
             "               2 │\n",
             foot);
    check_text(expected, text_of_one(heap_caps_print_single_task_stat_overview, worker.handle));
}

TEST_CASE("single, detailed: task, heaps, blocks", "[2.7]")
{
    char *low = first < second ? first : second;
    char *high = first < second ? second : first;
    char expected[2000];

    snprintf(expected, sizeof(expected),
             "└ ALIVE: worker, CURRENT MEMORY USAGE 1644, PEAK MEMORY USAGE 3648, "
             "TOTAL HEAP USED 2:\n"
             "     ├ HEAP: RAM, CAPS: 0x00000010, SIZE: 4096, USAGE: CURRENT 1600 (39%%), "
             "PEAK 1600 (39%%), ALLOC COUNT: 2\n"
             "     │    ├ ALLOC 0x%" PRIxPTR ", SIZE %u\n"
             "     │    ├ ALLOC 0x%" PRIxPTR ", SIZE %u\n"
             "     └ HEAP: RAM, CAPS: 0x00000020, SIZE: 4096, USAGE: CURRENT 44 (1%%), "
             "PEAK 2048 (50%%), ALLOC COUNT: 1\n"
             "          ├ ALLOC 0x%" PRIxPTR ", SIZE 44\n",
             (uintptr_t)low, low == first ? 100 : 1500, (uintptr_t)high, low == first ? 1500 : 100,
             (uintptr_t)third);
    check_text(expected, text_of_one(heap_caps_print_single_task_stat, worker.handle));
}

TEST_CASE("a deleted task is DELETED", "[2.7]")
{
    struct worker guest;
    char expected[2000];
    char *text;

    worker_start(&guest, "fifteen_letters");
    worker_free(&guest, worker_malloc(&guest, 100, CAP_A));
    worker_delete(&guest);
    snprintf(expected, sizeof(expected), "%s%s%s", head,
             "│    fifteen_letters │ DELETED │                    0 │               100 │"
             "               1 │\n",
             foot);
    check_text(expected, text_of_one(heap_caps_print_single_task_stat_overview, guest.handle));
    text = text_of_one(heap_caps_print_single_task_stat, guest.handle);
    check_text("└ DELETED: fifteen_letters, CURRENT MEMORY USAGE 0, PEAK MEMORY USAGE 100, "
               "TOTAL HEAP USED 1:\n"
               "     └ HEAP: RAM, CAPS: 0x00000010, SIZE: 4096, USAGE: CURRENT 0 (0%), "
               "PEAK 100 (2%), ALLOC COUNT: 0\n",
               text);
}

/* All tasks as the text would be, made from the statistics. */
static void add_task(FILE *stream, const task_stat_t *task, bool last)
{
    const char *glyph = last ? " " : "│";

    fprintf(stream,
            "%s %s: %s, CURRENT MEMORY USAGE %d, PEAK MEMORY USAGE %d, TOTAL HEAP USED %d:\n",
            last ? "└" : "├", task->is_alive ? "ALIVE" : "DELETED", task->name,
            (int)task->overall_current_usage, (int)task->overall_peak_usage, (int)task->heap_count);
    for (size_t i = 0; i < task->heap_count; i++) {
        const heap_stat_t *heap = &task->heap_stat[i];
        bool last_heap = i + 1 == task->heap_count;

        fprintf(
            stream,
            "%s    %s HEAP: %s, CAPS: 0x%08lx, SIZE: %d, USAGE: CURRENT %d (%d%%), PEAK %d (%d%%), "
            "ALLOC COUNT: %d\n",
            glyph, last_heap ? "└" : "├", heap->name, (unsigned long)heap->caps, (int)heap->size,
            (int)heap->current_usage, (int)(heap->current_usage * 100 / heap->size),
            (int)heap->peak_usage, (int)(heap->peak_usage * 100 / heap->size),
            (int)heap->alloc_count);
        for (size_t k = 0; k < heap->alloc_count; k++) {
            fprintf(stream, "%s    %s    ├ ALLOC %p, SIZE %lu\n", glyph, last_heap ? " " : "│",
                    heap->alloc_stat[k].address, (unsigned long)heap->alloc_stat[k].size);
        }
    }
}

TEST_CASE("all, detailed: every task, the last with another glyph", "[2.7]")
{
    heap_all_tasks_stat_t all = stats_of_all();
    struct capture capture;
    char *text = text_of_all(heap_caps_print_all_task_stat);

    capture_begin(&capture, false);
    for (size_t i = 0; i < all.task_count; i++) {
        add_task(capture.stream, &all.stat_arr[i], i + 1 == all.task_count);
    }
    check_text(capture_end(&capture), text);
    capture_free(&capture);
}

TEST_CASE("all, overview: one row for each task", "[2.7]")
{
    heap_all_tasks_stat_t all = stats_of_all();
    struct capture capture;
    char *text = text_of_all(heap_caps_print_all_task_stat_overview);

    capture_begin(&capture, false);
    fprintf(capture.stream, "%s", head);
    for (size_t i = 0; i < all.task_count; i++) {
        const task_stat_t *task = &all.stat_arr[i];

        fprintf(capture.stream, "│ %18s │ %7s │ %20d │ %17d │ %15d │\n", task->name,
                task->is_alive ? "ALIVE  " : "DELETED", (int)task->overall_current_usage,
                (int)task->overall_peak_usage, (int)task->heap_count);
    }
    fprintf(capture.stream, "%s", foot);
    check_text(capture_end(&capture), text);
    capture_free(&capture);
}

TEST_CASE("nothing is printed for a handle that is not listed", "[2.7]")
{
    struct worker idle;

    worker_start(&idle, "idle");
    check_text("", text_of_one(heap_caps_print_single_task_stat, idle.handle));
    check_text("", text_of_one(heap_caps_print_single_task_stat_overview, idle.handle));
    check_text("", text_of_one(heap_caps_print_single_task_stat, (TaskHandle_t)&idle));
    worker_delete(&idle);
}

TEST_CASE("stream NULL is standard output, task NULL is the caller", "[2.7]")
{
    char *expected =
        text_of_one(heap_caps_print_single_task_stat_overview, xTaskGetCurrentTaskHandle());
    struct capture capture;

    capture_begin(&capture, true);
    heap_caps_print_single_task_stat_overview(NULL, NULL);
    (void)capture_end(&capture);
    check_text(expected, capture.text);
    free(expected);
    expected = text_of_all(heap_caps_print_all_task_stat);
    capture_begin(&capture, true);
    heap_caps_print_all_task_stat(NULL);
    (void)capture_end(&capture);
    check_text(expected, capture.text);
    free(expected);
}

/* A stream that allocates, asks for statistics and lets other tasks allocate, while it is written
 * to. */
static ssize_t write_and_allocate(void *cookie, const char *buffer, size_t size)
{
    heap_caps_free(heap_caps_malloc(100, MALLOC_CAP_DEFAULT));
    worker_free(&worker, worker_malloc(&worker, 10, CAP_A));
    heap_caps_get_per_task_info(&(heap_task_info_params_t){.num_totals = &(size_t){0}});
    *(size_t *)cookie += size;
    return buffer != NULL ? (ssize_t)size : 0;
}

TEST_CASE("nothing is locked while it prints: the stream may allocate", "[2.7]")
{
    char *expected = text_of_all(heap_caps_print_all_task_stat);
    size_t written = 0;
    FILE *stream = fopencookie(&written, "w", (cookie_io_functions_t){.write = write_and_allocate});

    setvbuf(stream, NULL, _IONBF, 0);
    heap_caps_print_all_task_stat(stream);
    TEST_ASSERT_GREATER_OR_EQUAL(strlen(expected), written); /* peaks may have more digits */
    heap_caps_print_single_task_stat(stream, worker.handle);
    heap_caps_print_all_task_stat_overview(stream);
    heap_caps_print_single_task_stat_overview(stream, worker.handle);
    fclose(stream);
    free(expected);
}

TEST_CASE("a name that is too long is cut; of several tasks the number is kept", "[2.7]")
{
    struct hl_task_info task = {0};
    char name[16];

    for (size_t length = 0; length < HL_SHOWN_NAME_LEN; length++) {
        memset(name, 'x', sizeof(name));
        memset(task.name, 0, sizeof(task.name));
        memset(task.name, 'a', length);
        report_name(&task, name, 15);
        TEST_ASSERT_EQUAL(length < 14 ? length : 14, strlen(name));
        TEST_ASSERT_EQUAL('x', name[15]);
    }
    task.folded = 100;
    snprintf(task.name, sizeof(task.name), "fifteen_letters (100 dead)");
    report_name(&task, name, 16);
    TEST_ASSERT_EQUAL_STRING("fift (100 dead)", name);
    report_name(&task, name, 8);
    TEST_ASSERT_EQUAL_STRING("fifteen", name);
}

void app_main(void)
{
    own_heap(0, CAP_A, 0, 0);
    own_heap(1, CAP_B, 0, 0);
    unity_run_all_tests();
}
