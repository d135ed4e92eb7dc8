/* SPDX-License-Identifier: MIT */
/* Reads back what `show --json` and `export --format json|ndjson` wrote. */
#ifndef HOST_JSON_LOAD_H
#define HOST_JSON_LOAD_H

#include <stdio.h>

#include "stream.h"

/* Does a file begin like one of ours? `head`: its first bytes. */
bool json_load_is_ours(const char *head, size_t count);

/* Gives its snapshots to the listener. What is wrong is reported as damage. */
void json_load(FILE *file, const char *source, const struct stream_listener *listener);

#endif
