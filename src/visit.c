/* SPDX-License-Identifier: MIT */
/* Visits: tasks, accounts and blocks, handed one by one to functions of the caller. */
#include "heapledger/snapshot.h"

#include "entry.h"
#include "walk.h"

static void describe_block(const struct walk_block *seen, struct hl_block_info *block)
{
    block->address = block_user(seen->block);
    block->size = block_size(block_span(seen->head));
    block->owner = seen->owner;
}

/* Visits the blocks of an owner in a heap; 0: all blocks. Returns 1 to go on with other heaps, 0
 * when the visitor has had enough, or HL_ERR_DAMAGED. */
static int visit_heap(struct hl *hl, int heap, uint32_t owner,
                      bool (*visit)(void *context, const struct hl_block_info *block),
                      void *context)
{
    struct walk_block seen; /* one at a time: writers have little stack */
    struct hl_block_info block;
    int n;

    walk_enter(hl, heap);
    while ((n = walk_next(hl, heap, &seen)) > 0) {
        describe_block(&seen, &block);
        if ((owner == 0 || block.owner == owner) && !visit(context, &block)) {
            return 0;
        }
    }
    return n < 0 ? n : 1;
}

/* Ends a visit: what it returns. */
static int end_visit(struct hl *hl, int result)
{
    bool changed = walk_end(hl);

    if (result < 0) {
        return result;
    }
    return changed ? 1 : 0;
}

/* Is it there, and are its blocks ours to list? */
static bool can_walk(struct hl *hl, int heap)
{
    hl_port_state state = hl_port_lock(hl);
    const struct hl_heap *of = instance_heap(hl, heap);
    bool there = of != NULL && !heap_is_foreign(of);

    hl_port_unlock(hl, state);
    return there;
}

int hl_visit_blocks(struct hl *hl, int heap,
                    bool (*block)(void *context, const struct hl_block_info *block), void *context)
{
    int result;

    if (!can_walk(hl, heap)) {
        return HL_ERR_NOT_FOUND;
    }
    result = walk_begin(hl);
    if (result < 0) {
        return result;
    }
    return end_visit(hl, visit_heap(hl, heap, 0, block, context));
}

#if HL_TASK_TRACKING

/* Copies one account of a task. False: the task is gone, or was never charged on this heap. */
static bool read_account(struct hl *hl, const struct hl_task_info *task, uint32_t heap,
                         struct hl_account_info *account)
{
    uint32_t id = (uint32_t)task->id;
    hl_port_state state = hl_port_lock(hl);
    bool there = entry_serial(hl, id) == task->serial && entry_has_account(hl, heap, id);

    if (there) {
        entry_account(hl, heap, id, account);
    }
    hl_port_unlock(hl, state);
    return there;
}

/* The parts of a visit return 1 to go on, 0 when the visitor has had enough, or an error. */

static int visit_account(struct hl *hl, const struct hl_task_info *task, uint32_t heap,
                         const struct hl_visitor *visitor)
{
    struct hl_account_info account;

    if (!read_account(hl, task, heap, &account)) {
        return 1;
    }
    if (visitor->account != NULL && !visitor->account(visitor->context, task, &account)) {
        return 0;
    }
    if (visitor->block == NULL || account.blocks == 0 || heap_is_foreign(&hl->heaps[heap])) {
        return 1;
    }
    return visit_heap(hl, (int)heap, task->serial, visitor->block, visitor->context);
}

static int visit_task(struct hl *hl, uint32_t id, uint32_t serial, const struct hl_visitor *visitor)
{
    struct hl_task_info task;
    int result = 1;
    hl_port_state state = hl_port_lock(hl);
    bool there = entry_serial(hl, id) == serial;

    if (there) {
        entry_task(hl, id, &task);
    }
    hl_port_unlock(hl, state);
    if (!there) {
        return HL_ERR_NOT_FOUND;
    }
    entry_show_folded(&task);
    if (visitor->task != NULL && !visitor->task(visitor->context, &task)) {
        return 0;
    }
    for (uint32_t heap = 0; result > 0 && heap < hl->max_heaps; heap++) {
        result = visit_account(hl, &task, heap, visitor);
    }
    return result;
}

static int visit_all_tasks(struct hl *hl, const struct hl_visitor *visitor)
{
    uint32_t serial = UINT32_MAX;
    uint32_t id = 0;
    int result = 1;

    while (result != 0 && (serial = entry_find(hl, serial, &id)) != 0) {
        result = visit_task(hl, id, serial--, visitor);
        if (result < 0 && result != HL_ERR_NOT_FOUND) { /* not found: gone meanwhile */
            return result;
        }
    }
    return 0;
}

static int visit_one_task(struct hl *hl, uint32_t serial, const struct hl_visitor *visitor)
{
    uint32_t id = 0;

    entry_find(hl, serial, &id); /* an older one if it is not there, and that is noticed */
    return visit_task(hl, id, serial, visitor);
}

int hl_visit_tasks(struct hl *hl, uint32_t serial, const struct hl_visitor *visitor)
{
    int result = walk_begin(hl);

    if (result < 0) {
        return result;
    }
    return end_visit(hl, serial == 0 ? visit_all_tasks(hl, visitor)
                                     : visit_one_task(hl, serial, visitor));
}

#endif
