/* SPDX-License-Identifier: MIT */
/* What a format's reader has to offer. To add a format: write one file, add its reader to
 * readers.c. */
#ifndef HOST_READER_H
#define HOST_READER_H

#include "stream.h"

struct reader {
    const char *name; /* of the format, for people */
    /* Strings that are part of its lines, up to a NULL: lines without one are not shown to it.
     * Whole lines have one, and so should most pieces of a damaged line. */
    const char *const *anchors;
    bool waits; /* its snapshots say where they end: silence means nothing */
    void *(*open)(struct stream *stream);
    /* True: the line is one of its own, whole or damaged. */
    bool (*line)(void *self, const struct line *line);
    /* No further line belongs to what it has begun: the end, a reboot; silence, unless it waits.
     * Nothing happens when it has had a line from `before` on. */
    void (*end)(void *self, uint64_t before);
    /* Where what is under way began; UINT64_MAX: nothing is. NULL: others need not wait for it. */
    uint64_t (*begun)(const void *self);
    void (*close)(void *self);
};

extern const struct reader reader_wire;
extern const struct reader reader_text;
extern const struct reader reader_esp_detailed;
extern const struct reader reader_esp_overview;
extern const struct reader reader_esp_heaps;
extern const struct reader reader_esp_dump;

/* All of them, up to a NULL. */
extern const struct reader *const readers[];

#endif
