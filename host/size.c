/* SPDX-License-Identifier: MIT */
/* Sizes, rates and times, in words and from words. */
#include "size.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "model.h"

static void scaled(char *to, size_t room, double size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;

    while (size >= 1024 && unit < 4) {
        size /= 1024;
        unit++;
    }
    snprintf(to, room, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
}

void size_text(char *to, size_t room, uint64_t size, bool exact)
{
    if (size == UNKNOWN) {
        snprintf(to, room, "?");
    } else if (exact) {
        snprintf(to, room, "%" PRIu64 " B", size);
    } else {
        scaled(to, room, (double)size);
    }
}

char *size_words(uint64_t size, uint64_t blocks)
{
    const char *plural = size == 1 ? "" : "s";

    if (blocks == UNKNOWN) {
        return memory_format("%" PRIu64 " byte%s", size, plural);
    }
    return memory_format("%" PRIu64 " byte%s in %" PRIu64 " block%s", size, plural, blocks,
                         blocks == 1 ? "" : "s");
}

void size_rate(char *to, size_t room, double slope, bool per_second)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}};
    char size[32];
    size_t unit = 0;

    if (!per_second) {
        scaled(size, sizeof(size), slope);
        snprintf(to, room, "%s per snapshot", size);
        return;
    }
    while (unit < 3 && slope * units[unit].seconds < 10) {
        unit++;
    }
    scaled(size, sizeof(size), slope * units[unit].seconds);
    snprintf(to, room, "%s per %s", size, units[unit].name);
}

void size_when(char *to, size_t room, double left, bool seconds)
{
    if (!seconds) {
        snprintf(to, room, "; its heap is full in %.0f snapshots", left);
    } else if (left < 120) {
        snprintf(to, room, "; its heap is full in %.0f seconds", left);
    } else if (left < 7200) {
        snprintf(to, room, "; its heap is full in %.0f minutes", left / 60);
    } else if (left < 172800) {
        snprintf(to, room, "; its heap is full in %.0f hours", left / 3600);
    } else {
        snprintf(to, room, "; its heap is full in %.0f days", left / 86400);
    }
}

bool size_parse(const char *text, uint64_t *size)
{
    static const char *const units[] = {"", "K", "M", "G"};
    char *end;
    double number = strtod(text, &end);
    double scale = 1;

    if (end == text || text[0] < '0' || text[0] > '9' || strpbrk(text, "xX") != NULL) {
        return false;
    }
    while (*end == ' ') {
        end++;
    }
    for (size_t i = 0; i < 4; i++, scale *= 1024) {
        size_t length = strlen(units[i]);
        const char *rest = end + length;

        if (strncmp(end, units[i], length) == 0 &&
            (*rest == 0 || strcmp(rest, "B") == 0 || (i > 0 && strcmp(rest, "iB") == 0)) &&
            number * scale < 1e18) {
            *size = (uint64_t)(number * scale);
            return true;
        }
    }
    return false;
}
