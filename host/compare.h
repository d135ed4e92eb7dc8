/* SPDX-License-Identifier: MIT */
/* What changed between two snapshots. */
#ifndef HOST_COMPARE_H
#define HOST_COMPARE_H

#include <jansson.h>

#include "model.h"

/* {"tasks": [...], "heaps": [...], "blocks": {"come": [...], "gone": [...], "moved": [...]}}:
 * only what changed. `blocks` is null when one of the two does not list them.
 * docs/host-command.md describes it. */
json_t *compare_snapshots(const struct snapshot *from, const struct snapshot *to);

#endif
