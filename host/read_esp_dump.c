/* SPDX-License-Identifier: MIT */
/* Reads what ESP-IDF's heap_caps_dump and heap_caps_dump_all print. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "reader.h"
#include "scan.h"

/*
 *   Showing data for heap: 0x3fce9710
 *   Block 0x3fce99f4 data, size: 24 bytes, Free: No
 *   Block 0x3fce9a10 data, size: 16 bytes, Free: Yes
 *
 * Blocks touch: behind a block come the 4 bytes of the next one's header. That vouches for each
 * size but the last one's. */

enum {
    HEADER = 4,
    OWN = 16384, /* the allocator's own bytes at a heap's start: less than that */
    FAR = 1000,  /* lines of other text within a dump: behind more, it has ended */
};

struct dump {
    struct stream *stream;
    struct snapshot *snapshot; /* NULL: none has begun */
    struct block last;         /* not yet vouched for; address 0: none */
    bool last_used;
    uint64_t free;
    uint64_t last_line;
    bool fresh; /* no block of the heap has come */
    bool lost;  /* a line: whether further blocks are of the same heap is not sure */
};

static void *dump_open(struct stream *stream)
{
    struct dump *self = memory_new(1, sizeof(*self));

    self->stream = stream;
    return self;
}

static void dump_close(void *state)
{
    struct dump *self = state;

    snapshot_free(self->snapshot);
    free(self);
}

static struct heap *open_heap(struct dump *self)
{
    return &self->snapshot->heaps[self->snapshot->heap_count - 1];
}

static void damage(struct dump *self, uint64_t line, const char *what)
{
    stream_damage(self->stream, line, "%s", what);
    if (self->snapshot != NULL) {
        self->snapshot->damaged++;
        open_heap(self)->blocks.partial = true;
    }
}

/* The block before is as it was printed. */
static void take_last(struct dump *self)
{
    if (self->last.address != 0 && self->last_used) {
        blocks_add(&open_heap(self)->blocks, self->last.address, self->last.size);
    } else if (self->last.address != 0) {
        self->free += self->last.size;
    }
    self->last.address = 0;
}

static void end_heap(struct dump *self)
{
    struct heap *heap = open_heap(self);

    take_last(self);
    if (!heap->blocks.partial) {
        heap->allocated = 0;
        for (size_t i = 0; i < heap->blocks.count; i++) {
            heap->allocated += heap->blocks.item[i].size;
        }
        heap->free = self->free;
        heap->block_count = heap->blocks.count;
    }
    self->free = 0;
    self->lost = false;
}

static void dump_end(void *state, uint64_t before)
{
    struct dump *self = state;
    struct snapshot *snapshot = self->snapshot;

    if (snapshot != NULL && self->last_line < before) {
        end_heap(self);
        self->snapshot = NULL;
        stream_snapshot(self->stream, snapshot);
    }
}

static bool is_listed(const struct snapshot *snapshot, uint64_t start)
{
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        if (snapshot->heaps[i].start == start) {
            return true;
        }
    }
    return false;
}

static bool begin_heap(struct dump *self, const struct line *line)
{
    const char *at = scan_find(line->text, line->end, "Showing data for heap: 0x");
    struct scan scan;
    uint64_t start;
    unsigned digits;

    if (at == NULL) {
        return false;
    }
    scan = scan_from(at, (size_t)(line->end - at));
    scan_literal(&scan, "Showing data for heap: 0x");
    start = scan_hex(&scan, &digits);
    scan_end(&scan);
    if (!scan.ok || digits != 8 || start % 4 != 0) {
        return false;
    }
    if (self->snapshot != NULL &&
        (is_listed(self->snapshot, start) || line->number > self->last_line + FAR)) {
        dump_end(self, UINT64_MAX);
    } else if (self->snapshot != NULL) {
        end_heap(self);
    }
    if (self->snapshot == NULL) {
        self->snapshot = snapshot_new("esp-idf dump");
        self->snapshot->line = line->number;
        self->snapshot->uptime_ms = stream_uptime_ms(self->stream);
    }
    self->lost = false;
    self->fresh = true;
    snapshot_add_heap(self->snapshot)->start = start;
    open_heap(self)->blocks.listed = true;
    return true;
}

/* A lost line, or a lost digit: what is between is not known, nor whether a heap's line was lost
 * there. */
static void check_chain(struct dump *self, const struct line *line, uint64_t address)
{
    if (self->last.address == 0 || self->last.address + self->last.size + HEADER == address) {
        take_last(self);
        return;
    }
    self->last.address = 0;
    self->lost = true;
    damage(self, line->number, "a dump's blocks do not touch: a line before is missing or damaged");
}

/* The first block lies shortly behind the heap's start: else one of the two addresses is
 * damaged. */
static void check_start(struct dump *self, const struct line *line, uint64_t address)
{
    struct heap *heap = open_heap(self);

    if (self->fresh && (address <= heap->start || address - heap->start > OWN)) {
        heap->start = UNKNOWN;
        self->lost = true;
        damage(self, line->number, "a dump's first block is not at the start of its heap");
    }
    self->fresh = false;
}

static bool read_block(struct dump *self, const struct line *line)
{
    const char *at = scan_find(line->text, line->end, "Block 0x");
    struct scan scan;
    uint64_t address, size;
    unsigned digits;
    bool used;

    if (at == NULL) {
        return false;
    }
    scan = scan_from(at, (size_t)(line->end - at));
    scan_literal(&scan, "Block 0x");
    address = scan_hex(&scan, &digits);
    scan_literal(&scan, " data, size: ");
    size = scan_decimal(&scan);
    scan_literal(&scan, " bytes, Free: ");
    used = scan_try(&scan, "No");
    if (!used) {
        scan_literal(&scan, "Yes");
    }
    scan_end(&scan);
    if (!scan.ok || digits != 8 || address % 4 != 0 || size % 4 != 0) {
        return false;
    }
    if (self->snapshot == NULL) {
        damage(self, line->number, "a dump's block, but the line of its heap is missing");
        return true;
    }
    check_start(self, line, address);
    if (!self->lost) {
        check_chain(self, line, address);
    }
    if (!self->lost) {
        self->last = (struct block){.address = address, .size = size};
        self->last_used = used;
    }
    return true;
}

static bool dump_line(void *state, const struct line *line)
{
    struct dump *self = state;
    bool ours = begin_heap(self, line) || read_block(self, line);

    if (!ours && (scan_find(line->text, line->end, " data, size: ") != NULL ||
                  scan_find(line->text, line->end, "Showing data for heap") != NULL ||
                  (self->snapshot != NULL && line->number <= self->last_line + 3))) {
        self->last.address = 0;
        self->lost = self->snapshot != NULL;
        self->fresh = false;
        damage(self, line->number, "a line of a heap's dump is damaged");
        ours = true;
    }
    if (ours) {
        self->last_line = line->number;
    }
    return ours;
}

static uint64_t dump_begun(const void *state)
{
    const struct dump *self = state;

    return self->snapshot != NULL ? self->snapshot->line : UINT64_MAX;
}

static const char *const dump_anchors[] = {
    "Showing data for heap", "Block 0x", " data, size: ", " bytes, Free: ", NULL,
};

const struct reader reader_esp_dump = {
    .name = "esp-idf dump",
    .anchors = dump_anchors,
    .open = dump_open,
    .line = dump_line,
    .end = dump_end,
    .begun = dump_begun,
    .close = dump_close,
};
