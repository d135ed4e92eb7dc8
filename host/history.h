/* SPDX-License-Identifier: MIT */
/* What each task held over the snapshots of a log: bounded, however long the log. */
#ifndef HOST_HISTORY_H
#define HOST_HISTORY_H

#include "model.h"

struct point {
    double seconds; /* since the boot; 0: not known */
    double number;  /* of the snapshot, in the log */
    double held;    /* bytes */
};

struct series {
    char *key;
    struct point *points;
    size_t count;
    uint64_t stride; /* every so many-th snapshot is a point: doubles when there is no room */
    uint64_t offered;
    uint64_t seen; /* number of the snapshot that it was last in */
};

struct history;

struct history *history_new(void);
void history_free(struct history *history);

/* A snapshot has come: each living task gets a point. */
void history_add(struct history *history, const struct snapshot *snapshot);

/* NULL: nothing is known of the task. `index`: of the task in the snapshot. */
const struct series *history_of(const struct history *history, const struct snapshot *snapshot,
                                size_t index);

#endif
