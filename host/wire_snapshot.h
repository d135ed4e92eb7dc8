/* SPDX-License-Identifier: MIT */
/* Makes a snapshot of the lines of the wire format that arrived. */
#ifndef HOST_WIRE_SNAPSHOT_H
#define HOST_WIRE_SNAPSHOT_H

#include "stream.h"
#include "wire_line.h"

/* `lines` are those of one snapshot, in order of their index, each once. What is missing is
 * reported. NULL: nothing can be made of them, which is reported as well. */
struct snapshot *wire_snapshot(struct stream *stream, const struct wire_line *lines, size_t count);

#endif
