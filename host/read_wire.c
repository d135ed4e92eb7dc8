/* SPDX-License-Identifier: MIT */
/* Reads the wire format: collects lines until a snapshot is whole, or will not be. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "reader.h"
#include "wire_line.h"
#include "wire_snapshot.h"

enum {
    COLLECTIONS = 16,   /* snapshots under way at a time: several devices, late lines */
    DONE = 64,          /* snapshots whose lines are known to be repeated when they come again */
    LINES_MAX = 200000, /* of a snapshot: about 20 million blocks */
};

struct collection {
    uint64_t boot, number;
    struct wire_line *lines; /* in order of their index */
    size_t count;
    uint64_t total;   /* lines, as its end says; UNKNOWN: it has not come */
    uint64_t touched; /* the stream's line that came last */
    bool used;
};

struct done {
    uint64_t boot, number;
    uint32_t first_crc; /* of its line 0, which tells snapshots of one number apart; 0: lost */
    bool used;
};

struct wire {
    struct stream *stream;
    struct collection collections[COLLECTIONS];
    struct done done[DONE];
    size_t next_done;
    uint64_t begun; /* where the snapshot began that was whole last */
};

static void *wire_open(struct stream *stream)
{
    struct wire *wire = memory_new(1, sizeof(*wire));

    wire->stream = stream;
    return wire;
}

static void drop(struct collection *collection)
{
    for (size_t i = 0; i < collection->count; i++) {
        json_decref(collection->lines[i].fields);
    }
    free(collection->lines);
    *collection = (struct collection){0};
}

static void wire_close(void *self)
{
    struct wire *wire = self;

    for (size_t i = 0; i < COLLECTIONS; i++) {
        drop(&wire->collections[i]);
    }
    free(wire);
}

static void emit(struct wire *wire, struct collection *collection)
{
    struct snapshot *snapshot = wire_snapshot(wire->stream, collection->lines, collection->count);
    struct done *done = &wire->done[wire->next_done++ % DONE];

    *done =
        (struct done){.boot = collection->boot,
                      .number = collection->number,
                      .first_crc = collection->lines[0].index == 0 ? collection->lines[0].crc : 0,
                      .used = true};
    drop(collection);
    if (snapshot != NULL) {
        stream_snapshot(wire->stream, snapshot);
    }
}

/* The oldest of the boot that got no line since `whole` began; NULL: none. */
static struct collection *oldest(struct wire *wire, const struct collection *whole)
{
    uint64_t begun = UINT64_MAX;

    struct collection *found = NULL;

    for (size_t i = 0; i < whole->count; i++) {
        begun = whole->lines[i].line < begun ? whole->lines[i].line : begun;
    }
    for (size_t i = 0; i < COLLECTIONS; i++) {
        struct collection *collection = &wire->collections[i];

        if (collection->used && collection->boot == whole->boot &&
            collection->number < whole->number && collection->touched < wire->begun &&
            (found == NULL || collection->number < found->number)) {
            found = collection;
        }
    }
    return found;
}

/* A snapshot is whole. It may have cut another one; those before will not be whole any more. */
static void emit_whole(struct wire *wire, struct collection *collection)
{
    uint64_t begun = UINT64_MAX;
    struct collection *earlier;

    while ((earlier = oldest(wire, collection)) != NULL) {
        emit(wire, earlier);
    }
    for (size_t i = 0; i < collection->count; i++) {
        begun = collection->lines[i].line < begun ? collection->lines[i].line : begun;
    }
    wire->begun = begun;
    emit(wire, collection);
}

static void wire_end(void *self, uint64_t before)
{
    struct wire *wire = self;

    (void)before;
    for (;;) {
        struct collection *first = NULL;

        for (size_t i = 0; i < COLLECTIONS; i++) {
            struct collection *collection = &wire->collections[i];

            if (collection->used && (first == NULL || collection->touched < first->touched)) {
                first = collection;
            }
        }
        if (first == NULL) {
            return;
        }
        emit(wire, first);
    }
}

/* Where lines of that snapshot are collected. Makes room by giving up the one that waited
 * longest. */
static struct collection *collection_of(struct wire *wire, const struct wire_line *line)
{
    struct collection *unused = NULL, *stale = &wire->collections[0];

    for (size_t i = 0; i < COLLECTIONS; i++) {
        struct collection *collection = &wire->collections[i];

        if (collection->used && collection->boot == line->boot &&
            collection->number == line->number) {
            return collection;
        }
        unused = collection->used ? unused : collection;
        stale = collection->touched < stale->touched ? collection : stale;
    }
    if (unused == NULL) {
        emit(wire, stale);
        unused = stale;
    }
    unused->used = true;
    unused->boot = line->boot;
    unused->number = line->number;
    unused->total = UNKNOWN;
    return unused;
}

/* A line of a snapshot that is done is a repeated one. But where the boot's number does not
 * change from boot to boot, as it should, numbers come again: then the first line differs. */
static bool is_repeated(struct wire *wire, const struct wire_line *line)
{
    for (size_t i = 0; i < DONE; i++) {
        struct done *done = &wire->done[i];

        if (!done->used || done->boot != line->boot || done->number != line->number) {
            continue;
        }
        if (line->index == 0 && line->crc != done->first_crc) {
            done->used = false;
            return false;
        }
        return true;
    }
    return false;
}

/* The place of that index. */
static size_t place_of(const struct collection *collection, uint64_t index)
{
    size_t low = 0, high = collection->count;

    if (high > 0 && collection->lines[high - 1].index < index) {
        return high; /* as a rule */
    }
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (collection->lines[middle].index < index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void insert(struct collection *collection, size_t place, const struct wire_line *line)
{
    memory_append((void **)&collection->lines, &collection->count, sizeof(*line));
    memmove(&collection->lines[place + 1], &collection->lines[place],
            (collection->count - 1 - place) * sizeof(*line));
    collection->lines[place] = *line;
}

/* Takes the line's fields over. */
static void collect(struct wire *wire, struct wire_line *line)
{
    struct collection *collection = collection_of(wire, line);
    size_t place = place_of(collection, line->index);
    json_t *total;

    if (place < collection->count && collection->lines[place].index == line->index) {
        if (collection->lines[place].crc == line->crc) {
            json_decref(line->fields);
            return;
        }
        if (line->index != 0) {
            stream_damage(wire->stream, line->line,
                          "line %" PRIu64 " of snapshot %" PRIu64 " of boot %" PRIu64
                          " comes twice, with different figures",
                          line->index, line->number, line->boot);
            json_decref(line->fields);
            return;
        }
        emit(wire,
             collection); /* the device starts its snapshots anew under the same boot number */
        collection = collection_of(wire, line);
        wire->done[(wire->next_done - 1) % DONE].used = false;
        place = 0;
    }
    if (collection->count >= LINES_MAX) {
        json_decref(line->fields);
        return; /* its lines will not add up, which is reported */
    }
    insert(collection, place, line);
    collection->touched = line->line;
    total = strcmp(line->type, "end") == 0 ? json_object_get(line->fields, "lines") : NULL;
    if (total != NULL) {
        collection->total = wire_line_number(total);
    }
    if (collection->total == collection->count) {
        emit_whole(wire, collection);
    }
}

static bool wire_read(void *self, const struct line *line)
{
    struct wire *wire = self;
    const char *at = line->text;
    struct wire_line found;
    const char *why;
    int result;

    while ((result = wire_line_next(&at, line->end, &found, &why)) != 0) {
        if (result < 0) {
            stream_damage(wire->stream, line->number, "%s", why);
            continue;
        }
        found.line = line->number;
        if (is_repeated(wire, &found)) {
            json_decref(found.fields);
        } else {
            collect(wire, &found);
        }
    }
    return false; /* something else may share the line */
}

static const char *const wire_anchors[] = {"@HL1 ", NULL};

const struct reader reader_wire = {
    .name = "wire",
    .anchors = wire_anchors,
    .waits = true,
    .open = wire_open,
    .line = wire_read,
    .end = wire_end,
    .close = wire_close,
};
