/* SPDX-License-Identifier: MIT */
/* From bytes to snapshots: cuts a stream into lines, and gives each line to the readers of
 * formats. */
#include "stream.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "anchors.h"
#include "boot.h"
#include "memory.h"
#include "reader.h"
#include "utf16.h"

enum {
    READERS_MAX = 16,
    LINE_MAX_BYTES = 64 * 1024, /* a longer line is cut: what has no line ends is no console */
    BOOT_BIT = 31,
    QUEUE = 64, /* snapshots that wait for earlier ones */
};

struct stream {
    char *source;
    struct stream_listener listener;
    const struct reader *const *readers; /* up to a NULL */
    struct anchors *anchors;
    void *states[READERS_MAX];
    char *carry; /* the beginning of a line whose end has not come */
    size_t carried;
    char *clean; /* a line without colours */
    uint64_t line;
    uint64_t damaged_line;         /* the last one that was reported */
    struct snapshot *queue[QUEUE]; /* by their lines */
    size_t queued;
    bool begun, is_utf16;
    struct utf16 utf16;
    bool at_end;
    bool ending;        /* prints are being ended, which may bring more snapshots */
    uint64_t snapshots; /* handed over */
    uint64_t before;    /* where the last but one began that came */
    uint64_t latest;    /* where the last one began */
    struct boot boot;
};

struct stream *stream_new(const char *source, const struct stream_listener *listener)
{
    return stream_new_with(source, listener, readers);
}

struct stream *stream_new_with(const char *source, const struct stream_listener *listener,
                               const struct reader *const *list)
{
    struct stream *stream = memory_new(1, sizeof(*stream));

    stream->source = memory_copy(source);
    stream->readers = list;
    stream->listener = *listener;
    stream->carry = memory_new(LINE_MAX_BYTES, 1);
    stream->clean = memory_new(LINE_MAX_BYTES, 1);
    stream->anchors = anchors_new();
    boot_begin(&stream->boot);
    for (size_t i = 0; stream->readers[i] != NULL; i++) {
        stream->states[i] = stream->readers[i]->open(stream);
        for (size_t j = 0; stream->readers[i]->anchors[j] != NULL; j++) {
            anchors_add(stream->anchors, stream->readers[i]->anchors[j], UINT32_C(1) << i);
        }
    }
    for (size_t i = 0; boot_anchors[i] != NULL; i++) {
        anchors_add(stream->anchors, boot_anchors[i], UINT32_C(1) << BOOT_BIT);
    }
    anchors_ready(stream->anchors);
    return stream;
}

void stream_free(struct stream *stream)
{
    if (stream == NULL) {
        return;
    }
    for (size_t i = 0; stream->readers[i] != NULL; i++) {
        stream->readers[i]->close(stream->states[i]);
    }
    for (size_t i = 0; i < stream->queued; i++) {
        snapshot_free(stream->queue[i]);
    }
    anchors_free(stream->anchors);
    free(stream->source);
    free(stream->carry);
    free(stream->clean);
    free(stream);
}

/* Hands those over that no print under way can come before. */
static void release(struct stream *stream, bool all)
{
    uint64_t first = UINT64_MAX;
    size_t count = 0;

    for (size_t i = 0; !all && stream->readers[i] != NULL; i++) {
        if (stream->readers[i]->begun != NULL) {
            uint64_t begun = stream->readers[i]->begun(stream->states[i]);

            first = begun < first ? begun : first;
        }
    }
    while (count < stream->queued && (all || stream->queue[count]->line <= first)) {
        stream->queue[count]->index = ++stream->snapshots;
        stream->listener.snapshot(stream->listener.context, stream->queue[count]);
        count++;
    }
    stream->queued -= count;
    memmove(stream->queue, stream->queue + count, stream->queued * sizeof(struct snapshot *));
}

static void end_readers(struct stream *stream, bool silence, uint64_t before)
{
    for (size_t i = 0; stream->readers[i] != NULL; i++) {
        if (!silence || !stream->readers[i]->waits) {
            stream->readers[i]->end(stream->states[i], before);
        }
    }
}

/* The stream ends, or might as well. */
static void end_all(struct stream *stream, bool silence)
{
    stream->ending = true;
    end_readers(stream, silence, UINT64_MAX);
    stream->ending = false;
    release(stream, true);
}

/* One line without colours and carriage returns. */
static void read_line(struct stream *stream, const char *text, size_t length)
{
    const struct line line = {.text = text, .end = text + length, .number = stream->line};
    uint32_t mask = anchors_look(stream->anchors, text, length);
    bool marked = (mask >> BOOT_BIT) != 0;

    if (boot_line(&stream->boot, &line, marked)) {
        end_all(stream, false);
        boot_next(&stream->boot);
    }
    mask &= ~(UINT32_C(1) << BOOT_BIT);
    for (size_t i = 0; mask != 0; i++, mask >>= 1) {
        if ((mask & 1) != 0 && stream->readers[i]->line(stream->states[i], &line)) {
            boot_used(&stream->boot);
            return;
        }
    }
}

/* Length of the escape sequence at `s`: colours and other CSI, window titles, or two characters. */
static size_t escape_length(const char *s, const char *end)
{
    const char *at = s + 1;

    if (at < end && *at == '[') {
        for (at++; at < end && *at >= 0x20 && *at < 0x40;) {
            at++;
        }
        return (size_t)(at - s) + (at < end && *at >= 0x40 && *at < 0x7f);
    }
    if (at < end && *at == ']') {
        while (at < end && *at != '\a') {
            at++;
        }
    }
    return (size_t)(at - s) + (at < end);
}

static size_t without_escapes(char *to, const char *text, size_t length)
{
    const char *end = text + length;
    char *out = to;

    while (text < end) {
        if (*text == 0x1b) {
            text += escape_length(text, end);
        } else {
            *out++ = *text++;
        }
    }
    return (size_t)(out - to);
}

/* What is between two line ends. A carriage return in it begins a line of its own. */
static void cut_line(struct stream *stream, const char *text, size_t length)
{
    const char *end;

    stream->line++;
    if (memchr(text, 0x1b, length) != NULL) {
        length = without_escapes(stream->clean, text, length);
        text = stream->clean;
    }
    end = text + length;
    while (text < end) {
        const char *cr = memchr(text, '\r', (size_t)(end - text));
        const char *stop = cr != NULL ? cr : end;

        if (stop > text) {
            read_line(stream, text, (size_t)(stop - text));
        }
        text = stop + 1;
    }
}

/* Does not cut through a line of the wire format, which may follow megabytes without a line end. */
static size_t kept_of_long_line(const struct stream *stream)
{
    const char *end = stream->carry + LINE_MAX_BYTES;
    const char *mark = memrchr(end - 200, '@', 200);

    return mark != NULL ? (size_t)(end - mark) : 0;
}

/* Keeps the beginning of a line. What is too long for a line is cut. */
static void carry(struct stream *stream, const char *bytes, size_t count)
{
    while (count > 0) {
        size_t room = LINE_MAX_BYTES - stream->carried;
        size_t part = count < room ? count : room;

        memcpy(stream->carry + stream->carried, bytes, part);
        stream->carried += part;
        bytes += part;
        count -= part;
        if (stream->carried == LINE_MAX_BYTES) {
            size_t kept = kept_of_long_line(stream);

            cut_line(stream, stream->carry, LINE_MAX_BYTES - kept);
            stream->line--;
            memmove(stream->carry, stream->carry + LINE_MAX_BYTES - kept, kept);
            stream->carried = kept;
        }
    }
}

static void feed(struct stream *stream, const char *bytes, size_t count)
{
    const char *end = bytes + count;

    while (bytes < end) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));

        if (stop == NULL) {
            carry(stream, bytes, (size_t)(end - bytes));
            return;
        }
        if (stream->carried > 0 || stop - bytes >= LINE_MAX_BYTES) {
            carry(stream, bytes, (size_t)(stop - bytes));
            cut_line(stream, stream->carry, stream->carried);
            stream->carried = 0;
        } else {
            cut_line(stream, bytes, (size_t)(stop - bytes));
        }
        bytes = stop + 1;
    }
}

void stream_feed(struct stream *stream, const char *bytes, size_t count)
{
    char converted[3 * 1024 + 8];

    if (!stream->begun && count > 0) {
        stream->begun = true;
        stream->is_utf16 = utf16_begins(bytes, count);
    }
    if (!stream->is_utf16) {
        feed(stream, bytes, count);
        return;
    }
    while (count > 0) {
        size_t part = count < 2048 ? count : 2048;

        feed(stream, converted, utf16_convert(&stream->utf16, bytes, part, converted));
        bytes += part;
        count -= part;
    }
}

void stream_idle(struct stream *stream)
{
    if (stream->carried == 0) {
        end_all(stream, true);
    }
}

void stream_end(struct stream *stream)
{
    if (stream->carried > 0) {
        cut_line(stream, stream->carry, stream->carried);
        stream->carried = 0;
    }
    stream->at_end = true;
    end_all(stream, false);
}

bool stream_at_end(const struct stream *stream)
{
    return stream->at_end;
}

uint64_t stream_lines(const struct stream *stream)
{
    return stream->line;
}

uint64_t stream_uptime_ms(const struct stream *stream)
{
    return stream->boot.log_ms;
}

static void enqueue(struct stream *stream, struct snapshot *snapshot)
{
    size_t at;

    if (stream->queued == QUEUE) {
        release(stream, true);
    }
    for (at = stream->queued; at > 0 && stream->queue[at - 1]->line > snapshot->line; at--) {
        stream->queue[at] = stream->queue[at - 1];
    }
    stream->queue[at] = snapshot;
    stream->queued++;
}

void stream_snapshot(struct stream *stream, struct snapshot *snapshot)
{
    uint64_t before = stream->before;

    snapshot->source = memory_copy(stream->source);
    snapshot->boot_index = stream->boot.index;
    boot_used(&stream->boot);
    enqueue(stream, snapshot);
    if (stream->ending) {
        return; /* called from below */
    }
    stream->before = stream->latest;
    stream->latest = snapshot->line;
    /* A print may be cut by one other; one that is silent for two has ended. */
    stream->ending = true;
    end_readers(stream, true, before);
    stream->ending = false;
    release(stream, false);
}

void stream_damage(struct stream *stream, uint64_t line, const char *format, ...)
{
    char what[400];
    va_list arguments;

    if (line != 0 && line == stream->damaged_line) {
        return;
    }
    stream->damaged_line = line;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    stream->listener.report(stream->listener.context, line, true, what);
}

void stream_note(struct stream *stream, uint64_t line, const char *format, ...)
{
    char what[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);
    stream->listener.report(stream->listener.context, line, false, what);
}
