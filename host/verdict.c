/* SPDX-License-Identifier: MIT */
/* What to think of a task, and why. */
#include "verdict.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "size.h"

/*
 * Growth. The first fifth of a series is left out: start-up. The rest is cut into windows, and each
 * window's least value is taken, its floor: what comes and goes does not raise it, what stays does.
 * A leak raises the floors all the time; so two things are asked:
 *
 *   Kendall's tau of the floors, (pairs that rise - pairs that fall) / pairs, is high. The fewer
 *   windows, the higher, since fewer rise by chance more easily;
 *   between the last two quarters of the floors the rise is at least LATE of what a steady rise
 *   would give: a cache that has filled no longer does that.
 *
 * Kendall, "A new measure of rank correlation", Biometrika 30 (1938). Where the numbers come from:
 * bench/host_verdicts.py.
 */
enum {
    WINDOWS = 8,
    WINDOWS_LEAST = 4,
    WINDOW_POINTS = 2, /* at least, where there are enough points for WINDOWS_LEAST */
};
#define START_UP 0.2
#define LATE     0.25

static double tau_needed(size_t windows)
{
    return windows <= 4 ? 1 : windows == 5 ? 0.8 : 0.6;
}

/* Spiky: the largest value is that far above the middle one. */
#define SPIKE       1.5
#define SPIKE_BYTES 256

struct floors {
    double value[WINDOWS];
    double time[WINDOWS];
    size_t count;
};

/* Do the points have times that go on? Else they are counted. */
static bool has_times(const struct point *points, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (points[i].seconds < points[i - 1].seconds) {
            return false;
        }
    }
    return points[count - 1].seconds > points[0].seconds;
}

static void find_floors(const struct point *points, size_t count, bool seconds,
                        struct floors *floors)
{
    floors->count = count / WINDOW_POINTS < WINDOWS_LEAST ? WINDOWS_LEAST
                    : count / WINDOW_POINTS > WINDOWS     ? WINDOWS
                                                          : count / WINDOW_POINTS;
    for (size_t i = 0; i < floors->count; i++) {
        size_t begin = i * count / floors->count, end = (i + 1) * count / floors->count;

        floors->value[i] = points[begin].held;
        floors->time[i] = seconds ? (points[begin].seconds + points[end - 1].seconds) / 2
                                  : (points[begin].number + points[end - 1].number) / 2;
        for (size_t j = begin; j < end; j++) {
            floors->value[i] = fmin(floors->value[i], points[j].held);
        }
    }
}

static double tau_of(const struct floors *floors)
{
    int sum = 0;

    for (size_t i = 0; i < floors->count; i++) {
        for (size_t j = i + 1; j < floors->count; j++) {
            sum += (floors->value[j] > floors->value[i]) - (floors->value[j] < floors->value[i]);
        }
    }
    return sum / ((double)floors->count * (double)(floors->count - 1) / 2);
}

static double mean(const double *values, size_t from, size_t to)
{
    double sum = 0;

    for (size_t i = from; i < to; i++) {
        sum += values[i];
    }
    return sum / (double)(to - from);
}

/* Per unit of time, between the halves. */
static double slope_of(const struct floors *floors)
{
    size_t half = floors->count / 2;
    double time = mean(floors->time, half, floors->count) - mean(floors->time, 0, half);
    double rise = mean(floors->value, half, floors->count) - mean(floors->value, 0, half);

    return time > 0 ? rise / time : 0;
}

static bool grows(const struct floors *floors)
{
    size_t count = floors->count, quarter = count / 4 > 0 ? count / 4 : 1;
    double rise = floors->value[count - 1] - floors->value[0];
    double late = mean(floors->value, count - quarter, count) -
                  mean(floors->value, count - 2 * quarter, count - quarter);
    double steady = rise * (double)quarter / (double)(count - quarter);

    return rise > 0 && tau_of(floors) >= tau_needed(count) - 1e-9 && late >= LATE * steady;
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static bool has_spikes(const struct point *points, size_t count)
{
    double *values = memory_new(count, sizeof(*values));
    double middle, most;

    for (size_t i = 0; i < count; i++) {
        values[i] = points[i].held;
    }
    qsort(values, count, sizeof(*values), by_value);
    middle = values[count / 2];
    most = values[count - 1];
    free(values);
    return most > SPIKE * middle && most - middle > SPIKE_BYTES;
}

/* The rule alone: growing, spiky, steady; NONE: too few points. `slope`: bytes per second, or
 * per snapshot where there are no times. */
static enum verdict of_series(const struct series *series, double *slope, bool *per_second)
{
    size_t skip = (size_t)((double)series->count * START_UP);
    struct floors floors = {0};

    *slope = 0;
    *per_second = false;
    if (series->count < VERDICT_POINTS) {
        return VERDICT_NONE;
    }
    *per_second = has_times(series->points + skip, series->count - skip);
    find_floors(series->points + skip, series->count - skip, *per_second, &floors);
    if (grows(&floors)) {
        *slope = slope_of(&floors);
        return VERDICT_GROWING;
    }
    return has_spikes(series->points + skip, series->count - skip) ? VERDICT_SPIKY : VERDICT_STEADY;
}

/* Dead tasks. */

static bool sets_up(const char *name, const struct init_names *init)
{
    if (strcmp(name, "main") == 0) {
        return true;
    }
    for (size_t i = 0; i < init->count; i++) {
        if (strcmp(name, init->item[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void judge_dead(struct task *task, const struct init_names *init)
{
    uint64_t blocks = task_blocks(task);
    char *held;

    if (task->current == UNKNOWN) {
        return;
    }
    if (task->current == 0) {
        task->verdict = VERDICT_STEADY;
        task->reason = memory_copy("it is deleted and gave everything back");
        return;
    }
    held = size_words(task->current, blocks);
    if (task->name != NULL && sets_up(task->name, init)) {
        task->verdict = VERDICT_HANDED_ON;
        task->reason = memory_format("it is deleted and left %s behind; it sets the program up, so "
                                     "others use them",
                                     held);
    } else {
        task->verdict = VERDICT_LEAKED;
        task->reason = memory_format("it is deleted and never gave back %s", held);
    }
    free(held);
}

/* Living tasks. */

/* What is free in the heap that holds most of what the task has; UNKNOWN: the source does not
 * say. */
static uint64_t room_for(const struct snapshot *snapshot, const struct task *task)
{
    const struct account *largest = NULL;
    const struct heap *heap;
    uint64_t used;

    for (size_t i = 0; i < task->account_count; i++) {
        const struct account *account = &task->accounts[i];

        if (account->current != UNKNOWN &&
            (largest == NULL || account->current > largest->current)) {
            largest = account;
        }
    }
    if (largest == NULL) {
        return UNKNOWN;
    }
    heap = &snapshot->heaps[largest->heap];
    if (heap->free != UNKNOWN) {
        return heap->free;
    }
    used = snapshot->partial ? UNKNOWN : heap_used(snapshot, largest->heap);
    return heap->size != UNKNOWN && used != UNKNOWN && used <= heap->size ? heap->size - used
                                                                          : UNKNOWN;
}

static void explain_growth(const struct snapshot *snapshot, struct task *task,
                           const struct series *series)
{
    uint64_t room = room_for(snapshot, task);
    char rate[64], when[64] = "";

    size_rate(rate, sizeof(rate), task->slope, task->slope_per_second);
    if (room != UNKNOWN && task->slope > 0) {
        task->seconds_left = task->slope_per_second ? (double)room / task->slope : -1;
        size_when(when, sizeof(when), (double)room / task->slope, task->slope_per_second);
    }
    task->reason =
        memory_format("what it holds rises by %s over %zu snapshots%s", rate, series->count, when);
}

static void judge_living(const struct snapshot *snapshot, struct task *task,
                         const struct series *series)
{
    size_t count = series != NULL ? series->count : 0;

    if (count < VERDICT_POINTS) {
        task->reason = memory_format("%zu snapshot%s: growth shows over %d or more", count,
                                     count == 1 ? "" : "s", VERDICT_POINTS);
        return;
    }
    task->verdict = of_series(series, &task->slope, &task->slope_per_second);
    if (task->verdict == VERDICT_GROWING) {
        explain_growth(snapshot, task, series);
    } else if (task->verdict == VERDICT_SPIKY) {
        task->reason = memory_format("it comes back from its peaks over %zu snapshots", count);
    } else {
        task->reason = memory_format("it does not grow over %zu snapshots", count);
    }
}

void verdict_judge(struct snapshot *snapshot, const struct history *history,
                   const struct init_names *init)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        struct task *task = &snapshot->tasks[i];

        free(task->reason);
        task->reason = NULL;
        task->verdict = VERDICT_NONE;
        if (task->state == STATE_DELETED) {
            judge_dead(task, init);
        } else if (task->state == STATE_ALIVE && task->current != UNKNOWN) {
            judge_living(snapshot, task, history_of(history, snapshot, i));
        }
    }
}
