/* SPDX-License-Identifier: MIT */
/* Notices in a console's text that the device started again. */
#include "boot.h"

#include <string.h>

#include "scan.h"

const char *const boot_anchors[] = {"rst:0x", "ESP-ROM:esp", "boot: ESP-IDF ", NULL};

void boot_begin(struct boot *boot)
{
    *boot = (struct boot){.log_ms = UNKNOWN, .back_ms = UNKNOWN};
}

static bool is_one_of(const char *set, char c)
{
    return c != 0 && strchr(set, c) != NULL;
}

/* The time of a log line `I (4504) tag: `, behind whatever prefix; UNKNOWN: it is none. */
static uint64_t log_time(const struct line *line)
{
    size_t length = (size_t)(line->end - line->text);
    const char *bracket = memchr(line->text, '(', length < 80 ? length : 80);
    struct scan scan;
    uint64_t ms;

    if (bracket == NULL || bracket - line->text < 2 || bracket[-1] != ' ' ||
        !is_one_of("EWIDV", bracket[-2]) ||
        (bracket - line->text > 2 && !is_one_of(" ]>:|\t", bracket[-3]))) {
        return UNKNOWN;
    }
    scan = scan_from(bracket + 1, (size_t)(line->end - bracket - 1));
    ms = scan_decimal(&scan);
    scan_literal(&scan, ") ");
    return scan.ok ? ms : UNKNOWN;
}

/* One log line from the past may be damaged, or come late from another core: two are a new boot. */
static bool time_went_back(struct boot *boot, uint64_t ms)
{
    if (boot->log_ms == UNKNOWN || ms + 1000 > boot->log_ms || ms > boot->log_ms / 2) {
        boot->log_ms = ms;
        boot->back_ms = UNKNOWN;
        return false;
    }
    if (boot->back_ms == UNKNOWN || ms < boot->back_ms) {
        boot->back_ms = ms;
        return false;
    }
    return true;
}

bool boot_line(struct boot *boot, const struct line *line, bool marked)
{
    uint64_t ms;

    if (marked) {
        return boot->used;
    }
    ms = log_time(line);
    if (ms == UNKNOWN) {
        return false;
    }
    boot->used = true;
    return time_went_back(boot, ms);
}

void boot_next(struct boot *boot)
{
    boot->index++;
    boot->log_ms = boot->back_ms = UNKNOWN;
    boot->used = false;
}

void boot_used(struct boot *boot)
{
    boot->used = true;
}
