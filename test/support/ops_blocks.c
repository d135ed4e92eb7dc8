/* SPDX-License-Identifier: MIT */
/* Operations on blocks: what they must give is worked out first, then compared. */
#include "support/ops.h"

#include <string.h>

#include "support/content.h"
#include "support/layout.h"
#include "support/model.h"

/* Where a request goes. */
struct forecast {
    int heap;       /* -1: nowhere */
    uint32_t size;  /* of the block */
    uintptr_t user; /* its address, where the alignment says it; else 0 */
    bool refused;
};

static bool has_caps(const struct model_heap *heap, uint32_t caps)
{
    return !heap->foreign &&
           ((heap->desc.caps[0] | heap->desc.caps[1] | heap->desc.caps[2]) & caps) == caps;
}

/* The first heap by priority that has room. */
static struct forecast forecast(const struct world *w, size_t size, size_t alignment, uint32_t caps)
{
    struct forecast result = {.heap = -1};
    uint32_t need = layout_need(size);

    if (size == 0 || need == 0 || caps == 0) {
        return result;
    }
    for (unsigned word = 0; word < 3; word++) {
        for (unsigned i = 0; i < w->heap_count; i++) {
            uint32_t span;

            if (!has_caps(&w->heaps[i], caps) || (w->heaps[i].desc.caps[word] & caps) == 0) {
                continue;
            }
            span = layout_predict(&w->hl->heaps[i], need, alignment, &result.user);
            if (span != 0) {
                result.heap = (int)i;
                result.size = span - LAYOUT_HEAD;
                return result;
            }
        }
    }
    return result;
}

/* Requires a block as it was forecast. */
static void check_block(const struct world *w, const struct forecast *right, const void *ptr,
                        size_t size, size_t alignment)
{
    if (right->heap < 0 || right->refused) {
        WORLD_REQUIRE(ptr == NULL, "%u bytes: got %p where there is no room, or the limit refuses",
                      (unsigned)size, ptr);
        return;
    }
    WORLD_REQUIRE(ptr != NULL, "%u bytes: got nothing, though heap %d has room", (unsigned)size,
                  right->heap);
    WORLD_REQUIRE(world_heap_at(w, ptr) == right->heap, "%u bytes: got %p, not of heap %d",
                  (unsigned)size, ptr, right->heap);
    WORLD_REQUIRE((uintptr_t)ptr % alignment == 0 && (uintptr_t)ptr % HL_ALIGN == 0,
                  "%u bytes: got %p, not aligned to %u", (unsigned)size, ptr, (unsigned)alignment);
    WORLD_REQUIRE(layout_tag((uintptr_t)ptr - LAYOUT_HEAD).span == right->size + LAYOUT_HEAD,
                  "%u bytes: block %p has span %u, not %u", (unsigned)size, ptr,
                  (unsigned)layout_tag((uintptr_t)ptr - LAYOUT_HEAD).span,
                  (unsigned)right->size + LAYOUT_HEAD);
    WORLD_REQUIRE(right->user == 0 || (uintptr_t)ptr == right->user,
                  "%u bytes aligned to %u: got %p, not the first place", (unsigned)size,
                  (unsigned)alignment, ptr);
    WORLD_REQUIRE(right->size >= size, "%u bytes: the block has only %u", (unsigned)size,
                  (unsigned)right->size);
}

static void check_zeroed(const unsigned char *ptr, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        WORLD_REQUIRE(ptr[i] == 0, "byte %u of hl_calloc's block is not 0", (unsigned)i);
    }
}

static void *request(struct world *w, struct op op, size_t alignment, uint32_t size)
{
    uint32_t caps = op_caps(op.c);
    uint32_t count = op.c % 4 + 1U;

    switch (op.kind % OP_KINDS) {
    case OP_CALLOC:
        return hl_calloc(w->hl, count, size / count, caps);
    case OP_ALIGNED:
        return hl_aligned_alloc(w->hl, alignment, size, caps);
    default:
        return op.a % 8 == 0 ? hl_realloc(w->hl, NULL, size, caps) : hl_malloc(w->hl, size, caps);
    }
}

void op_allocate(struct world *w, struct op op)
{
    unsigned kind = op.kind % OP_KINDS;
    unsigned slot = model_empty_slot(w, op.a);
    uint32_t size = op_size(op.b);
    uint32_t count = op.c % 4 + 1U;
    size_t alignment = kind == OP_ALIGNED ? (size_t)1 << (op.a % 11) : 1;
    uint32_t id = HL_TASK_TRACKING ? w->running : 0;
    struct forecast right;
    void *ptr;

    if (slot == WORLD_NO_SLOT) {
        return;
    }
    if (kind == OP_CALLOC) {
        size = size / count * count;
    }
    right = forecast(w, size, alignment, op_caps(op.c));
    if (right.heap >= 0) {
        right.refused =
            !model_within_limits(w, id, right.size, w->tasks[id].current + right.size, true);
    }
    ptr = request(w, op, alignment, size);
    check_block(w, &right, ptr, size, alignment);
    if (ptr == NULL) {
        if (size != 0) {
            model_count_failure(w, id, size);
        }
        return;
    }
    if (kind == OP_CALLOC) {
        check_zeroed(ptr, size);
    }
    model_add(w, slot, ptr, right.size, id);
    MODEL_COUNT(w, id, allocations);
}

void op_free(struct world *w, struct op op)
{
    unsigned slot = model_used_slot(w, op.a);
    struct model_block *block = model_block(w, slot);
    void *ptr;

    if (slot == WORLD_NO_SLOT) {
        hl_free(w->hl, NULL);
        return;
    }
    ptr = block->ptr;
    content_check_part(block, block->ptr, block->size);
    if (op.b % 16 == 0) {
        WORLD_REQUIRE(hl_realloc(w->hl, block->ptr, 0, 0) == NULL,
                      "hl_realloc to 0 gives a pointer");
    } else {
        hl_free(w->hl, block->ptr);
    }
    MODEL_COUNT(w, block->owner, frees);
    if (w->running != block->owner) {
        MODEL_COUNT(w, block->owner, freed_by_others);
    }
    model_remove(w, slot);
    if (op.b % 4 == 1) {
        free_again(w, ptr, (uint8_t)(op.b / 4));
    }
}

/* Resizing. */

/* The size that a block gets when it is resized where it is; 0: that is not possible. */
static uint32_t size_in_place(const struct world *w, const struct model_block *block, size_t size,
                              uint32_t caps)
{
    uint32_t span = block->size + LAYOUT_HEAD;
    uint32_t need = layout_need(size);
    struct layout_tag next = layout_tag((uintptr_t)block->ptr + block->size);
    uint32_t room = next.used ? span : span + next.span;

    if (caps == 0 || need == 0 || need > room || !has_caps(&w->heaps[block->heap], caps)) {
        return 0;
    }
    if (!next.used && need <= span) {
        return need - LAYOUT_HEAD;
    }
    return (room - need < LAYOUT_LEAST_SPAN ? room : need) - LAYOUT_HEAD;
}

static bool in_place_is_refused(struct world *w, const struct model_block *block, uint32_t id,
                                uint32_t to)
{
    uint32_t current = w->tasks[id].current;

    if (block->owner != id) {
        return !model_within_limits(w, id, to, current + to, true);
    }
    return to > block->size && !model_within_limits(w, id, to, current + to - block->size, true);
}

static void resized_in_place(struct world *w, unsigned slot, uint32_t id, uint32_t to)
{
    struct model_block *block = &w->slots[slot];

    content_check_part(block, block->ptr, to < block->size ? to : block->size);
    WORLD_REQUIRE(layout_tag((uintptr_t)block->ptr - LAYOUT_HEAD).span == to + LAYOUT_HEAD,
                  "resized in place to span %u, not %u",
                  (unsigned)layout_tag((uintptr_t)block->ptr - LAYOUT_HEAD).span,
                  (unsigned)to + LAYOUT_HEAD);
    model_resize(w, slot, to, id);
}

/* Both blocks are there during the copy; then the old one goes. */
static void moved(struct world *w, unsigned slot, uint32_t id, const struct forecast *right,
                  void *ptr, uint32_t size)
{
    struct model_block old = w->slots[slot];
    struct model_heap *heap = &w->heaps[right->heap];
    unsigned to = model_empty_slot(w, slot);

    content_check_part(&old, ptr, size < old.size ? size : old.size);
    if (heap->free - (right->size + LAYOUT_HEAD) < heap->min_free) {
        heap->min_free = heap->free - (right->size + LAYOUT_HEAD);
    }
    model_add(w, to, ptr, right->size, id);
    model_remove(w, slot);
}

void op_realloc(struct world *w, struct op op)
{
    unsigned slot = model_used_slot(w, op.a);
    struct model_block *block = model_block(w, slot);
    uint32_t size = op_size(op.b);
    uint32_t caps = op_caps(op.c);
    uint32_t id = HL_TASK_TRACKING ? w->running : 0;
    struct forecast right = {.heap = -1};
    uint32_t in_place;
    bool refused = false;
    void *ptr;

    if (slot == WORLD_NO_SLOT || w->live == WORLD_SLOTS || size == 0) {
        return;
    }
    in_place = size_in_place(w, block, size, caps);
    if (in_place != 0) {
        refused = in_place_is_refused(w, block, id, in_place);
    } else {
        right = forecast(w, size, 1, caps);
        if (right.heap >= 0) {
            right.refused = !model_within_limits(
                w, id, right.size,
                w->tasks[id].current + right.size - (block->owner == id ? block->size : 0), true);
        }
    }
    ptr = hl_realloc(w->hl, block->ptr, size, caps);
    if (in_place != 0 && !refused) {
        WORLD_REQUIRE(ptr == block->ptr, "hl_realloc could have stayed in place");
        resized_in_place(w, slot, id, in_place);
    } else if (in_place != 0) {
        WORLD_REQUIRE(ptr == NULL, "hl_realloc gives what the limit refuses");
    } else {
        check_block(w, &right, ptr, size, 1);
        if (ptr != NULL) {
            moved(w, slot, id, &right, ptr, size);
        }
    }
    if (ptr != NULL) {
        MODEL_COUNT(w, id, resizes);
    } else {
        model_count_failure(w, id, size);
    }
}

/* Requests that no heap can serve, and their like. */

static void fails(struct world *w, void *ptr, size_t size)
{
    WORLD_REQUIRE(ptr == NULL, "got %p for a request that must fail", ptr);
    if (size != 0) {
        model_count_failure(w, HL_TASK_TRACKING ? w->running : 0, size);
    }
}

void op_odd(struct world *w, struct op op)
{
    const size_t half = (size_t)1 << (sizeof(size_t) * 4);
    const uint32_t caps = 2;
    unsigned slot = model_used_slot(w, op.b);
    size_t size = SIZE_MAX - op.c;

    switch (op.a % 10) {
    case 0:
        fails(w, hl_malloc(w->hl, 0, caps), 0);
        break;
    case 1:
        fails(w, hl_malloc(w->hl, size, caps), size);
        break;
    case 2:
        fails(w, hl_malloc(w->hl, HL_MAX_HEAP_BYTES - 3 + op.c, caps),
              HL_MAX_HEAP_BYTES - 3 + op.c);
        break;
    case 3:
        fails(w, hl_malloc(w->hl, 16, 0), 16);
        break;
    case 4:
        fails(w, hl_aligned_alloc(w->hl, op.b & 1 ? 24 : 0, 16, caps), 0);
        break;
    case 5:
        fails(w, hl_calloc(w->hl, half + op.b, half + op.c, caps), SIZE_MAX);
        break;
    case 6:
        fails(w, hl_calloc(w->hl, SIZE_MAX / 16 + 1, 16 + op.c % 2, caps), SIZE_MAX);
        break;
    case 7:
        fails(w, hl_calloc(w->hl, op.b & 1 ? 0 : size, op.b & 1 ? size : 0, caps), 0);
        break;
    case 8:
        fails(w, hl_aligned_alloc(w->hl, SIZE_MAX / 2 + 1, 16, caps), 16);
        break;
    default:
        if (slot != WORLD_NO_SLOT) {
            fails(w, hl_realloc(w->hl, w->slots[slot].ptr, size, caps), size);
        }
        break;
    }
}
