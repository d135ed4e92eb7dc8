/* SPDX-License-Identifier: MIT */
/* From bytes to snapshots: cuts a stream into lines, and gives each line to the readers of
 * formats. */
#ifndef HOST_STREAM_H
#define HOST_STREAM_H

#include "model.h"

struct stream;

struct line {
    const char *text; /* without colours, carriage returns and line end; no end mark */
    const char *end;
    uint64_t number; /* counted from 1 */
};

/* Who listens. `snapshot` becomes the owner of what it is given. */
struct stream_listener {
    void (*snapshot)(void *context, struct snapshot *snapshot);
    /* `line` 0: the whole source. `damage` false: a note, nothing is lost. */
    void (*report)(void *context, uint64_t line, bool damage, const char *what);
    void *context;
};

struct reader;

struct stream *stream_new(const char *source, const struct stream_listener *listener);
/* The same with other readers than all: up to a NULL. */
struct stream *stream_new_with(const char *source, const struct stream_listener *listener,
                               const struct reader *const *list);
void stream_free(struct stream *stream);

void stream_feed(struct stream *stream, const char *bytes, size_t count);
/* Nothing came for a while: a print that waits for its next line is taken as ended. */
void stream_idle(struct stream *stream);
void stream_end(struct stream *stream);

uint64_t stream_lines(const struct stream *stream);

/* For readers. stream_damage counts once per line, whoever else complains about it. */
void stream_snapshot(struct stream *stream, struct snapshot *snapshot);
void stream_damage(struct stream *stream, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void stream_note(struct stream *stream, uint64_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool stream_at_end(
    const struct stream *stream); /* nothing follows: what is not whole may be cut off */
uint64_t stream_uptime_ms(const struct stream *stream); /* by log lines; UNKNOWN: there were none */

#endif
