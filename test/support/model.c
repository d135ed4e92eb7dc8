/* SPDX-License-Identifier: MIT */
/* The naive model. */
#include "support/model.h"

#include <string.h>

#include "support/content.h"

unsigned model_ids(const struct world *w)
{
    return (HL_TASK_TRACKING ? w->shape.tasks : 0) + HL_TASK_FIRST;
}

bool model_listed(const struct world *w, uint32_t id)
{
    return id < HL_TASK_FIRST || (id < model_ids(w) && w->tasks[id].state != MODEL_GONE);
}

bool model_is_open(const struct world *w, int id)
{
    return id >= 0 && id < (int)model_ids(w) &&
           (id < HL_TASK_FIRST || w->tasks[id].state == MODEL_ALIVE);
}

uint32_t model_serial(const struct world *w, uint32_t id)
{
    return id < HL_TASK_FIRST ? id + 1 : w->tasks[id].serial;
}

unsigned model_order_from(const struct world *w, uintptr_t address)
{
    unsigned low = 0;
    unsigned high = w->live;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if ((uintptr_t)w->slots[w->order[middle]].ptr < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

unsigned model_slot_of(const struct world *w, const void *ptr)
{
    unsigned at = model_order_from(w, (uintptr_t)ptr);

    return at < w->live && w->slots[w->order[at]].ptr == ptr ? w->order[at] : WORLD_NO_SLOT;
}

unsigned model_used_slot(const struct world *w, unsigned from)
{
    for (unsigned i = 0; w->live != 0 && i < WORLD_SLOTS; i++) {
        if (w->slots[(from + i) % WORLD_SLOTS].ptr != NULL) {
            return (from + i) % WORLD_SLOTS;
        }
    }
    return WORLD_NO_SLOT;
}

unsigned model_empty_slot(const struct world *w, unsigned from)
{
    for (unsigned i = 0; w->live < WORLD_SLOTS && i < WORLD_SLOTS; i++) {
        if (w->slots[(from + i) % WORLD_SLOTS].ptr == NULL) {
            return (from + i) % WORLD_SLOTS;
        }
    }
    return WORLD_NO_SLOT;
}

void model_add(struct world *w, unsigned slot, void *ptr, uint32_t size, uint32_t owner)
{
    struct model_block *block = &w->slots[slot];
    unsigned at = model_order_from(w, (uintptr_t)ptr);

    memmove(&w->order[at + 1], &w->order[at], (w->live - at) * sizeof w->order[0]);
    w->order[at] = (uint16_t)slot;
    w->live++;
    block->ptr = ptr;
    block->size = size;
    block->born = w->clock;
    block->pattern = (uint16_t)w->clock;
    block->owner = (uint8_t)owner;
    block->heap = (uint8_t)world_heap_at(w, ptr);
    w->walk.seen[slot] = false;
    content_fill(block);
    model_charge(w, owner, block->heap, size);
    w->changes++;
}

void model_remove(struct world *w, unsigned slot)
{
    struct model_block *block = &w->slots[slot];
    unsigned at = model_order_from(w, (uintptr_t)block->ptr);

    w->live--;
    memmove(&w->order[at], &w->order[at + 1], (w->live - at) * sizeof w->order[0]);
    w->stale[w->freed++ % WORLD_STALE] = block->ptr;
    block->ptr = NULL;
    model_credit(w, block->owner, block->heap, block->size);
    w->changes++;
}

void model_resize(struct world *w, unsigned slot, uint32_t size, uint32_t owner)
{
    struct model_block *block = &w->slots[slot];

    if (block->owner != owner) {
        model_charge(w, owner, block->heap, size);
        model_credit(w, block->owner, block->heap, block->size);
    } else if (size > block->size) {
        model_charge(w, owner, block->heap, size - block->size);
        w->tasks[owner].accounts[block->heap].blocks -= HL_TASK_TRACKING;
    } else {
        w->tasks[owner].accounts[block->heap].blocks += HL_TASK_TRACKING;
        model_credit(w, owner, block->heap, block->size - size);
    }
    block->size = size;
    block->owner = (uint8_t)owner;
    block->born = w->clock;
    block->pattern = (uint16_t)w->clock;
    content_fill(block);
    w->changes++;
}

void model_hand_over(struct world *w, unsigned slot, uint32_t owner)
{
    struct model_block *block = &w->slots[slot];

    if (block->owner == owner) {
        return;
    }
    model_charge(w, owner, block->heap, block->size);
    model_credit(w, block->owner, block->heap, block->size);
    block->owner = (uint8_t)owner;
    block->born = w->clock;
    w->changes++;
}

void model_charge(struct world *w, uint32_t id, unsigned heap, uint32_t size)
{
#if HL_TASK_TRACKING
    struct model_task *task = &w->tasks[id];
    struct model_account *account = &task->accounts[heap];

    if (id >= HL_TASK_FIRST && (task->state == MODEL_GONE || task->state == MODEL_KEPT)) {
        task->state = MODEL_OWING; /* deleted already, and owes again */
        task->late = true;
    }
    account->blocks++;
    account->current += size;
    account->peak = account->current > account->peak ? account->current : account->peak;
    task->current += size;
    task->peak = task->current > task->peak ? task->current : task->peak;
#else
    (void)w, (void)id, (void)heap, (void)size;
#endif
}

void model_credit(struct world *w, uint32_t id, unsigned heap, uint32_t size)
{
#if HL_TASK_TRACKING
    struct model_task *task = &w->tasks[id];

    task->accounts[heap].blocks--;
    task->accounts[heap].current -= size;
    task->current -= size;
    if (task->current == 0 && task->state == MODEL_OWING) {
        model_vacate(w, id);
    }
#else
    (void)w, (void)id, (void)heap, (void)size;
#endif
}

void model_vacate(struct world *w, uint32_t id)
{
    struct model_task *task = &w->tasks[id];
    bool stands_for_none = task->is_folded && task->folded == 0;

    task->state = w->keep_deleted && !stands_for_none ? MODEL_KEPT : MODEL_GONE;
    task->vacated = ++w->vacancies;
}

void model_count_failure(struct world *w, uint32_t id, size_t size)
{
#if HL_COUNT_FAILURES
    uint32_t bytes = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
    struct model_task *task = &w->tasks[id];

    task->failures++;
    task->largest_refused = bytes > task->largest_refused ? bytes : task->largest_refused;
#else
    (void)w, (void)id, (void)size;
#endif
}

bool model_within_limits(struct world *w, uint32_t id, uint32_t size, uint32_t after,
                         bool refusable)
{
#if HL_LIMITS
    const struct model_task *task = &w->tasks[id];
    uint32_t before = task->current;
    bool refused = refusable && task->refuse && after > before && after > task->limit;
    bool limit = refused || (before <= task->limit && after > task->limit);

    if (limit || (before <= task->warning && after > task->warning)) {
        w->expected.limits++;
        w->expected.limit.task = (int)id;
        w->expected.limit.refused = refused;
        w->expected.limit.limit = limit;
        w->expected.limit.size = size;
        w->expected.limit.current = after;
    }
    return !refused;
#else
    (void)w, (void)id, (void)size, (void)after, (void)refusable;
    return true;
#endif
}

void model_expect_fault(struct world *w, int reason, const void *address, int heap)
{
    w->expected.faults++;
    w->expected.fault.reason = (enum hl_fault_reason)reason;
    w->expected.fault.address = address;
    w->expected.fault.heap = heap;
    w->expected.fault.task = HL_TASK_TRACKING ? (int)w->running : 0;
}

void model_rename(struct world *w, uint32_t id, const char *name)
{
    memset(w->tasks[id].name, 0, HL_NAME_LEN);
    strncpy(w->tasks[id].name, name != NULL ? name : "", HL_NAME_LEN - 1);
    w->changes++;
}

void model_open(struct world *w, uint32_t id, void *handle, const char *name)
{
    struct model_task *task = &w->tasks[id];

    memset(task, 0, sizeof *task);
    task->state = MODEL_ALIVE;
    task->serial = ++w->last_serial;
    task->handle = handle;
    task->limit = UINT32_MAX;
    task->warning = UINT32_MAX;
    model_rename(w, id, name);
    w->registered++;
}

void model_delete(struct world *w, uint32_t id)
{
    struct model_task *task = &w->tasks[id];

    task->state = MODEL_OWING;
    task->limit = UINT32_MAX;
    task->warning = UINT32_MAX;
    if (task->current == 0) {
        model_vacate(w, id);
    }
    w->changes++;
}

bool model_fits(const struct world *w, size_t more)
{
    uint64_t most = more;

    for (unsigned i = 0; i < w->heap_count; i++) {
        if (!w->heaps[i].foreign) {
            most += w->heaps[i].desc.size;
            continue;
        }
        for (uint32_t id = 0; id < model_ids(w); id++) {
            most += w->tasks[id].accounts[i].current;
        }
    }
    return most <= UINT32_MAX;
}
