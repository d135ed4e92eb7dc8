/* SPDX-License-Identifier: MIT */
/* Allocation at larger alignments than HL_ALIGN. */
#include "instance.h"

/* As heap_gap_for, but what lies `offset` behind the caller's start is aligned. Only the address
 * counts. */
static uint32_t gap_for(const struct block *b, size_t alignment, size_t offset)
{
    return heap_gap_for((const struct block *)(const void *)((const char *)b + offset), alignment);
}

/* As alloc_take, behind a gap. */
static struct block *aligned_take(struct hl *hl, struct hl_heap *heap, struct block *b,
                                  const struct alloc_request *request, struct notice *notice)
{
    uint32_t gap = gap_for(b, request->alignment, request->offset);
    uint32_t span = heap_rest_or_need(block_free_span(b->head) - gap, request->need);

    if (!ledger_charge(&hl->ledger, heap->accounts, request->id, block_size(span),
                       request->allowance, notice)) {
        return NULL;
    }
    return heap_take_behind(heap, b, gap, span, request->id);
}

void *hl_aligned_alloc_offset(struct hl *hl, size_t alignment, size_t offset, size_t size,
                              uint32_t caps)
{
    uint32_t need = heap_span_for(size);
    struct alloc_request request = {
        .take = aligned_take,
        .need = need,
        .search = heap_search_span(need, alignment),
        .alignment = alignment,
        .offset = offset & (alignment - 1),
    };

    if (alignment == 0 || (alignment & (alignment - 1)) != 0 ||
        (request.offset & (HL_ALIGN - 1)) != 0) {
        return NULL;
    }
    request.state = hl_port_lock(hl);
    return alloc_thoroughly(hl, &request, size, caps);
}

void *hl_aligned_alloc(struct hl *hl, size_t alignment, size_t size, uint32_t caps)
{
    return hl_aligned_alloc_offset(hl, alignment, 0, size, caps);
}
