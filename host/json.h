/* SPDX-License-Identifier: MIT */
/* Snapshots as JSON: docs/host-command.md describes it, host/schema.json defines it. */
#ifndef HOST_JSON_H
#define HOST_JSON_H

#include <jansson.h>

#include "log.h"

enum {
    JSON_SCHEMA = 1,
};

json_t *json_snapshot(const struct snapshot *snapshot);

/* schema, source, damaged, notes and reports, and no snapshots yet. */
json_t *json_log(const struct log *log);
void json_add_snapshot(json_t *log, const struct snapshot *snapshot);

#endif
