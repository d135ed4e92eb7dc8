/* SPDX-License-Identifier: MIT */
/* What to think of a task, and why: docs/host-command.md explains the rule. */
#ifndef HOST_VERDICT_H
#define HOST_VERDICT_H

#include "history.h"

/* Names of tasks that set the program up and then end: what they leave was handed on. */
struct init_names {
    const char **item;
    size_t count;
};

/* Fills verdict, reason and slope of each task of the snapshot. */
void verdict_judge(struct snapshot *snapshot, const struct history *history,
                   const struct init_names *init);

/* So many snapshots are needed for a verdict on a living task. */
enum {
    VERDICT_POINTS = 6,
};

#endif
