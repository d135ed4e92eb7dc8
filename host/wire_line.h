/* SPDX-License-Identifier: MIT */
/* One line of the wire format (docs/wire-format.md), found in whatever surrounds it. */
#ifndef HOST_WIRE_LINE_H
#define HOST_WIRE_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct wire_line {
    uint64_t boot, number, index; /* where it belongs */
    uint32_t crc;
    const char *type; /* points into `fields` */
    json_t *fields;   /* the first of them is the type */
    uint64_t line;    /* of the stream */
};

/* The next line between `*at` and `end`; moves `*at` behind it. 1: `line` is filled, and owns
 * its fields. 0: there is none. -1: it is damaged, `*why` says how. */
int wire_line_next(const char **at, const char *end, struct wire_line *line, const char **why);

/* A number of the format; UNKNOWN: it is none, or so large (over 2^53) that it would not be
 * exact. */
uint64_t wire_line_number(const json_t *value);

/* The check sum of what is from `text` to `end`: CRC-32/ISO-HDLC. */
uint32_t wire_line_crc(const char *text, const char *end);

#endif
