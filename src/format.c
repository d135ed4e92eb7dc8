/* SPDX-License-Identifier: MIT */
/* Numbers and strings as text in a line for a sink. */
#include "format.h"

#if HL_TASK_TRACKING

/* Inlined always, so that only format_flush calls anything: these functions end
 * every chain of calls. */
static FORMAT_INLINE void add(struct format *to, char c)
{
    if (to->length < to->room) {
        to->bytes[to->length++] = c;
    } else {
        to->full = true;
    }
}

void format_char(struct format *to, char c)
{
    add(to, c);
}

void format_string(struct format *to, const char *string)
{
    while (*string != 0) {
        add(to, *string++);
    }
}

void format_decimal(struct format *to, size_t number)
{
    static const size_t powers[] = {
#if SIZE_MAX > UINT32_MAX
        10000000000000000000U,
        1000000000000000000,
        100000000000000000,
        10000000000000000,
        1000000000000000,
        100000000000000,
        10000000000000,
        1000000000000,
        100000000000,
        10000000000,
#endif
        1000000000,
        100000000,
        10000000,
        1000000,
        100000,
        10000,
        1000,
        100,
        10,
        1,
    };
    const size_t *power = powers;

    while (*power != 1 && *power > number) {
        power++; /* no leading zeros */
    }
    do {
        char digit = '0';

        while (number >= *power) {
            number -= *power;
            digit++;
        }
        add(to, digit);
    } while (*power++ != 1);
}

void format_hex(struct format *to, uintptr_t number, unsigned digits)
{
    for (unsigned left = 2 * sizeof(number); left > 0; left--) {
        uintptr_t rest = number >> (4 * (left - 1));

        if (left <= digits || rest != 0) {
            add(to, "0123456789abcdef"[rest & 15]);
        }
    }
}

bool format_took_back(struct format *to, unsigned mark)
{
    bool full = to->full;

    if (full) {
        to->full = false;
        to->length = (uint8_t)mark;
    }
    return full;
}

void format_flush(struct format *to)
{
    if (to->length > 0 && !to->failed) {
        to->failed = to->sink->write(to->sink->context, to->bytes, to->length) != 0;
    }
    to->length = 0;
}

#endif
