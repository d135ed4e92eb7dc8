/* SPDX-License-Identifier: MIT */
/* What loggers put before a line: time stamps, names of hosts. Learned from lines that show
 * where they end. */
#ifndef HOST_PREFIX_H
#define HOST_PREFIX_H

#include <stddef.h>

enum {
    PREFIX_SHAPES = 4,
    PREFIX_LENGTH = 96,
};

/* Shapes: rows of digits stand as one 0, rows of blanks as one, so that time stamps of one form
 * are one shape. */
struct prefix {
    char shapes[PREFIX_SHAPES][PREFIX_LENGTH];
    size_t count;
};

/* Such text was before a line. */
void prefix_learn(struct prefix *prefix, const char *text, const char *end);

/* Where the line itself begins: behind text of a known shape. NULL: the shapes that are known do
 * not fit. When none is known, behind what looks like a time stamp. */
const char *prefix_skip(const struct prefix *prefix, const char *text, const char *end);

/* Where the run of blanks begins that ends at `end`. */
const char *prefix_blanks(const char *text, const char *end);

#endif
