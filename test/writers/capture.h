/* SPDX-License-Identifier: MIT */
/* A sink that keeps what it is given, and can refuse or interfere. */
#ifndef TEST_WRITERS_CAPTURE_H
#define TEST_WRITERS_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "heapledger/writers.h"

struct capture {
    struct hl_sink sink;
    char text[65536]; /* ends with 0 */
    size_t length;
    size_t longest; /* bytes in one call */
    unsigned calls;
    unsigned fail_at; /* number of the call that is refused, counted from 1; 0: none */
    unsigned refused; /* calls from then on: at most one, if the writer obeys */
    bool split;       /* a call did not end with a line end */
    void (*meanwhile)(void *context); /* called in every call; may be NULL */
    void *context;
};

static int capture_write(void *context, const char *bytes, size_t count)
{
    struct capture *capture = context;

    capture->calls++;
    if (capture->fail_at != 0 && capture->calls >= capture->fail_at) {
        capture->refused++;
        return -1;
    }
    if (count > capture->longest) {
        capture->longest = count;
    }
    if (count == 0 || capture->length + count >= sizeof(capture->text)) {
        return -1;
    }
    memcpy(capture->text + capture->length, bytes, count);
    capture->length += count;
    capture->text[capture->length] = 0;
    capture->split = capture->split || bytes[count - 1] != '\n';
    if (capture->meanwhile != NULL) {
        capture->meanwhile(capture->context);
    }
    return 0;
}

static void capture_start(struct capture *capture)
{
    memset(capture, 0, sizeof(*capture));
    capture->sink.write = capture_write;
    capture->sink.context = capture;
}

#endif
