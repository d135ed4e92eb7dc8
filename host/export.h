/* SPDX-License-Identifier: MIT */
/* Formats of export beside JSON. */
#ifndef HOST_EXPORT_H
#define HOST_EXPORT_H

#include <stdio.h>

#include "log.h"

/* CSV of RFC 4180. A row per task (`heap` is empty) and one per task and heap. */
void export_csv_head(FILE *out);
void export_csv(FILE *out, const struct snapshot *snapshot);

/* OpenMetrics text: gauges of one snapshot. NULL: there was none. */
void export_metrics(FILE *out, const struct log *log, const struct snapshot *snapshot);

#endif
