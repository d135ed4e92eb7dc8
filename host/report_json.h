/* SPDX-License-Identifier: MIT */
/* The data of the report's page: host/report/README.md describes it. */
#ifndef HOST_REPORT_JSON_H
#define HOST_REPORT_JSON_H

#include <jansson.h>

#include "log.h"

/* A log that was read with keep_all. */
json_t *report_log(struct log *log);

#endif
