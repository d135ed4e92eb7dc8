/* SPDX-License-Identifier: MIT */
/* What each task held over the snapshots of a log. */
#include "history.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum {
    POINTS_MAX = 512,
    SERIES_MAX = 4096,
    SLOTS = 16384, /* a power of two, and so much more that the search ends soon */
};

struct history {
    struct series *series;
    size_t count;
    uint64_t snapshots;
    uint32_t slots[SLOTS]; /* index into series + 1, by the key's hash; 0: unused */
};

struct history *history_new(void)
{
    return memory_new(1, sizeof(struct history));
}

void history_free(struct history *history)
{
    if (history == NULL) {
        return;
    }
    for (size_t i = 0; i < history->count; i++) {
        free(history->series[i].key);
        free(history->series[i].points);
    }
    free(history->series);
    free(history);
}

static uint32_t *slot_of(const struct history *history, const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

    for (const char *s = key; *s != 0; s++) {
        hash = (hash ^ (unsigned char)*s) * UINT64_C(1099511628211);
    }
    for (size_t at = hash & (SLOTS - 1);; at = (at + 1) & (SLOTS - 1)) {
        const uint32_t *slot = &history->slots[at];

        if (*slot == 0 || strcmp(history->series[*slot - 1].key, key) == 0) {
            return (uint32_t *)slot;
        }
    }
}

/* Half of the series are of tasks that were seen longest ago: they go. */
static int by_seen(const void *a, const void *b)
{
    uint64_t left = ((const struct series *)a)->seen, right = ((const struct series *)b)->seen;

    return (left < right) - (left > right);
}

static void forget_old(struct history *history)
{
    qsort(history->series, history->count, sizeof(*history->series), by_seen);
    memset(history->slots, 0, sizeof(history->slots));
    while (history->count > SERIES_MAX / 2) {
        struct series *series = &history->series[--history->count];

        free(series->key);
        free(series->points);
    }
    for (size_t i = 0; i < history->count; i++) {
        *slot_of(history, history->series[i].key) = (uint32_t)i + 1;
    }
}

static struct series *series_of(struct history *history, char *key)
{
    uint32_t *slot = slot_of(history, key);
    struct series *series;

    if (*slot != 0) {
        free(key);
        return &history->series[*slot - 1];
    }
    if (history->count == SERIES_MAX) {
        forget_old(history);
        slot = slot_of(history, key);
    }
    series = memory_append((void **)&history->series, &history->count, sizeof(*series));
    series->key = key;
    series->stride = 1;
    series->points = memory_new(POINTS_MAX, sizeof(*series->points));
    *slot = (uint32_t)history->count;
    return series;
}

static void add_point(struct series *series, struct point point)
{
    if (series->offered++ % series->stride != 0) {
        return;
    }
    if (series->count == POINTS_MAX) {
        for (size_t i = 0; i < POINTS_MAX / 2; i++) {
            series->points[i] = series->points[2 * i];
        }
        series->count /= 2;
        series->stride *= 2;
    }
    series->points[series->count++] = point;
}

void history_add(struct history *history, const struct snapshot *snapshot)
{
    history->snapshots++;
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct task *task = &snapshot->tasks[i];
        struct point point = {.number = (double)history->snapshots};
        struct series *series;

        if (task->state != STATE_ALIVE || task->current == UNKNOWN || task->name == NULL) {
            continue;
        }
        series = series_of(history, snapshot_task_key(snapshot, i));
        series->seen = history->snapshots;
        point.held = (double)task->current;
        if (snapshot->uptime_ms != UNKNOWN) {
            point.seconds = (double)snapshot->uptime_ms / 1000;
        }
        add_point(series, point);
    }
}

const struct series *history_of(const struct history *history, const struct snapshot *snapshot,
                                size_t index)
{
    char *key = snapshot_task_key(snapshot, index);
    uint32_t slot = *slot_of(history, key);

    free(key);
    return slot != 0 ? &history->series[slot - 1] : NULL;
}
