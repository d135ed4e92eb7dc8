/* SPDX-License-Identifier: MIT */
/* The one walker of an instance. */
#include "walk.h"

int walk_begin(struct hl *hl)
{
    hl_port_state state = hl_port_lock(hl);
    int error = hl->walking ? HL_ERR_BUSY : 0;

    if (error == 0) {
        hl->walking = true;
        hl->changed = false;
        hl->cursor = NULL;
#if HL_TASK_TRACKING
        hl->fold.entered = false; /* its cursor is ours now: it starts its heap anew */
#endif
    }
    hl_port_unlock(hl, state);
    return error;
}

void walk_enter(struct hl *hl, int heap)
{
    hl_port_state state = hl_port_lock(hl);

    hl->cursor = hl->heaps[heap].list.first;
    hl_port_unlock(hl, state);
}

/* What is wrong with the block at the cursor; 0: nothing. `room`: bytes to the end of the heap. */
static int block_fault(const struct block *b, uint32_t room, const struct block **where)
{
    uint32_t span = block_span(b->head);
    const struct block *next;

    *where = b;
    if (span < BLOCK_MIN_SPAN || span > room) {
        return HL_FAULT_SIZE;
    }
    next = block_at(b, span);
    if (!block_used(b->head) && (!block_is_free_head(b->head) || *block_foot(next) != b->head)) {
        return HL_FAULT_FREE_BLOCK;
    }
    *where = next;
    return block_prev_free(next->head) == block_used(b->head) ? HL_FAULT_NEIGHBOUR : 0;
}

static uint32_t owner_of(const struct hl *hl, uint32_t head)
{
    if (!block_used(head)) {
        return 0;
    }
#if HL_TASK_TRACKING
    return ledger_listed(&hl->ledger, block_owner(head))
               ? ledger_serial(&hl->ledger, block_owner(head))
               : 0;
#else
    (void)hl;
    return 1;
#endif
}

int walk_look(struct hl *hl, int heap_index, struct walk_block *seen, int most,
              struct notice *notice)
{
    const struct hl_heap *heap = &hl->heaps[heap_index];
    int count = 0;

    while (count < most && hl->cursor != heap->end) {
        struct block *b = hl->cursor;
        const struct block *where;
        int fault = block_fault(b, block_distance(b, heap->end), &where);

        if (fault == 0 && b == heap->list.first && block_prev_free(b->head)) {
            fault = HL_FAULT_NEIGHBOUR; /* there is none before it */
            where = b;
        }
        if (fault != 0) {
            notice_fault(hl, notice, fault, block_user(where), heap_index);
            return count > 0 ? count : HL_ERR_DAMAGED;
        }
        seen[count].block = b;
        seen[count].head = b->head;
        seen[count].owner = owner_of(hl, b->head);
        count++;
        hl->cursor = block_at(b, block_span(b->head));
    }
    return count;
}

static int walk_some(struct hl *hl, int heap, struct walk_block *seen, int most)
{
    struct notice notice;
    hl_port_state state;
    int count;

    notice_init(&notice);
    state = hl_port_lock(hl);
    count = walk_look(hl, heap, seen, most, &notice);
    hl_port_unlock(hl, state);
    if (count < 0) {
        notice_deliver(hl, &notice);
    }
    return count;
}

int walk_step(struct hl *hl, int heap, struct walk_block seen[HL_WALK_STEP])
{
    return walk_some(hl, heap, seen, HL_WALK_STEP);
}

int walk_next(struct hl *hl, int heap, struct walk_block *seen)
{
    return walk_some(hl, heap, seen, 1);
}

bool walk_end(struct hl *hl)
{
    hl_port_state state = hl_port_lock(hl);
    bool changed = hl->changed;

    hl->walking = false;
    hl->cursor = NULL;
    hl_port_unlock(hl, state);
    return changed;
}
