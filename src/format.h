/* SPDX-License-Identifier: MIT */
/* Numbers and strings as text in a small buffer over a sink: what both writers are made of. */
#ifndef HL_FORMAT_H
#define HL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heapledger/writers.h"

/* Text that grows in a buffer of up to 255 bytes, which the caller gives. */
struct format {
    const struct hl_sink *sink;
    char *bytes;
    uint8_t length;
    uint8_t room;
    bool spill;  /* a full buffer is handed to the sink; otherwise what does not fit is left out */
    bool full;   /* something was left out */
    bool failed; /* the sink could not take the bytes: nothing more is given to it */
};

void format_char(struct format *to, char c);
void format_string(struct format *to, const char *string);

/* Decimal, without division: at most 9 subtractions per digit. */
void format_decimal(struct format *to, size_t number);

/* Lower-case hexadecimal, with at least `digits` digits. */
void format_hex(struct format *to, uintptr_t number, unsigned digits);

/* `0x` and at least 8 digits. */
void format_address(struct format *to, const void *address);

/* Hands what there is to the sink, in one call. */
void format_flush(struct format *to);

#endif
