/* SPDX-License-Identifier: MIT */
/* Resizing: in place where that is possible, else by moving. */
#include "instance.h"

#include <string.h>

/* Books a block that is resized in place. False: the new owner's limit refuses it. */
HL_FN static bool book_resize(struct hl *hl, const struct place_found *found, uint32_t id,
                              uint32_t to, struct notice *notice)
{
    struct hl_account *row = found->heap->accounts;
    uint32_t owner = block_owner(found->block->head);
    uint32_t from = block_size(block_span(found->block->head));

    if (owner == id) {
        return ledger_resize(&hl->ledger, row, id, from, to, notice);
    }
    if (!ledger_charge(&hl->ledger, row, id, to, 0, notice)) {
        return false;
    }
    if (ledger_credit(&hl->ledger, row, owner, from)) {
        ledger_settle(&hl->ledger, owner);
    }
    return true;
}

enum resized {
    RESIZED_NO_ROOM,
    RESIZED_REFUSED,
    RESIZED_DONE
};

/* Where a block may be once it is resized. */
struct resize_target {
    bool within;   /* in its heap only; otherwise */
    uint32_t caps; /* where these are */
};

HL_FN static bool may_stay(const struct hl_heap *heap, const struct resize_target *target)
{
    return target->within || (target->caps != 0 && instance_heap_has(heap, target->caps));
}

HL_FN static enum resized resize_in_place(struct hl *hl, const struct place_found *found,
                                          uint32_t id, size_t size,
                                          const struct resize_target *target, struct notice *notice)
{
    uint32_t need = heap_span_for(size);
    uint32_t span;

    if (need == 0 || !may_stay(found->heap, target)) {
        return RESIZED_NO_ROOM;
    }
    span = heap_resize_span(found->block, need);
    if (span == 0) {
        return RESIZED_NO_ROOM;
    }
    if (!book_resize(hl, found, id, block_size(span), notice)) {
        return RESIZED_REFUSED;
    }
    heap_resize(found->heap, found->block, span, id, &hl->cursor);
    hl->changed = true;
    return RESIZED_DONE;
}

/* The block to move to. What the caller will give back soon does not count against its limit. */
HL_FN static void *place_to_move_to(struct hl *hl, hl_port_state *state,
                                    const struct place_found *found, size_t size,
                                    const struct resize_target *target, struct notice *notice)
{
    uint32_t head = found->block->head;
    struct hl_heap *heap = found->heap;
    struct alloc_request request = {.take = alloc_take, .need = heap_span_for(size)};
    struct block *b;

    /* Two short holds instead of a long one, unless the heap could move meanwhile. */
    request.state = target->within ? *state : instance_give_way(hl, *state);
    request.search = request.need;
    request.id = instance_current(hl);
    request.allowance = block_owner(head) == request.id ? block_size(block_span(head)) : 0;
    b = target->within ? alloc_in(hl, heap, &request, notice)
                       : alloc_matching(hl, &request, target->caps, notice);
    *state = request.state;
    return b != NULL ? block_user(b) : NULL;
}

/* The copy is done; the old block goes. */
HL_FN static void release_moved(struct hl *hl, void *ptr)
{
    struct place_found found;
    struct notice notice;
    hl_port_state state;

    notice_init(&notice);
    state = hl_port_lock(hl);
    if (alloc_find_owned(hl, ptr, &found, &notice)) {
        alloc_release(hl, found.heap, found.block);
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
}

HL_FN static void *resize(struct hl *hl, void *ptr, size_t size, const struct resize_target *target)
{
    enum resized resized = RESIZED_REFUSED;
    size_t old_size = 0;
    void *result = NULL;
    struct place_found found;
    struct notice notice;
    hl_port_state state;
    uint32_t id;

    notice_init(&notice);
    state = hl_port_lock(hl);
    id = instance_current(hl);
    if (alloc_find_owned(hl, ptr, &found, &notice)) {
        resized = resize_in_place(hl, &found, id, size, target, &notice);
        if (resized == RESIZED_DONE) {
            result = ptr;
        } else if (resized == RESIZED_NO_ROOM) {
            old_size = block_size(block_span(found.block->head));
            result = place_to_move_to(hl, &state, &found, size, target, &notice);
        }
        if (result != NULL) {
            LEDGER_COUNT(&hl->ledger, id, resizes);
        } else {
            ledger_count_failure(&hl->ledger, id, size);
        }
    }
    hl_port_unlock(hl, state);
    notice_deliver(hl, &notice);
    if (result != NULL && result != ptr) {
        memcpy(result, ptr, size < old_size ? size : old_size);
        release_moved(hl, ptr);
    }
    return result;
}

HL_FN void *hl_realloc(struct hl *hl, void *ptr, size_t size, uint32_t caps)
{
    const struct resize_target target = {.caps = caps};

    if (ptr == NULL) {
        return hl_malloc(hl, size, caps);
    }
    if (size == 0) {
        hl_free(hl, ptr);
        return NULL;
    }
    return resize(hl, ptr, size, &target);
}

void *hl_realloc_within(struct hl *hl, void *ptr, size_t size)
{
    static const struct resize_target target = {.within = true};

    if (ptr == NULL) {
        return NULL;
    }
    if (size == 0) {
        hl_free(hl, ptr);
        return NULL;
    }
    return resize(hl, ptr, size, &target);
}
