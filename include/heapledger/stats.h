/* SPDX-License-Identifier: MIT */
/* The one list of what is counted per task beyond bytes and blocks. */
#ifndef HEAPLEDGER_STATS_H
#define HEAPLEDGER_STATS_H

#include "heapledger/config.h"

/*
 * X(name) for each 32-bit counter that the build options switch on, in the order in which they are
 * kept, shown and written. Everything that lists counters (the ledger, snapshots, the wire format)
 * is made from these lists; a new counter is a new line here and one place that counts it.
 */

#if HL_COUNT_EVENTS
#define HL_EVENT_COUNTERS(X)                                                                       \
    X(allocations)     /* successful, those of a moving realloc not counted */                     \
    X(frees)           /* blocks of this task that were freed, by whomever */                      \
    X(freed_by_others) /* of those, by another task */                                             \
    X(resizes)         /* successful reallocs, in place or moving */
#else
#define HL_EVENT_COUNTERS(X)
#endif

#if HL_COUNT_FAILURES
#define HL_FAILURE_SUMS(X)   X(failures) /* allocations that failed, refused by a limit or not */
#define HL_FAILURE_MAXIMA(X) X(largest_refused) /* the largest size among them, as asked for */
#else
#define HL_FAILURE_SUMS(X)
#define HL_FAILURE_MAXIMA(X)
#endif
#define HL_FAILURE_COUNTERS(X) HL_FAILURE_SUMS(X) HL_FAILURE_MAXIMA(X)

#define HL_TASK_COUNTERS(X) HL_EVENT_COUNTERS(X) HL_FAILURE_COUNTERS(X)

/* Those that add up when two accounts become one; of the others the larger value stays. */
#define HL_TASK_SUMS(X)   HL_EVENT_COUNTERS(X) HL_FAILURE_SUMS(X)
#define HL_TASK_MAXIMA(X) HL_FAILURE_MAXIMA(X)

#endif
