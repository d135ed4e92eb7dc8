/* SPDX-License-Identifier: MIT */
/* Allocation at larger alignments than HL_ALIGN. */
#include "instance.h"

/* As alloc_in, behind a gap. */
static enum attempt aligned_in(struct hl *hl, struct hl_heap *heap,
                               const struct alloc_request *request, struct notice *notice,
                               struct block **result)
{
    uint32_t search = heap_search_span(request->need, request->alignment);
    struct block *b = NULL;
    uint32_t gap, span;

    if (search != 0) {
        b = freelist_find(&heap->list, search, freelist_looks(search));
    }
    if (b == NULL) {
        return ATTEMPT_NO_ROOM;
    }
    if (!heap_can_give(heap, b, search)) {
        notice_free_block(hl, notice, heap, b);
        return ATTEMPT_NO_ROOM;
    }
    gap = heap_gap_for(b, request->alignment);
    span = heap_rest_or_need(block_free_span(b->head) - gap, request->need);
    if (!ledger_charge(&hl->ledger, heap->accounts, request->id, block_size(span),
                       request->allowance, notice)) {
        return ATTEMPT_REFUSED;
    }
    *result = heap_take_behind(heap, b, gap, span, request->id);
    hl->changed = true;
    return ATTEMPT_DONE;
}

void *hl_aligned_alloc(struct hl *hl, size_t alignment, size_t size, uint32_t caps)
{
    struct alloc_request request = {
        .attempt = aligned_in,
        .need = heap_span_for(size),
        .alignment = alignment,
    };

    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        return NULL;
    }
    return alloc_thoroughly(hl, hl_port_lock(hl), &request, size, caps);
}
