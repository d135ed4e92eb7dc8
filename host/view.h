/* SPDX-License-Identifier: MIT */
/* A snapshot for people: verdict, tasks, heaps. */
#ifndef HOST_VIEW_H
#define HOST_VIEW_H

#include "screen.h"

enum view_sort {
    SORT_CURRENT,
    SORT_PEAK,
    SORT_BLOCKS,
    SORT_NAME,
};

struct view {
    const char *task; /* only tasks of that name; NULL: all */
    const char *heap; /* only what they hold in heaps of that name */
    bool blocks;      /* each block */
    bool bytes;       /* exact sizes */
    enum view_sort sort;
};

/* What is to be said first: who leaked, who grows. */
void view_verdict(const struct screen *screen, const struct snapshot *snapshot);

void view_snapshot(const struct screen *screen, const struct view *view,
                   const struct snapshot *snapshot, uint64_t of);

/* Is there a task, or a heap, of that name? */
bool view_has_task(const struct snapshot *snapshot, const char *name);
bool view_has_heap(const struct snapshot *snapshot, const char *name);

#endif
