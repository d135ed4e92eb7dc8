/* SPDX-License-Identifier: MIT */
/* Messages and progress, on stderr. */
#include "message.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static bool shown; /* a line of progress */

void message_error(const char *format, ...)
{
    va_list arguments;

    message_progress_end();
    fputs("heapledger: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void message_line(const char *format, ...)
{
    va_list arguments;

    message_progress_end();
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void message_progress(const char *source, uint64_t bytes, uint64_t total)
{
    static double next;
    double time = now();
    double mib = (double)bytes / 1048576;

    if (!isatty(STDERR_FILENO)) {
        return;
    }
    if (next == 0) {
        next = time + 1;
    }
    if (time < next) {
        return;
    }
    next = time + 0.2;
    shown = true;
    if (total > bytes) {
        fprintf(stderr, "\r%s: %.0f of %.0f MiB, %.0f %%\033[K", source, mib,
                (double)total / 1048576, 100 * (double)bytes / (double)total);
    } else {
        fprintf(stderr, "\r%s: %.1f MiB\033[K", source, mib);
    }
}

void message_progress_end(void)
{
    if (shown) {
        fputs("\r\033[K", stderr);
        shown = false;
    }
}
