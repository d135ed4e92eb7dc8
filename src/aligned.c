/* SPDX-License-Identifier: MIT */
/* Allocation at larger alignments than HL_ALIGN. */
#include "instance.h"

/* As alloc_take, behind a gap. */
static struct block *aligned_take(struct hl *hl, struct hl_heap *heap, struct block *b,
                                  const struct alloc_request *request, struct notice *notice)
{
    uint32_t gap = heap_gap_for(b, request->alignment);
    uint32_t span = heap_rest_or_need(block_free_span(b->head) - gap, request->need);

    if (!ledger_charge(&hl->ledger, heap->accounts, request->id, block_size(span),
                       request->allowance, notice)) {
        return NULL;
    }
    return heap_take_behind(heap, b, gap, span, request->id);
}

void *hl_aligned_alloc(struct hl *hl, size_t alignment, size_t size, uint32_t caps)
{
    uint32_t need = heap_span_for(size);
    struct alloc_request request = {
        .take = aligned_take,
        .need = need,
        .search = heap_search_span(need, alignment),
        .alignment = alignment,
    };

    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        return NULL;
    }
    return alloc_thoroughly(hl, hl_port_lock(hl), &request, size, caps);
}
