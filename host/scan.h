/* SPDX-License-Identifier: MIT */
/* Reads a piece of text from its front; once something is not as expected, `ok` stays false. */
#ifndef HOST_SCAN_H
#define HOST_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan {
    const char *at;
    const char *end;
    bool ok;
};

struct scan scan_from(const char *text, size_t length);

/* Each takes what it names, or sets ok to false. */
void scan_literal(struct scan *scan, const char *literal);
uint64_t scan_decimal(struct scan *scan); /* no sign; at most 20 digits, less than UINT64_MAX */
uint64_t scan_hex(struct scan *scan, unsigned *digits); /* behind 0x; `digits` may be NULL */
void scan_blanks(struct scan *scan);                    /* none is fine */
void scan_end(struct scan *scan);                       /* but for blanks */

/* Is it there? Then it is taken. */
bool scan_try(struct scan *scan, const char *literal);

/* Where `literal` begins in the text, or NULL. */
const char *scan_find(const char *text, const char *end, const char *literal);

#endif
