/* SPDX-License-Identifier: MIT */
/* Reads a piece of text from its front. */
#include "scan.h"

#include <string.h>

struct scan scan_from(const char *text, size_t length)
{
    return (struct scan){.at = text, .end = text + length, .ok = true};
}

bool scan_try(struct scan *scan, const char *literal)
{
    size_t length = strlen(literal);

    if (!scan->ok || (size_t)(scan->end - scan->at) < length ||
        memcmp(scan->at, literal, length) != 0) {
        return false;
    }
    scan->at += length;
    return true;
}

void scan_literal(struct scan *scan, const char *literal)
{
    scan->ok = scan_try(scan, literal);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

static uint64_t number(struct scan *scan, unsigned base, unsigned *digits)
{
    uint64_t value = 0;

    *digits = 0;
    while (scan->ok && scan->at < scan->end) {
        unsigned digit = (unsigned)digit_of(*scan->at);

        if (digit >= base) {
            break;
        }
        if (value > (UINT64_MAX - 1 - digit) / base) {
            scan->ok = false; /* too large */
            return 0;
        }
        value = value * base + digit;
        scan->at++;
        ++*digits;
    }
    scan->ok = scan->ok && *digits > 0;
    return value;
}

uint64_t scan_decimal(struct scan *scan)
{
    unsigned digits;

    return number(scan, 10, &digits);
}

uint64_t scan_hex(struct scan *scan, unsigned *digits)
{
    unsigned unused;

    return number(scan, 16, digits != NULL ? digits : &unused);
}

void scan_blanks(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\t')) {
        scan->at++;
    }
}

void scan_end(struct scan *scan)
{
    scan_blanks(scan);
    scan->ok = scan->ok && scan->at == scan->end;
}

const char *scan_find(const char *text, const char *end, const char *literal)
{
    return memmem(text, (size_t)(end - text), literal, strlen(literal));
}
