/* SPDX-License-Identifier: MIT */
/* The heaps against the model. Reads the layout by itself, not with the functions under test. */
#include "support/check.h"

#include <string.h>

#include "support/content.h"
#include "support/layout.h"
#include "support/model.h"

static void check_live_block(const struct world *w, unsigned heap, unsigned next, uintptr_t at,
                             const struct layout_tag *tag, struct check_sums *sums)
{
    const struct model_block *block;

    WORLD_REQUIRE(next < w->live, "heap %u: block at %p is not the model's", heap, (void *)at);
    block = &w->slots[w->order[next]];
    WORLD_REQUIRE((uintptr_t)block->ptr == at + LAYOUT_HEAD && block->heap == heap,
                  "heap %u: block at %p, where the model has %p", heap, (void *)at,
                  (void *)block->ptr);
    WORLD_REQUIRE(block->size == tag->span - LAYOUT_HEAD && (at + LAYOUT_HEAD) % HL_ALIGN == 0,
                  "block %p: span %u, where the model has size %u", (void *)block->ptr,
                  (unsigned)tag->span, (unsigned)block->size);
    WORLD_REQUIRE(block->owner == tag->owner, "block %p: owner %u, where the model has %u",
                  (void *)block->ptr, (unsigned)tag->owner, block->owner);
    content_check(block);
    sums->bytes[heap][tag->owner] += block->size;
    sums->blocks[heap][tag->owner]++;
}

static void check_free_block(unsigned heap, uintptr_t at, const struct layout_tag *tag,
                             bool prev_free)
{
    uint32_t head = layout_word(at);

    WORLD_REQUIRE(!prev_free, "heap %u: two free blocks touch at %p", heap, (void *)at);
    WORLD_REQUIRE((head & ((4U << HL_OWNER_BITS) - 1)) == 0, "free block %p: head %x", (void *)at,
                  (unsigned)head);
    WORLD_REQUIRE(layout_word(at + tag->span - LAYOUT_HEAD) == head,
                  "free block %p: its foot differs", (void *)at);
}

/* Follows each list. Blocks in them: as many as the walk has seen, each in its own bin. */
static void check_lists(const struct world *w, unsigned index, const struct hl_heap *heap,
                        unsigned free_blocks)
{
    uintptr_t base = layout_base(heap);
    unsigned found = 0;

    for (unsigned bin = 0; bin < LAYOUT_BINS; bin++) {
        uint32_t offset = heap->list.bins[bin];
        uint32_t link = layout_head_link(heap, bin);

        WORLD_REQUIRE((heap->list.bitmap >> bin & 1U) == (offset != 0),
                      "heap %u: the bitmap is wrong about bin %u", index, bin);
        while (offset != 0) {
            uintptr_t at = base + offset;
            struct layout_tag tag;

            WORLD_REQUIRE(at >= w->heaps[index].first && at < w->heaps[index].end &&
                              (at + LAYOUT_HEAD) % HL_ALIGN == 0,
                          "heap %u: bin %u leads to %p", index, bin, (void *)at);
            tag = layout_tag(at);
            WORLD_REQUIRE(!tag.used && tag.span >= LAYOUT_LEAST_SPAN && layout_bin(tag.span) == bin,
                          "heap %u: block %p of span %u is in bin %u", index, (void *)at,
                          (unsigned)tag.span, bin);
            WORLD_REQUIRE(layout_word(at + 8) == link, "free block %p: wrong link back",
                          (void *)at);
            WORLD_REQUIRE(++found <= free_blocks, "heap %u: too many blocks in lists", index);
            link = offset + 4;
            offset = layout_word(at + 4);
        }
    }
    WORLD_REQUIRE(found == free_blocks, "heap %u: %u of %u free blocks are in lists", index, found,
                  free_blocks);
}

static void check_heap(struct world *w, unsigned index, struct check_sums *sums)
{
    struct model_heap *model = &w->heaps[index];
    const struct hl_heap *heap = &w->hl->heaps[index];
    unsigned next = model_order_from(w, model->first);
    unsigned free_blocks = 0;
    bool prev_free = false;
    struct layout_tag tag;
    uintptr_t at;

    WORLD_REQUIRE((uintptr_t)heap->list.first == model->first && (uintptr_t)heap->end == model->end,
                  "heap %u: its bounds moved", index);
    model->free = 0;
    for (at = model->first; at < model->end; at += tag.span) {
        tag = layout_tag(at);
        WORLD_REQUIRE(tag.span >= LAYOUT_LEAST_SPAN && tag.span <= model->end - at,
                      "heap %u: block %p has span %u", index, (void *)at, (unsigned)tag.span);
        WORLD_REQUIRE(tag.prev_free == prev_free || !tag.used, "block %p: P bit is wrong",
                      (void *)at);
        if (tag.used) {
            check_live_block(w, index, next++, at, &tag, sums);
        } else {
            check_free_block(index, at, &tag, prev_free);
            model->free += tag.span;
            free_blocks++;
        }
        prev_free = !tag.used;
    }
    tag = layout_tag(model->end);
    WORLD_REQUIRE(at == model->end && tag.used && tag.span == 0 && tag.owner == 0 &&
                      tag.prev_free == prev_free,
                  "heap %u: the sentinel is %x", index, (unsigned)layout_word(model->end));
    WORLD_REQUIRE(next == model_order_from(w, model->end),
                  "heap %u: %u blocks, where the model has %u", index, next,
                  model_order_from(w, model->end));
    check_lists(w, index, heap, free_blocks);

    if (model->free < model->min_free) {
        model->min_free = model->free;
    }
    WORLD_REQUIRE(heap->free == model->free, "heap %u: says %u bytes are free, not %u", index,
                  (unsigned)heap->free, (unsigned)model->free);
    WORLD_REQUIRE(heap->min_free == model->min_free, "heap %u: least free %u, not %u", index,
                  (unsigned)heap->min_free, (unsigned)model->min_free);
}

static void check_events(const struct world *w)
{
    const struct hl_fault *fault = &w->seen.fault;
    const struct hl_limit_event *limit = &w->seen.limit;

    if (!w->shape.hooks) {
        return;
    }
    WORLD_REQUIRE(w->seen.faults == w->expected.faults, "%u faults reported, not %u (reason %d)",
                  w->seen.faults, w->expected.faults, (int)fault->reason);
    if (w->seen.faults != 0) {
        const struct hl_fault *right = &w->expected.fault;

        WORLD_REQUIRE(right->reason == 0 || fault->reason == right->reason,
                      "fault: reason %d, not %d", (int)fault->reason, (int)right->reason);
        WORLD_REQUIRE(right->address == NULL || fault->address == right->address,
                      "fault: address %p, not %p", fault->address, right->address);
        WORLD_REQUIRE(fault->heap == right->heap, "fault: heap %d, not %d", fault->heap,
                      right->heap);
        WORLD_REQUIRE(fault->task == right->task, "fault: task %d, not %d", fault->task,
                      right->task);
    }
    WORLD_REQUIRE(w->seen.limits == w->expected.limits, "%u limit events, not %u", w->seen.limits,
                  w->expected.limits);
    if (w->seen.limits != 0) {
        const struct hl_limit_event *right = &w->expected.limit;

        WORLD_REQUIRE(limit->task == right->task && limit->refused == right->refused &&
                          limit->limit == right->limit,
                      "limit event: task %d refused %d limit %d, not %d %d %d", limit->task,
                      limit->refused, limit->limit, right->task, right->refused, right->limit);
        WORLD_REQUIRE(limit->size == right->size && limit->current == right->current,
                      "limit event: size %u current %u, not %u %u", (unsigned)limit->size,
                      (unsigned)limit->current, (unsigned)right->size, (unsigned)right->current);
    }
}

void check_world(struct world *w)
{
    struct check_sums sums;

    memset(&sums, 0, sizeof sums);
    check_events(w);
    WORLD_REQUIRE(w->hl->heap_count == w->heap_count, "%u heaps, not %u",
                  (unsigned)w->hl->heap_count, w->heap_count);
    for (unsigned i = 0; i < w->heap_count; i++) {
        if (!w->heaps[i].foreign) {
            check_heap(w, i, &sums);
        }
    }
    check_ledger(w, &sums);
    world_check_guards(w);
}
