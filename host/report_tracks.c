/* SPDX-License-Identifier: MIT */
/* Which task and which heap of one snapshot is which of the next. */
#include "report_tracks.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "report_index.h"

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool alike(const struct heap *a, const struct heap *b)
{
    return same(a->name, b->name) && a->start == b->start && a->size == b->size &&
           a->size_mod_64k == b->size_mod_64k && a->caps == b->caps;
}

/* A reboot changes nothing about heaps. */
static char *heap_key(const struct snapshot *snapshot, size_t index)
{
    const struct heap *heap = &snapshot->heaps[index];
    size_t place = 0;

    for (size_t i = 0; i < index; i++) {
        place += alike(&snapshot->heaps[i], heap);
    }
    return memory_format("%zu/%" PRIx64 "/%" PRIx64 "/%" PRIx64 "/%" PRIx64 "/%s", place,
                         heap->start, heap->size, heap->size_mod_64k, heap->caps,
                         heap->name != NULL ? heap->name : "");
}

/* The track of that key; a place is added to it. Takes the key over. */
static size_t follow(struct index_map *map, struct track **tracks, size_t *count, char *key,
                     struct place place)
{
    uint64_t hash[2];
    size_t *value;
    struct track *track;

    index_hash(hash, key);
    free(key);
    value = index_at(map, hash[0], hash[1]);
    if (*value == 0) {
        memory_append((void **)tracks, count, sizeof(**tracks));
        *value = *count;
    }
    track = &(*tracks)[*value - 1];
    *(struct place *)memory_append((void **)&track->place, &track->count, sizeof(place)) = place;
    return *value - 1;
}

struct tracks tracks_of(const struct log *log)
{
    struct tracks tracks = {.log = log};
    struct index_map tasks = {0}, heaps = {0};

    tracks.task_of = memory_new(log->kept_count, sizeof(*tracks.task_of));
    tracks.heap_of = memory_new(log->kept_count, sizeof(*tracks.heap_of));
    for (size_t s = 0; s < log->kept_count; s++) {
        const struct snapshot *snapshot = log->kept[s];

        tracks.task_of[s] = memory_new(snapshot->task_count, sizeof(size_t));
        tracks.heap_of[s] = memory_new(snapshot->heap_count, sizeof(size_t));
        for (size_t i = 0; i < snapshot->heap_count; i++) {
            tracks.heap_of[s][i] = follow(&heaps, &tracks.heaps, &tracks.heap_count,
                                          heap_key(snapshot, i), (struct place){s, i});
        }
        for (size_t i = 0; i < snapshot->task_count; i++) {
            tracks.task_of[s][i] = follow(&tasks, &tracks.tasks, &tracks.task_count,
                                          snapshot_task_key(snapshot, i), (struct place){s, i});
        }
    }
    index_free(&tasks);
    index_free(&heaps);
    return tracks;
}

void tracks_free(struct tracks *tracks)
{
    for (size_t i = 0; i < tracks->task_count; i++) {
        free(tracks->tasks[i].place);
    }
    for (size_t i = 0; i < tracks->heap_count; i++) {
        free(tracks->heaps[i].place);
    }
    for (size_t s = 0; s < tracks->log->kept_count; s++) {
        free(tracks->task_of[s]);
        free(tracks->heap_of[s]);
    }
    free(tracks->tasks);
    free(tracks->heaps);
    free(tracks->task_of);
    free(tracks->heap_of);
    *tracks = (struct tracks){0};
}

const struct task *track_task(const struct tracks *tracks, struct place place)
{
    return &tracks->log->kept[place.snapshot]->tasks[place.index];
}

const struct heap *track_heap(const struct tracks *tracks, struct place place)
{
    return &tracks->log->kept[place.snapshot]->heaps[place.index];
}
