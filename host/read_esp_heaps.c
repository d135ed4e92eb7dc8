/* SPDX-License-Identifier: MIT */
/* Reads what ESP-IDF's heap_caps_print_heap_info prints. */
#include <inttypes.h>
#include <stdlib.h>

#include "memory.h"
#include "reader.h"
#include "scan.h"

/*
 *   Heap summary for capabilities 0x00001800:
 *     At 0x3fce9710 len 22308 free 18200 allocated 3260 min_free 17896
 *       largest_free_block 17408 alloc_blocks 5 free_blocks 2 total_blocks 7
 *     Totals:
 *       free 18200 allocated 3260 min_free 17896 largest_free_block 17408
 *
 * The totals vouch for the heaps' figures. With task tracking they are less by the 4 bytes of an
 * owner: once per heap (free, min_free), and once per block (allocated).
 */

struct heaps {
    struct stream *stream;
    struct snapshot *snapshot; /* NULL: none has begun */
    uint64_t last_line;
    bool half;   /* the second line of a heap is to come */
    bool hurt;   /* a line was damaged */
    bool totals; /* the line before was that of the totals' title */
};

static void *heaps_open(struct stream *stream)
{
    struct heaps *self = memory_new(1, sizeof(*self));

    self->stream = stream;
    return self;
}

static void heaps_close(void *state)
{
    struct heaps *self = state;

    snapshot_free(self->snapshot);
    free(self);
}

static void damage(struct heaps *self, uint64_t line, const char *what)
{
    self->hurt = true;
    if (self->snapshot != NULL) {
        self->snapshot->damaged++;
    }
    stream_damage(self->stream, line, "%s", what);
}

static void forget_figures(struct heap *heap)
{
    heap->free = heap->min_free = heap->largest_free = heap->allocated = UNKNOWN;
    heap->block_count = heap->size = UNKNOWN;
}

static void finish(struct heaps *self)
{
    struct snapshot *snapshot = self->snapshot;

    self->snapshot = NULL;
    self->half = self->hurt = self->totals = false;
    if (snapshot != NULL && snapshot->heap_count > 0) {
        stream_snapshot(self->stream, snapshot);
    } else {
        snapshot_free(snapshot);
    }
}

/* The totals did not come, so nothing vouches for the figures. */
static void heaps_end(void *state, uint64_t before)
{
    struct heaps *self = state;

    if (self->snapshot == NULL || self->last_line >= before) {
        return;
    }
    damage(self, self->last_line, "a heap summary ends before its totals");
    self->snapshot->cut_off = stream_at_end(self->stream);
    for (size_t i = 0; i < self->snapshot->heap_count; i++) {
        forget_figures(&self->snapshot->heaps[i]);
    }
    finish(self);
}

static bool begin(struct heaps *self, const struct line *line)
{
    const char *at = scan_find(line->text, line->end, "Heap summary for capabilities 0x");
    struct scan scan;
    unsigned digits;

    if (at == NULL) {
        return false;
    }
    scan = scan_from(at, (size_t)(line->end - at));
    scan_literal(&scan, "Heap summary for capabilities 0x");
    scan_hex(&scan, &digits);
    scan_literal(&scan, ":");
    scan_end(&scan);
    if (!scan.ok || digits != 8) {
        return false;
    }
    heaps_end(self, UINT64_MAX);
    self->snapshot = snapshot_new("esp-idf heap summary");
    self->snapshot->line = line->number;
    self->snapshot->uptime_ms = stream_uptime_ms(self->stream);
    return true;
}

static bool sane(const struct heap *heap)
{
    return heap->size <= UINT32_MAX && heap->free <= heap->size &&
           heap->allocated <= heap->size - heap->free && heap->min_free <= heap->free &&
           heap->start % 4 == 0;
}

static bool first_line(struct heaps *self, const struct line *line)
{
    const char *at = scan_find(line->text, line->end, "At 0x");
    struct scan scan;
    unsigned digits;
    struct heap heap;
    struct heap *added;

    if (at == NULL || self->snapshot == NULL) {
        return false;
    }
    scan = scan_from(at, (size_t)(line->end - at));
    scan_literal(&scan, "At 0x");
    heap.start = scan_hex(&scan, &digits);
    scan_literal(&scan, " len ");
    heap.size = scan_decimal(&scan);
    scan_literal(&scan, " free ");
    heap.free = scan_decimal(&scan);
    scan_literal(&scan, " allocated ");
    heap.allocated = scan_decimal(&scan);
    scan_literal(&scan, " min_free ");
    heap.min_free = scan_decimal(&scan);
    scan_end(&scan);
    if (!scan.ok || digits != 8 || self->half || !sane(&heap)) {
        return false;
    }
    added = snapshot_add_heap(self->snapshot);
    added->start = heap.start;
    added->size = heap.size;
    added->free = heap.free;
    added->allocated = heap.allocated;
    added->min_free = heap.min_free;
    self->half = true;
    return true;
}

static bool second_line(struct heaps *self, const struct line *line)
{
    const char *at = scan_find(line->text, line->end, "largest_free_block ");
    struct scan scan;
    struct heap *heap;
    uint64_t largest, used, unused, total;

    if (at == NULL || !self->half) {
        return false;
    }
    scan = scan_from(at, (size_t)(line->end - at));
    scan_literal(&scan, "largest_free_block ");
    largest = scan_decimal(&scan);
    scan_literal(&scan, " alloc_blocks ");
    used = scan_decimal(&scan);
    scan_literal(&scan, " free_blocks ");
    unused = scan_decimal(&scan);
    scan_literal(&scan, " total_blocks ");
    total = scan_decimal(&scan);
    scan_end(&scan);
    heap = &self->snapshot->heaps[self->snapshot->heap_count - 1];
    if (!scan.ok || used + unused != total || largest > heap->free) {
        return false;
    }
    heap->largest_free = largest;
    heap->block_count = used;
    self->half = false;
    return true;
}

/* What the heaps' lines add up to. */
struct sums {
    uint64_t free, allocated, min_free;
    uint64_t heaps, blocks;
};

static struct sums add_up(const struct snapshot *snapshot)
{
    struct sums sums = {.heaps = snapshot->heap_count};

    for (size_t i = 0; i < snapshot->heap_count; i++) {
        sums.free += snapshot->heaps[i].free;
        sums.allocated += snapshot->heaps[i].allocated;
        sums.min_free += snapshot->heaps[i].min_free;
        sums.blocks += snapshot->heaps[i].block_count;
    }
    return sums;
}

/* With and without task tracking. */
static bool is_total(uint64_t total, uint64_t sum, uint64_t owners)
{
    return total == sum || total + 4 * owners == sum;
}

/* What was allocated meanwhile is missing from what is free, headers aside. `owner`: bytes of
 * one. */
static bool changed_alike(const struct sums *sums, const uint64_t totals[3], int64_t owner)
{
    int64_t freed = (int64_t)totals[0] + owner * (int64_t)sums->heaps - (int64_t)sums->free;
    int64_t taken = (int64_t)totals[1] + owner * (int64_t)sums->blocks - (int64_t)sums->allocated;

    return freed + taken >= -256 && freed + taken <= 256;
}

/* What is neither free nor allocated is the allocator's own: not much. A lost digit shows here. */
static bool all_plausible(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        const struct heap *heap = &snapshot->heaps[i];

        if (heap->size - heap->free - heap->allocated > 8192 + 32 * heap->block_count) {
            return false;
        }
    }
    return true;
}

/* The totals are taken after the heaps' figures: a busy device has allocated or freed something
 * by then. */
static bool settle_busy(struct heaps *self, const struct line *line, const struct sums *sums,
                        const uint64_t totals[3])
{
    if ((!changed_alike(sums, totals, 0) && !changed_alike(sums, totals, 4)) ||
        !all_plausible(self->snapshot)) {
        return false;
    }
    for (size_t i = 0; i < self->snapshot->heap_count; i++) {
        struct heap *heap = &self->snapshot->heaps[i];

        heap->largest_free = UNKNOWN; /* nothing vouches for it */
        if (!is_total(totals[2], sums->min_free, sums->heaps)) {
            heap->min_free = UNKNOWN;
        }
    }
    self->snapshot->changed = true;
    stream_note(self->stream, line->number, "the heaps changed while their summary was printed");
    return true;
}

static void settle(struct heaps *self, const struct line *line, const uint64_t totals[3])
{
    struct sums sums = add_up(self->snapshot);

    if (!self->hurt && !self->half) {
        if ((is_total(totals[0], sums.free, sums.heaps) &&
             is_total(totals[1], sums.allocated, sums.blocks) &&
             is_total(totals[2], sums.min_free, sums.heaps)) ||
            settle_busy(self, line, &sums, totals)) {
            return;
        }
    }
    damage(self, line->number, "the totals of a heap summary are not the sums over its heaps");
    for (size_t i = 0; i < self->snapshot->heap_count; i++) {
        forget_figures(&self->snapshot->heaps[i]);
    }
}

static bool totals_line(struct heaps *self, const struct line *line)
{
    const char *at = scan_find(line->text, line->end, "free ");
    struct scan scan;
    uint64_t totals[3];

    if (at == NULL || self->snapshot == NULL || !self->totals) {
        return false;
    }
    scan = scan_from(at, (size_t)(line->end - at));
    scan_literal(&scan, "free ");
    totals[0] = scan_decimal(&scan);
    scan_literal(&scan, " allocated ");
    totals[1] = scan_decimal(&scan);
    scan_literal(&scan, " min_free ");
    totals[2] = scan_decimal(&scan);
    scan_literal(&scan, " largest_free_block ");
    scan_decimal(&scan);
    scan_end(&scan);
    if (!scan.ok || totals[0] > UINT32_MAX || totals[1] > UINT32_MAX) {
        return false;
    }
    settle(self, line, totals);
    finish(self);
    return true;
}

static bool is_piece(const struct line *line)
{
    static const char *const signs[] = {
        "At 0x",          " len ",         " allocated ",   " min_free ", "largest_free_block ",
        " alloc_blocks ", " free_blocks ", " total_blocks "};
    unsigned found = 0;

    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        found += scan_find(line->text, line->end, signs[i]) != NULL;
    }
    return found > 1;
}

static bool heaps_line(void *state, const struct line *line)
{
    struct heaps *self = state;
    bool ours = begin(self, line) || first_line(self, line) || second_line(self, line) ||
                totals_line(self, line);

    if (!ours && self->snapshot != NULL && scan_find(line->text, line->end, "Totals:") != NULL) {
        ours = self->totals = true;
    }
    if (!ours && is_piece(line) &&
        (self->snapshot != NULL || scan_find(line->text, line->end, " alloc_blocks ") != NULL)) {
        damage(self, line->number, "a line of a heap summary is damaged");
        ours = true;
    }
    if (ours) {
        self->last_line = line->number;
    }
    return ours;
}

static uint64_t heaps_begun(const void *state)
{
    const struct heaps *self = state;

    return self->snapshot != NULL ? self->snapshot->line : UINT64_MAX;
}

static const char *const heaps_anchors[] = {
    "Heap summary for cap",
    "largest_free_block ",
    " alloc_blocks ",
    " total_blocks ",
    " len ",
    " min_free ",
    "Totals:",
    NULL,
};

const struct reader reader_esp_heaps = {
    .name = "esp-idf heap summary",
    .anchors = heaps_anchors,
    .open = heaps_open,
    .line = heaps_line,
    .end = heaps_end,
    .begun = heaps_begun,
    .close = heaps_close,
};
