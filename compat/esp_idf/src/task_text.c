/* SPDX-License-Identifier: MIT */
/* Statistics of tasks as text, byte for byte as ESP-IDF prints them. */
#include "esp_heap_task_info.h"

#ifdef CONFIG_HEAP_TASK_TRACKING

#include <inttypes.h>

#include "report.h"
#include "sim.h"

#define BAR           "│"
#define LINES_9       "─────────"
#define LINES_17      LINES_9 "────────"
#define LINES_19      LINES_17 "──"
#define LINES_20      LINES_19 "─"
#define LINES_22      LINES_20 "──"
#define RULE(l, m, r) l LINES_20 m LINES_9 m LINES_22 m LINES_19 m LINES_17 r "\n"

static FILE *or_stdout(FILE *stream)
{
    return stream != NULL ? stream : stdout;
}

static void print_row(FILE *stream, const struct hl_task_info *task)
{
    char name[configMAX_TASK_NAME_LEN];

    report_name(task, name, sizeof(name));
    (void)sim_fprintf(
        stream,
        BAR " %18s " BAR " %7s " BAR " %20" PRIu32 " " BAR " %17" PRIu32 " " BAR " %15zu " BAR "\n",
        name, task->alive ? "ALIVE  " : "DELETED", task->current, task->peak, task->account_count);
}

static void print_table(FILE *stream, const struct report *report)
{
    (void)sim_fprintf(stream, "%s", RULE("┌", "┬", "┐"));
    (void)sim_fprintf(
        stream, BAR " %-18s " BAR " %-7s " BAR " %-20s " BAR " %-17s " BAR " %-15s " BAR "\n",
        "TASK", "STATUS", "CURRENT MEMORY USAGE", "PEAK MEMORY USAGE", "TOTAL HEAP USED");
    (void)sim_fprintf(stream, "%s", RULE("├", "┼", "┤"));
    for (size_t i = 0; i < report->task_count; i++) {
        print_row(stream, &report->tasks[i]);
    }
    (void)sim_fprintf(stream, "%s", RULE("└", "┴", "┘"));
}

static unsigned percent(uint32_t part, size_t whole)
{
    return (unsigned)((uint64_t)part * 100 / whole);
}

static void print_heap(FILE *stream, const struct report *report,
                       const struct hl_account_info *heap, const char *task_glyph, bool last)
{
    (void)sim_fprintf(stream,
                      "%s    %s HEAP: %s, CAPS: 0x%08" PRIx32 ", SIZE: %zu, USAGE: CURRENT %" PRIu32
                      " (%u%%), PEAK %" PRIu32 " (%u%%), ALLOC COUNT: %zu\n",
                      task_glyph, last ? "└" : "├", heap->name, heap->caps, heap->size,
                      heap->current, percent(heap->current, heap->size), heap->peak,
                      percent(heap->peak, heap->size), heap->listed);
    for (size_t i = 0; i < heap->listed; i++) {
        const struct hl_block_info *block = &report->blocks[heap->first_block + i];

        (void)sim_fprintf(stream, "%s    %s    ├ ALLOC 0x%" PRIxPTR ", SIZE %" PRIu32 "\n",
                          task_glyph, last ? " " : BAR, (uintptr_t)block->address, block->size);
    }
}

static void print_task(FILE *stream, const struct report *report, const struct hl_task_info *task,
                       bool last)
{
    char name[configMAX_TASK_NAME_LEN];

    report_name(task, name, sizeof(name));
    (void)sim_fprintf(stream,
                      "%s %s: %s, CURRENT MEMORY USAGE %" PRIu32 ", PEAK MEMORY USAGE %" PRIu32
                      ", TOTAL HEAP USED %zu:\n",
                      last ? "└" : "├", task->alive ? "ALIVE" : "DELETED", name, task->current,
                      task->peak, task->account_count);
    for (size_t i = 0; i < task->account_count; i++) {
        print_heap(stream, report, &report->accounts[task->first_account + i], last ? " " : BAR,
                   i + 1 == task->account_count);
    }
}

static void print_tasks(FILE *stream, const struct report *report)
{
    for (size_t i = 0; i < report->task_count; i++) {
        print_task(stream, report, &report->tasks[i], i + 1 == report->task_count);
    }
}

void heap_caps_print_all_task_stat(FILE *stream)
{
    struct report report;

    if (report_take(&report, 0) == 0) {
        print_tasks(or_stdout(stream), &report);
        report_free(&report);
    }
}

void heap_caps_print_all_task_stat_overview(FILE *stream)
{
    struct report report;

    if (report_take(&report, 0) == 0) {
        print_table(or_stdout(stream), &report);
        report_free(&report);
    }
}

/* The report of one task; nothing is printed for one that is not listed. */
static void print_single(FILE *stream, TaskHandle_t task_handle,
                         void (*print)(FILE *stream, const struct report *report))
{
    uint32_t serial = report_serial(task_handle);
    struct report report;

    if (serial == 0 || report_take(&report, serial) != 0) {
        return;
    }
    if (report.task_count != 0) {
        print(or_stdout(stream), &report);
    }
    report_free(&report);
}

void heap_caps_print_single_task_stat(FILE *stream, TaskHandle_t task_handle)
{
    print_single(stream, task_handle, print_tasks);
}

void heap_caps_print_single_task_stat_overview(FILE *stream, TaskHandle_t task_handle)
{
    print_single(stream, task_handle, print_table);
}

#endif
