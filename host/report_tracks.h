/* SPDX-License-Identifier: MIT */
/* Which task and which heap of one snapshot is which of the next. */
#ifndef HOST_REPORT_TRACKS_H
#define HOST_REPORT_TRACKS_H

#include "log.h"

/* Where a task, or a heap, is in a snapshot. */
struct place {
    size_t snapshot; /* index into log->kept */
    size_t index;    /* into its tasks, or heaps */
};

struct track {
    struct place *place; /* in the order of the snapshots */
    size_t count;
};

struct tracks {
    const struct log *log;
    struct track *tasks, *heaps;
    size_t task_count, heap_count;
    size_t **task_of, **heap_of; /* [snapshot][index] gives the track */
};

struct tracks tracks_of(const struct log *log);
void tracks_free(struct tracks *tracks);

const struct task *track_task(const struct tracks *tracks, struct place place);
const struct heap *track_heap(const struct tracks *tracks, struct place place);

#endif
