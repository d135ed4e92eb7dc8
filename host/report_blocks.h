/* SPDX-License-Identifier: MIT */
/* The lives of blocks: each block once, with the snapshots in which it is listed. */
#ifndef HOST_REPORT_BLOCKS_H
#define HOST_REPORT_BLOCKS_H

#include <jansson.h>

#include "report_tracks.h"

/* Per heap, by the heap's track: `base`, an address, and `lives`, a packed row. */
json_t *report_blocks(const struct tracks *tracks);

/* Per snapshot: 0 it lists no blocks, 1 all, 2 some are missing. */
unsigned report_listed(const struct snapshot *snapshot);

#endif
