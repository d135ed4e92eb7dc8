/* SPDX-License-Identifier: MIT */
/* What a function prints, as a string. */
#ifndef TEST_COMPAT_CAPTURE_H
#define TEST_COMPAT_CAPTURE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct capture {
    FILE *stream; /* to write to */
    FILE *before; /* what standard output was */
    char *text;
    size_t length;
};

/* Between the two, `stream` collects; with `all`, standard output does. */
static inline void capture_begin(struct capture *capture, bool all)
{
    capture->stream = open_memstream(&capture->text, &capture->length);
    capture->before = stdout;
    if (all) {
        stdout = capture->stream;
    }
}

/* The text, valid until capture_free. */
static inline const char *capture_end(struct capture *capture)
{
    stdout = capture->before;
    fclose(capture->stream);
    return capture->text;
}

static inline void capture_free(struct capture *capture)
{
    free(capture->text);
}

#endif
