/* SPDX-License-Identifier: MIT */
/* The report's page, with data put into it. */
#ifndef HOST_REPORT_PAGE_H
#define HOST_REPORT_PAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Made at build time from host/report/. */
extern const unsigned char report_page[];
extern const size_t report_page_length;

void report_page_write(FILE *out, const json_t *data);

#endif
