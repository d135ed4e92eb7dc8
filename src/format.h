/* SPDX-License-Identifier: MIT */
/* Numbers and strings as text in a line for a sink: what both writers are made
 * of. */
#ifndef HL_FORMAT_H
#define HL_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heapledger/writers.h"

/*
 * The writers promise to need little stack, so they say which functions get a
 * frame: a compiler that inlines freely puts everybody's locals into one frame
 * that is there all the time.
 */
#if defined(__GNUC__)
#define FORMAT_APART  __attribute__((noinline))
#define FORMAT_INLINE inline __attribute__((always_inline))
#else
#define FORMAT_APART
#define FORMAT_INLINE inline
#endif

/* The longest line that reaches the sink in one call. Larger costs stack,
 * smaller costs lines. */
enum {
    FORMAT_LINE = 104,
};

/* A line that grows. What does not fit is left out, and noticed. */
struct format {
    const struct hl_sink *sink;
    uint8_t length;
    uint8_t room;
    bool full;   /* something was left out */
    bool failed; /* the sink could not take the bytes: nothing more is given to it
                */
    char bytes[FORMAT_LINE];
};

void format_char(struct format *to, char c);
void format_string(struct format *to, const char *string);

/* Decimal, without division: at most 9 subtractions per digit. */
void format_decimal(struct format *to, size_t number);

/* Lower-case hexadecimal, with at least `digits` digits. */
void format_hex(struct format *to, uintptr_t number, unsigned digits);

/* If not all of what was written behind `mark` found room, takes it back. */
bool format_took_back(struct format *to, unsigned mark);

/* Hands what there is to the sink, in one call. */
void format_flush(struct format *to);

#endif
