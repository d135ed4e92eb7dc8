/* SPDX-License-Identifier: MIT */
/* The data of the report's page. */
#include "report_json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "json.h"
#include "memory.h"
#include "report_blocks.h"
#include "report_pack.h"
#include "report_tracks.h"

static json_t *figure(uint64_t value)
{
    return value > INT64_MAX ? json_null() : json_integer((json_int_t)value);
}

static json_t *string(const char *value)
{
    return value != NULL ? json_string(value) : json_null();
}

static json_t *taken(char *value)
{
    json_t *json = string(value);

    free(value);
    return json;
}

static json_t *address(uint64_t value)
{
    return value == UNKNOWN ? json_null() : taken(memory_format("0x%08" PRIx64, value));
}

/* Rows: what `get` tells of the snapshots, of the places of a task, of those of a heap. */

typedef uint64_t (*snapshot_figure)(const struct snapshot *snapshot);

static uint64_t snapshot_line(const struct snapshot *snapshot)
{
    return snapshot->line;
}

static uint64_t snapshot_index(const struct snapshot *snapshot)
{
    return snapshot->index;
}

static uint64_t snapshot_boot_index(const struct snapshot *snapshot)
{
    return snapshot->boot_index;
}

static uint64_t snapshot_uptime(const struct snapshot *snapshot)
{
    return snapshot->uptime_ms;
}

static uint64_t snapshot_damaged(const struct snapshot *snapshot)
{
    return snapshot->damaged;
}

static uint64_t snapshot_changed(const struct snapshot *snapshot)
{
    return snapshot->changed ? 1 : 0;
}

static uint64_t snapshot_partial(const struct snapshot *snapshot)
{
    return snapshot->partial || snapshot->task_count == 0 ? 1 : 0;
}

static uint64_t snapshot_listed(const struct snapshot *snapshot)
{
    return report_listed(snapshot);
}

static json_t *snapshots_json(const struct log *log)
{
    static const struct {
        const char *name;
        snapshot_figure get;
    } rows[] = {
        {"line", snapshot_line},       {"index", snapshot_index},     {"boot", snapshot_boot_index},
        {"uptime", snapshot_uptime},   {"damaged", snapshot_damaged}, {"changed", snapshot_changed},
        {"partial", snapshot_partial}, {"listed", snapshot_listed},
    };
    json_t *object = json_pack("{s:I}", "count", (json_int_t)log->kept_count);
    json_t *formats = json_array(), *builds = json_array();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pack pack = {0};

        for (size_t s = 0; s < log->kept_count; s++) {
            pack_figure(&pack, rows[i].get(log->kept[s]));
        }
        json_object_set_new(object, rows[i].name, pack_json(&pack));
    }
    for (size_t s = 0; s < log->kept_count; s++) {
        json_array_append_new(formats, string(log->kept[s]->format));
        json_array_append_new(builds, string(log->kept[s]->build));
    }
    json_object_set_new(object, "format", formats);
    json_object_set_new(object, "build", builds);
    return object;
}

/* Tasks. */

static uint64_t task_current(const struct task *task)
{
    return task->current;
}

static uint64_t task_peak(const struct task *task)
{
    return task->peak;
}

static uint64_t task_state(const struct task *task)
{
    return (uint64_t)task->state;
}

static uint64_t account_figure(const struct account *account, int which)
{
    return which == 0 ? account->current : which == 1 ? account->peak : account->block_count;
}

static json_t *task_row(const struct tracks *tracks, const struct track *track,
                        uint64_t (*get)(const struct task *task))
{
    struct pack pack = {0};

    for (size_t i = 0; i < track->count; i++) {
        pack_figure(&pack, get(track_task(tracks, track->place[i])));
    }
    return pack_json(&pack);
}

static json_t *counters_json(const struct tracks *tracks, const struct track *track)
{
    json_t *object = json_object();

    for (int c = 0; c < COUNTER_COUNT; c++) {
        struct pack pack = {0};
        bool known = false;

        for (size_t i = 0; i < track->count; i++) {
            uint64_t value = track_task(tracks, track->place[i])->counters[c];

            pack_figure(&pack, value);
            known = known || value != UNKNOWN;
        }
        if (known) {
            json_object_set_new(object, counter_name((enum counter)c), pack_json(&pack));
        } else {
            free(pack.text);
        }
    }
    return object;
}

static const struct account *account_on(const struct tracks *tracks, struct place place,
                                        size_t heap)
{
    const struct task *task = track_task(tracks, place);

    for (size_t i = 0; i < task->account_count; i++) {
        if (tracks->heap_of[place.snapshot][task->accounts[i].heap] == heap) {
            return &task->accounts[i];
        }
    }
    return NULL;
}

/* What the task has in one heap; NULL: it never used it. */
static json_t *account_json(const struct tracks *tracks, const struct track *track, size_t heap)
{
    static const char *const names[] = {"current", "peak", "blocks"};
    json_t *object = json_pack("{s:I}", "heap", (json_int_t)heap);
    bool used = false;

    for (int which = 0; which < 3; which++) {
        struct pack pack = {0};

        for (size_t i = 0; i < track->count; i++) {
            const struct account *account = account_on(tracks, track->place[i], heap);

            used = used || account != NULL;
            pack_figure(&pack, account != NULL ? account_figure(account, which) : UNKNOWN);
        }
        json_object_set_new(object, names[which], pack_json(&pack));
    }
    if (!used) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *places_json(const struct track *track)
{
    struct pack pack = {0};

    for (size_t i = 0; i < track->count; i++) {
        pack_figure(&pack, track->place[i].snapshot);
    }
    return pack_json(&pack);
}

static void set_verdict(json_t *object, const struct task *task)
{
    json_object_set_new(object, "verdict", string(verdict_name(task->verdict)));
    json_object_set_new(object, "reason", string(task->reason));
    if (task->verdict == VERDICT_GROWING) {
        json_object_set_new(object, "slope", json_real(task->slope));
        json_object_set_new(object, "slope_per_second", json_boolean(task->slope_per_second));
        json_object_set_new(object, "seconds_left",
                            task->seconds_left >= 0 ? json_real(task->seconds_left) : json_null());
    }
}

/* In the last snapshot that has it a task has its last name, and its verdict. */
static json_t *task_json(const struct tracks *tracks, const struct track *track)
{
    const struct task *last = track_task(tracks, track->place[track->count - 1]);
    json_t *object = json_object(), *accounts = json_array();

    json_object_set_new(object, "name", string(last->name));
    json_object_set_new(object, "label", taken(task_label(last)));
    json_object_set_new(object, "serial", figure(last->serial));
    set_verdict(object, last);
    json_object_set_new(object, "at", places_json(track));
    json_object_set_new(object, "state", task_row(tracks, track, task_state));
    json_object_set_new(object, "current", task_row(tracks, track, task_current));
    json_object_set_new(object, "peak", task_row(tracks, track, task_peak));
    json_object_set_new(object, "blocks", task_row(tracks, track, task_blocks));
    json_object_set_new(object, "counters", counters_json(tracks, track));
    for (size_t heap = 0; heap < tracks->heap_count; heap++) {
        json_t *account = account_json(tracks, track, heap);

        if (account != NULL) {
            json_array_append_new(accounts, account);
        }
    }
    json_object_set_new(object, "accounts", accounts);
    return object;
}

/* Heaps. */

static uint64_t heap_figure(const struct tracks *tracks, struct place place, int which)
{
    const struct snapshot *snapshot = tracks->log->kept[place.snapshot];
    const struct heap *heap = track_heap(tracks, place);
    const uint64_t figures[] = {snapshot->partial ? UNKNOWN : heap_used(snapshot, place.index),
                                heap->free, heap->min_free, heap->largest_free, heap->block_count};

    return figures[which];
}

static json_t *heap_json(const struct tracks *tracks, const struct track *track)
{
    static const char *const rows[] = {"used", "free", "min_free", "largest_free", "blocks"};
    const struct heap *last = track_heap(tracks, track->place[track->count - 1]);
    json_t *object = json_object();

    json_object_set_new(object, "label", taken(heap_label(last)));
    json_object_set_new(object, "caps", figure(last->caps));
    json_object_set_new(object, "caps_words",
                        last->caps != UNKNOWN ? taken(caps_names(last->caps)) : json_null());
    json_object_set_new(object, "size", figure(last->size));
    json_object_set_new(object, "start", address(last->start));
    json_object_set_new(object, "foreign", json_boolean(last->foreign));
    json_object_set_new(object, "at", places_json(track));
    for (int which = 0; which < 5; which++) {
        struct pack pack = {0};

        for (size_t i = 0; i < track->count; i++) {
            pack_figure(&pack, heap_figure(tracks, track->place[i], which));
        }
        json_object_set_new(object, rows[which], pack_json(&pack));
    }
    return object;
}

json_t *report_log(struct log *log)
{
    struct tracks tracks = tracks_of(log);
    const struct snapshot *newest = log_newest(log);
    json_t *object = json_log(log), *tasks = json_array(), *heaps = json_array();

    for (size_t i = 0; i < tracks.task_count; i++) {
        json_array_append_new(tasks, task_json(&tracks, &tracks.tasks[i]));
    }
    for (size_t i = 0; i < tracks.heap_count; i++) {
        json_array_append_new(heaps, heap_json(&tracks, &tracks.heaps[i]));
    }
    for (size_t s = 0; s < log->kept_count; s++) {
        if (log->kept[s] == newest) {
            json_object_set_new(object, "newest", json_integer((json_int_t)s));
        }
    }
    json_object_set_new(object, "lines", figure(log->lines));
    json_object_set_new(object, "bytes", figure(log->bytes));
    json_object_set_new(object, "snapshots", snapshots_json(log));
    json_object_set_new(object, "tasks", tasks);
    json_object_set_new(object, "heaps", heaps);
    json_object_set_new(object, "blocks", report_blocks(&tracks));
    tracks_free(&tracks);
    return object;
}
