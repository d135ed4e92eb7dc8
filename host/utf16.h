/* SPDX-License-Identifier: MIT */
/* Logs in UTF-16, as PowerShell's redirection writes them, as UTF-8. */
#ifndef HOST_UTF16_H
#define HOST_UTF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct utf16 {
    bool half;         /* a byte of a unit is there */
    unsigned char low; /* that byte */
    uint32_t high;     /* the first half of a surrogate pair; 0: none */
};

/* Does a stream begin with the mark of UTF-16, little endian? */
bool utf16_begins(const char *bytes, size_t count);

/* Writes at most 3 bytes for every 2 that come, and 3 more; returns how many. */
size_t utf16_convert(struct utf16 *utf16, const char *bytes, size_t count, char *to);

#endif
