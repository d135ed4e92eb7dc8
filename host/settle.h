/* SPDX-License-Identifier: MIT */
/* Compares the figures of a print with each other, and takes out those that contradict. */
#ifndef HOST_SETTLE_H
#define HOST_SETTLE_H

#include "stream.h"

struct settle {
    struct stream *stream;
    struct snapshot *snapshot;
    bool sixteen_bits;              /* the format is known to cut figures to 16 bits */
    bool heaps_shown, blocks_shown; /* in this print */
};

/* A figure that contradicts others becomes UNKNOWN, with a report; if all that is wrong is that
 * it was printed with 16 bits, with a note. */
void settle_task(const struct settle *settle, struct task *task);

/* Sizes of heaps that are too small for what lies in them. */
void settle_heaps(const struct settle *settle);

#endif
