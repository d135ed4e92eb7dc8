/* SPDX-License-Identifier: MIT */
/* Facts about heaps: those kept at hand, and those that only a walk over all blocks tells. */
#include "heapledger/facts.h"

#include <string.h>

#include "walk.h"

int hl_heap_count(struct hl *hl)
{
    hl_port_state state = hl_port_lock(hl);
    int count = hl->heap_count;

    hl_port_unlock(hl, state);
    return count;
}

/* Adds up what all tasks hold on a heap, in steps. */
static void add_accounts(struct hl *hl, const struct hl_heap *heap, struct hl_heap_facts *facts)
{
#if HL_TASK_TRACKING
    for (uint32_t from = 0; from < hl->ledger.ids; from += HL_WALK_STEP) {
        hl_port_state state = hl_port_lock(hl);

        for (uint32_t id = from; id < hl->ledger.ids && id < from + HL_WALK_STEP; id++) {
            facts->blocks += heap->accounts[id].blocks;
            facts->used += heap->accounts[id].current;
        }
        hl_port_unlock(hl, state);
    }
#else
    (void)hl;
    (void)heap;
    (void)facts;
#endif
}

static void read_heap(const struct hl_heap *heap, struct hl_heap_facts *facts)
{
    facts->name = heap->desc.name;
    memcpy(facts->caps, heap->desc.caps, sizeof(facts->caps));
    facts->start = heap->desc.start;
    facts->size = heap->desc.size;
    if (!heap_is_foreign(heap)) {
        facts->first = heap->list.first;
        facts->end = heap->end;
        facts->free = heap->free;
        facts->min_free = heap->min_free;
    } else {
        facts->first = NULL;
        facts->end = NULL;
        facts->free = 0;
        facts->min_free = 0;
    }
    facts->blocks = 0;
    facts->used = 0;
}

static void read_sure(struct hl *hl, const struct hl_heap *heap, struct hl_heap_facts *facts)
{
    hl_port_state state = hl_port_lock(hl);
    uint32_t sure = heap_is_foreign(heap) ? 0 : freelist_sure_span(&heap->list);

    hl_port_unlock(hl, state);
    facts->sure = sure != 0 ? block_size(sure) : 0;
}

int hl_heap_facts(struct hl *hl, int heap, struct hl_heap_facts *facts)
{
    hl_port_state state = hl_port_lock(hl);
    const struct hl_heap *of = instance_heap(hl, heap);

    if (of != NULL) {
        read_heap(of, facts);
    }
    hl_port_unlock(hl, state);
    if (of == NULL) {
        return HL_ERR_NOT_FOUND;
    }
    read_sure(hl, of, facts);
    add_accounts(hl, of, facts);
    return 0;
}

static bool matches(const uint32_t of_heap[3], uint32_t caps)
{
    return ((of_heap[0] | of_heap[1] | of_heap[2]) & caps) == caps;
}

int hl_caps_facts(struct hl *hl, uint32_t caps, struct hl_heap_facts *facts)
{
    int matching = 0;
    struct hl_heap_facts of;

    memset(facts, 0, sizeof(*facts));
    for (int heap = 0; hl_heap_facts(hl, heap, &of) == 0; heap++) {
        if (!matches(of.caps, caps)) {
            continue;
        }
        matching++;
        facts->size += of.size;
        facts->free += of.free;
        facts->min_free += of.min_free;
        facts->sure = of.sure > facts->sure ? of.sure : facts->sure;
        facts->blocks += of.blocks;
        facts->used += of.used;
    }
    return matching;
}

void hl_reset_min_free(struct hl *hl, uint32_t caps)
{
    int count = hl_heap_count(hl);

    for (int i = 0; i < count; i++) {
        struct hl_heap *heap = &hl->heaps[i];
        hl_port_state state = hl_port_lock(hl);

        if (matches(heap->desc.caps, caps)) {
            heap->min_free = heap->free;
        }
        hl_port_unlock(hl, state);
    }
}

uint32_t hl_survey_class_bytes(unsigned i)
{
    return i < FREELIST_BINS ? freelist_bin_span(i) : 0;
}

_Static_assert(sizeof(((struct hl_heap_survey *)0)->histogram) == FREELIST_BINS * sizeof(uint32_t),
               "the histogram has one class for each bin");

/* part * 1000 / whole, rounded down, for part <= whole: Horner's rule over the bits of 1000, where
 * what is below `whole` is carried along. Without a division, and without a product that does not
 * fit. */
static uint32_t per_mille(uint32_t part, uint32_t whole)
{
    uint32_t quotient = 0;
    uint32_t rest = 0;

    if (whole == 0) {
        return 0;
    }
    for (uint32_t bit = 512; bit != 0; bit >>= 1) {
        quotient += quotient;
        if (rest >= whole - rest) {
            rest -= whole - rest;
            quotient++;
        } else {
            rest += rest;
        }
        if ((1000 & bit) == 0) {
            continue;
        }
        if (rest >= whole - part) {
            rest -= whole - part;
            quotient++;
        } else {
            rest += part;
        }
    }
    return quotient;
}

static void survey_block(uint32_t head, struct hl_heap_survey *survey)
{
    uint32_t span = block_span(head);
    uint32_t size = block_size(span);

    if (block_used(head)) {
        survey->used_blocks++;
        survey->used += size;
        return;
    }
    survey->free_blocks++;
    survey->free += span;
    survey->histogram[freelist_bin(span) / FREELIST_BIN_BYTES]++;
    if (size > survey->largest_free) {
        survey->largest_free = size;
    }
    if (survey->smallest_free == 0 || size < survey->smallest_free) {
        survey->smallest_free = size;
    }
}

static int survey_heap(struct hl *hl, int heap, struct hl_heap_survey *survey)
{
    struct walk_block seen[HL_WALK_STEP];
    int n;

    walk_enter(hl, heap);
    while ((n = walk_step(hl, heap, seen)) > 0) {
        for (int i = 0; i < n; i++) {
            survey_block(seen[i].head, survey);
        }
    }
    return n;
}

static void finish_survey(struct hl_heap_survey *survey, bool changed)
{
    uint32_t all = (uint32_t)survey->free;
    uint32_t largest =
        survey->largest_free == 0 ? 0 : (uint32_t)survey->largest_free + BLOCK_HEAD_BYTES;

    survey->fragmentation = per_mille(all - largest, all);
    survey->changed = changed;
}

/* Surveys the heaps from `first` to before `behind` that are ours and match. */
static int survey_heaps(struct hl *hl, int first, int behind, uint32_t caps,
                        struct hl_heap_survey *survey)
{
    bool matched = false;
    int result = walk_begin(hl);
    bool changed;

    memset(survey, 0, sizeof(*survey));
    if (result < 0) {
        return result;
    }
    for (int heap = first; result == 0 && heap < behind; heap++) {
        const struct hl_heap *of = &hl->heaps[heap];

        if (!heap_is_foreign(of) && matches(of->desc.caps, caps)) {
            matched = true;
            result = survey_heap(hl, heap, survey);
        }
    }
    changed = walk_end(hl);
    finish_survey(survey, changed || result < 0);
    return matched ? result : HL_ERR_NOT_FOUND;
}

int hl_heap_survey(struct hl *hl, int heap, struct hl_heap_survey *survey)
{
    if (heap < 0 || heap >= hl_heap_count(hl)) {
        return HL_ERR_NOT_FOUND;
    }
    return survey_heaps(hl, heap, heap + 1, 0, survey);
}

int hl_caps_survey(struct hl *hl, uint32_t caps, struct hl_heap_survey *survey)
{
    return survey_heaps(hl, 0, hl_heap_count(hl), caps, survey);
}
