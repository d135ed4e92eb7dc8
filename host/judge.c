/* SPDX-License-Identifier: MIT */
/* Holds a log against rules. */
#include "judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "size.h"

struct judge {
    const struct log *log;
    const struct rules *rules;
    struct findings *findings;
};

/* Names of the heaps in which the task holds something. The caller frees it. */
static char *heaps_of(const struct snapshot *snapshot, const struct task *task)
{
    char *text = NULL;

    for (size_t i = 0; i < task->account_count; i++) {
        char *label, *longer;

        if (task->accounts[i].current == 0) {
            continue;
        }
        label = heap_label(&snapshot->heaps[task->accounts[i].heap]);
        longer = text == NULL                  ? memory_copy(label)
                 : strstr(text, label) != NULL ? memory_copy(text)
                                               : memory_format("%s, %s", text, label);
        free(text);
        free(label);
        text = longer;
    }
    return text;
}

static struct finding *add(const struct judge *judge, const char *rule, enum outcome outcome,
                           const struct snapshot *snapshot, const struct task *task)
{
    char *label = task != NULL ? task_label(task) : NULL;
    char *heaps = task != NULL ? heaps_of(snapshot, task) : NULL;
    struct finding *finding = findings_add(judge->findings, rule, outcome, label, heaps);

    finding->line = task != NULL ? task->line : snapshot->line;
    free(label);
    free(heaps);
    return finding;
}

/* A damaged snapshot may lack tasks: that is not a pass. */
static void add_damaged(const struct judge *judge, const char *rule,
                        const struct snapshot *snapshot)
{
    if (snapshot->damaged > 0) {
        add(judge, rule, OUTCOME_UNKNOWN, snapshot, NULL)->why =
            memory_format("snapshot %" PRIu64 " is damaged in %" PRIu64 " place%s", snapshot->index,
                          snapshot->damaged, snapshot->damaged == 1 ? "" : "s");
    }
}

/* Leaks. */

static void judge_leak(const struct judge *judge, const struct snapshot *snapshot,
                       const struct task *task)
{
    struct finding *finding;

    if (task->state == STATE_ALIVE || task->verdict == VERDICT_HANDED_ON || task->current == 0) {
        return;
    }
    if (task->verdict == VERDICT_LEAKED) {
        finding = add(judge, "no-leaks", OUTCOME_BREACH, snapshot, task);
        finding->why = memory_copy(task->reason);
    } else {
        finding = add(judge, "no-leaks", OUTCOME_UNKNOWN, snapshot, task);
        finding->why = memory_copy("what it holds, or whether it lives, was lost");
    }
    finding->value = task->current;
    finding->limit = 0;
}

static void judge_leaks(const struct judge *judge)
{
    for (size_t i = 0; i < judge->log->last_count; i++) {
        const struct snapshot *snapshot = judge->log->last[i];

        for (size_t j = 0; j < snapshot->task_count; j++) {
            judge_leak(judge, snapshot, &snapshot->tasks[j]);
        }
        add_damaged(judge, "no-leaks", snapshot);
    }
}

/* Growth. */

static void judge_growth(const struct judge *judge)
{
    const struct snapshot *newest = NULL;
    bool judged = false;

    for (size_t i = 0; i < judge->log->last_count; i++) {
        const struct snapshot *snapshot = judge->log->last[i];

        for (size_t j = 0; j < snapshot->task_count; j++) {
            const struct task *task = &snapshot->tasks[j];
            struct finding *finding;

            judged = judged || (task->verdict != VERDICT_NONE && task->state == STATE_ALIVE);
            if (task->verdict != VERDICT_GROWING) {
                continue;
            }
            finding = add(judge, "no-growth", OUTCOME_BREACH, snapshot, task);
            finding->value = task->current;
            finding->why = memory_copy(task->reason);
        }
        newest = snapshot->task_count > 0 ? snapshot : newest;
    }
    if (!judged && newest != NULL) {
        add(judge, "no-growth", OUTCOME_UNKNOWN, newest, NULL)->why = memory_format(
            "no task is in %d snapshots or more: growth cannot be judged", VERDICT_POINTS);
    }
}

/* Limits. */

/* The most that it ever held; where peaks are not known, what it holds. */
static uint64_t most_of(const struct task *task)
{
    return task->peak != UNKNOWN ? task->peak : task->current;
}

static void judge_max(const struct judge *judge, const struct limit *limit)
{
    char *rule = memory_format("max %s=%" PRIu64, limit->name, limit->size);
    bool found = false;

    for (size_t i = 0; i < judge->log->last_count; i++) {
        const struct snapshot *snapshot = judge->log->last[i];

        for (size_t j = 0; j < snapshot->task_count; j++) {
            const struct task *task = &snapshot->tasks[j];
            uint64_t most = most_of(task);
            struct finding *finding;

            if (task->name == NULL || strcmp(task->name, limit->name) != 0) {
                continue;
            }
            found = true;
            if (most != UNKNOWN && most <= limit->size) {
                continue;
            }
            finding = add(judge, rule, most == UNKNOWN ? OUTCOME_UNKNOWN : OUTCOME_BREACH, snapshot,
                          task);
            finding->value = most;
            finding->limit = limit->size;
            finding->why = memory_copy(most == UNKNOWN         ? "its figures were lost"
                                       : task->peak != UNKNOWN ? "its peak is over the limit"
                                                               : "it holds more than the limit");
        }
    }
    if (!found) {
        struct finding *finding =
            findings_add(judge->findings, rule, OUTCOME_UNKNOWN, limit->name, NULL);

        finding->limit = limit->size;
        finding->why = memory_copy("no task of that name is in the log's last snapshots");
    }
    free(rule);
}

/* What heaps of that name held at most, added up; where that is not known, what they hold.
 * False: there is none. */
static bool held_by_heap(const struct snapshot *snapshot, const char *name, uint64_t *held)
{
    bool found = false;

    *held = 0;
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        const struct heap *heap = &snapshot->heaps[i];
        char *label = heap_label(heap);
        uint64_t used = heap_used(snapshot, i);

        if (heap->size != UNKNOWN && heap->min_free <= heap->size) {
            used = heap->size - heap->min_free;
        }
        if (strcmp(label, name) == 0) {
            found = true;
            *held = *held == UNKNOWN || used == UNKNOWN ? UNKNOWN : *held + used;
        }
        free(label);
    }
    return found;
}

static void judge_max_heap(const struct judge *judge, const struct limit *limit)
{
    char *rule = memory_format("max-heap %s=%" PRIu64, limit->name, limit->size);
    bool found = false;

    for (size_t i = 0; i < judge->log->last_count; i++) {
        const struct snapshot *snapshot = judge->log->last[i];
        struct finding *finding;
        uint64_t held;

        if (snapshot->partial || !held_by_heap(snapshot, limit->name, &held)) {
            continue;
        }
        found = true;
        if (snapshot->damaged > 0 && (held == UNKNOWN || held <= limit->size)) {
            add_damaged(judge, rule, snapshot);
        } else if (held > limit->size) {
            finding =
                findings_add(judge->findings, rule,
                             held == UNKNOWN ? OUTCOME_UNKNOWN : OUTCOME_BREACH, NULL, limit->name);
            finding->line = snapshot->line;
            finding->value = held;
            finding->limit = limit->size;
            finding->why = memory_copy(held == UNKNOWN ? "how full it is was lost"
                                                       : "it holds more than the limit");
        }
    }
    if (!found) {
        findings_add(judge->findings, rule, OUTCOME_UNKNOWN, NULL, limit->name)->why =
            memory_copy("no heap of that name is in the log's last snapshots of all tasks");
    }
    free(rule);
}

/* The baseline. */

/* What tasks of that name hold together, and held at most. False: there is none. */
static bool held_by_name(const struct log *log, const char *name, uint64_t *current, uint64_t *peak)
{
    bool found = false;

    *current = *peak = 0;
    for (size_t i = 0; i < log->last_count; i++) {
        for (size_t j = 0; j < log->last[i]->task_count; j++) {
            const struct task *task = &log->last[i]->tasks[j];

            if (task->name == NULL || strcmp(task->name, name) != 0) {
                continue;
            }
            found = true;
            *current = *current == UNKNOWN || task->current == UNKNOWN ? UNKNOWN
                                                                       : *current + task->current;
            *peak = *peak == UNKNOWN || task->peak == UNKNOWN ? UNKNOWN : *peak + task->peak;
        }
    }
    return found;
}

static void compare(const struct judge *judge, const struct snapshot *snapshot,
                    const struct task *task, const char *what, uint64_t value, uint64_t base)
{
    double limit = base == UNKNOWN ? 0 : (double)base * (1 + judge->rules->tolerance);
    bool unknown = base == UNKNOWN || value == UNKNOWN;
    struct finding *finding;

    if (!unknown && (double)value <= limit) {
        return;
    }
    finding = add(judge, "baseline", unknown ? OUTCOME_UNKNOWN : OUTCOME_BREACH, snapshot, task);
    finding->value = value;
    finding->limit = unknown ? UNKNOWN : (uint64_t)limit;
    finding->why = unknown ? memory_format("%s is not known here or in the baseline", what)
                           : memory_format("%s was %" PRIu64 " bytes in the baseline", what, base);
}

/* Only the first task of a name is looked at: the figures are those of all. */
static bool is_first(const struct log *log, const struct task *task)
{
    for (size_t i = 0; i < log->last_count; i++) {
        for (size_t j = 0; j < log->last[i]->task_count; j++) {
            const struct task *other = &log->last[i]->tasks[j];

            if (other->name != NULL && strcmp(other->name, task->name) == 0) {
                return other == task;
            }
        }
    }
    return true;
}

static void judge_baseline(const struct judge *judge, const struct log *baseline)
{
    for (size_t i = 0; i < judge->log->last_count; i++) {
        const struct snapshot *snapshot = judge->log->last[i];

        for (size_t j = 0; j < snapshot->task_count; j++) {
            const struct task *task = &snapshot->tasks[j];
            uint64_t current, peak, base, base_peak;

            if (task->name == NULL || !is_first(judge->log, task)) {
                continue;
            }
            held_by_name(judge->log, task->name, &current, &peak);
            held_by_name(baseline, task->name, &base, &base_peak); /* new ones: 0 */
            compare(judge, snapshot, task, "what it holds", current, base);
            if (peak != UNKNOWN && base_peak != UNKNOWN) {
                compare(judge, snapshot, task, "its peak", peak, base_peak);
            }
        }
        add_damaged(judge, "baseline", snapshot);
    }
}

/* What was looked at and found right is said, too. */
static void add_pass(const struct judge *judge, const char *rule, const char *task)
{
    for (size_t i = 0; i < judge->findings->count; i++) {
        if (strcmp(judge->findings->item[i].rule, rule) == 0) {
            return;
        }
    }
    findings_add(judge->findings, rule, OUTCOME_PASS, task, NULL);
}

static void judge_limits(const struct judge *judge)
{
    for (size_t i = 0; i < judge->rules->task_count; i++) {
        const struct limit *limit = &judge->rules->tasks[i];
        char *rule = memory_format("max %s=%" PRIu64, limit->name, limit->size);

        judge_max(judge, limit);
        add_pass(judge, rule, NULL);
        free(rule);
    }
    for (size_t i = 0; i < judge->rules->heap_count; i++) {
        const struct limit *limit = &judge->rules->heaps[i];
        char *rule = memory_format("max-heap %s=%" PRIu64, limit->name, limit->size);

        judge_max_heap(judge, limit);
        add_pass(judge, rule, NULL);
        free(rule);
    }
}

void judge_log(struct log *log, const struct rules *rules, struct log *baseline,
               struct findings *findings)
{
    const struct judge judge = {.log = log, .rules = rules, .findings = findings};

    log_judge(log);
    if (rules->no_leaks) {
        judge_leaks(&judge);
        add_pass(&judge, "no-leaks", NULL);
    }
    if (rules->no_growth) {
        judge_growth(&judge);
        add_pass(&judge, "no-growth", NULL);
    }
    judge_limits(&judge);
    if (baseline != NULL) {
        judge_baseline(&judge, baseline);
        add_pass(&judge, "baseline", NULL);
    }
}
