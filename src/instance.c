/* SPDX-License-Identifier: MIT */
/* An instance: setting it up, adding heaps, and telling the hooks. */
#include "instance.h"

#include <string.h>

_Static_assert(offsetof(struct hl, port) == 0, "hl_port_data reads the first word");
_Static_assert(sizeof(struct hl) == HL_INSTANCE_BYTES, "HL_INSTANCE_BYTES is exact");
_Static_assert(sizeof(struct hl_heap) == HL_HEAP_BYTES, "HL_HEAP_BYTES is exact");
_Static_assert(HL_MAX_HEAP_BYTES == BLOCK_MAX_SPAN, "a header can express the largest heap");

enum {
    MAX_TASKS = (1 << HL_OWNER_BITS) - 2 - HL_TASK_FIRST
};

/* What follows struct hl: heaps and ledger, without any task. The first heap holds no pointer and
 * matches no request, until one is added. */
static void begin(struct hl *hl, unsigned max_tasks, bool keep_deleted)
{
    memset(hl->heaps, 0, HL_BYTES(max_tasks, hl->max_heaps) - sizeof(*hl));
    hl->heaps[0].list.first = INSTANCE_FOREIGN;
#if HL_TASK_TRACKING
    ledger_init(&hl->ledger, &hl->heaps[hl->max_heaps], max_tasks, hl->max_heaps, keep_deleted);
#else
    (void)max_tasks, (void)keep_deleted;
#endif
}

/* What hl_port_data leads to without hl_config.port. */
static const uint32_t nothing = 0;

struct hl *hl_init(void *mem, size_t bytes, const struct hl_config *config)
{
    struct hl *hl = mem;

    if (mem == NULL || (uintptr_t)mem % _Alignof(struct hl) != 0 || config == NULL ||
        config->max_heaps == 0 || config->max_tasks > MAX_TASKS ||
        (HL_TASK_TRACKING && config->max_tasks == 0) ||
        bytes < HL_BYTES(config->max_tasks, config->max_heaps)) {
        return NULL;
    }
    memset(hl, 0, sizeof(*hl));
    hl->port = config->port != NULL ? config->port : (void *)(uintptr_t)&nothing;
    hl->context = config->context;
    hl->on_fault = config->on_fault;
    hl->on_limit = config->on_limit;
    hl->max_heaps = config->max_heaps;
    begin(hl, config->max_tasks, config->keep_deleted);
    return hl;
}

void hl_reset(struct hl *hl)
{
#if HL_TASK_TRACKING
    unsigned max_tasks = hl->ledger.ids - HL_TASK_FIRST;
    uint32_t last_serial = hl->ledger.last_serial;
    bool keep_deleted = hl->ledger.keep_deleted;
#else
    unsigned max_tasks = 0;
    bool keep_deleted = false;
#endif

    hl->heap_count = 0;
    hl->total = 0;
    hl->foreign = 0;
    hl->walking = false;
    hl->changed = true;
    hl->cursor = NULL;
    memset(&hl->fold, 0, sizeof(hl->fold));
    begin(hl, max_tasks, keep_deleted);
#if HL_TASK_TRACKING
    hl->ledger.last_serial = last_serial;
#endif
}

/* Is `inner` a heap that lies in `outer`, or the same? */
static bool lies_in(const struct hl_heap *inner, const struct hl_heap_desc *outer)
{
    uintptr_t offset = (uintptr_t)inner->desc.start - (uintptr_t)outer->start;

    return offset < outer->size && inner->desc.size <= outer->size - offset;
}

/* Room for the description, or an error. `around`: a heap that it may overlap, as it may what that
 * one lies in; or NULL. Into the caller, as what uses it is, so that a program that adds no heap
 * inside a block pays nothing for it. */
HL_INTO_CALLER int heap_slot(const struct hl *hl, const struct hl_heap_desc *desc,
                             const struct hl_heap *around)
{
    uintptr_t start = (uintptr_t)desc->start;

    if (desc->size > UINTPTR_MAX - start) {
        return HL_ERR_ARGUMENT;
    }
    for (int i = 0; i < hl->heap_count; i++) {
        const struct hl_heap_desc *other = &hl->heaps[i].desc;

        if (start < (uintptr_t)other->start + other->size &&
            (uintptr_t)other->start < start + desc->size &&
            (around == NULL || !lies_in(around, other))) {
            return HL_ERR_OVERLAP;
        }
    }
    return hl->heap_count < hl->max_heaps ? hl->heap_count : HL_ERR_TOO_MANY;
}

/* Sets up what heaps of ours and foreign ones have in common. */
HL_INTO_CALLER void describe_heap(struct hl *hl, int slot, const struct hl_heap_desc *desc)
{
    struct hl_heap *heap = &hl->heaps[slot];

    heap->desc = *desc;
    heap->accounts = ledger_row(&hl->ledger, (uint32_t)slot);
    hl->heap_count++;
    hl->changed = true;
}

HL_INTO_CALLER int add_heap(struct hl *hl, const struct hl_heap_desc *desc,
                            const struct hl_heap *around)
{
    uintptr_t start = (uintptr_t)desc->start;
    int slot = heap_slot(hl, desc, around);

    if (slot < 0) {
        return slot;
    }
    /* Rounding takes something away: what is too large before may fit after. */
    if (desc->size > BLOCK_MAX_SPAN + BLOCK_HEAD_BYTES + HL_ALIGN - 1 ||
        desc->size > instance_book_room(hl)) {
        return HL_ERR_TOO_LARGE;
    }
    if (!heap_format(&hl->heaps[slot], start, start + desc->size)) {
        return HL_ERR_TOO_SMALL;
    }
    hl->total += (uint32_t)desc->size;
    describe_heap(hl, slot, desc);
    return slot;
}

static bool described(const struct hl *hl, const struct hl_heap_desc *desc)
{
    return hl != NULL && desc != NULL && desc->name != NULL;
}

int hl_add_heap(struct hl *hl, const struct hl_heap_desc *desc)
{
    hl_port_state state;
    int result;

    if (!described(hl, desc) || desc->start == NULL) {
        return HL_ERR_ARGUMENT;
    }
    state = hl_port_lock(hl);
    result = add_heap(hl, desc, NULL);
    hl_port_unlock(hl, state);
    return result;
}

/* The last heap comes to this place, with its accounts, which are where its index says. */
static void move_last_to(struct hl *hl, uint32_t index)
{
    uint32_t last = hl->heap_count - 1U;
    struct hl_heap moved = hl->heaps[last];

    memmove(&hl->heaps[index + 1], &hl->heaps[index], (last - index) * sizeof(moved));
    hl->heaps[index] = moved;
    for (uint32_t heap = index; heap <= last; heap++) {
        if (!heap_is_foreign(&hl->heaps[heap])) {
            freelist_moved(&hl->heaps[heap].list);
        }
    }
#if HL_TASK_TRACKING
    struct hl_account *row = ledger_row(&hl->ledger, index);
    size_t row_bytes = hl->ledger.ids * sizeof(*row);

    memmove(ledger_row(&hl->ledger, index + 1), row, (last - index) * row_bytes);
    memset(row, 0, row_bytes);
    for (uint32_t heap = index; heap <= last; heap++) {
        hl->heaps[heap].accounts = ledger_row(&hl->ledger, heap);
    }
    if (hl->fold.heap >= index) {
        hl->fold.heap++;
    }
#endif
}

/* The heap around a block that holds all of the new heap, or NULL. */
static const struct hl_heap *heap_around(struct hl *hl, const struct hl_heap_desc *desc, int index,
                                         const void *within)
{
    struct place_found found;
    struct notice ignored;
    uint32_t bytes;
    uintptr_t offset = (uintptr_t)desc->start - (uintptr_t)within;

    notice_init(&ignored);
    if (!instance_find_block(hl, within, &found, &ignored) ||
        instance_heap_index(hl, found.heap) < index) {
        return NULL;
    }
    bytes = block_size(block_span(found.block->head));
    return offset <= bytes && desc->size <= bytes - offset ? found.heap : NULL;
}

static int insert(struct hl *hl, const struct hl_heap_desc *desc, int index, const void *within)
{
    const struct hl_heap *around = NULL;
    int result;

    if (index < 0 || index > hl->heap_count) {
        return HL_ERR_ARGUMENT;
    }
    if (hl->walking) {
        return HL_ERR_BUSY;
    }
    if (within != NULL) {
        around = heap_around(hl, desc, index, within);
        if (around == NULL) {
            return HL_ERR_OVERLAP;
        }
    }
    result = add_heap(hl, desc, around);
    if (result < 0) {
        return result;
    }
    if (index != result) {
        move_last_to(hl, (uint32_t)index);
    }
    return index;
}

int hl_insert_heap(struct hl *hl, const struct hl_heap_desc *desc, int index, const void *within)
{
    hl_port_state state;
    int result;

    if (!described(hl, desc) || desc->start == NULL) {
        return HL_ERR_ARGUMENT;
    }
    state = hl_port_lock(hl);
    result = insert(hl, desc, index, within);
    hl_port_unlock(hl, state);
    return result;
}

#if HL_TASK_TRACKING
int hl_add_foreign_heap(struct hl *hl, const struct hl_heap_desc *desc)
{
    hl_port_state state;
    int slot;

    if (!described(hl, desc)) {
        return HL_ERR_ARGUMENT;
    }
    state = hl_port_lock(hl);
    slot = heap_slot(hl, desc, NULL);
    if (slot >= 0) {
        hl->heaps[slot].list.first = INSTANCE_FOREIGN;
        hl->heaps[slot].end = INSTANCE_FOREIGN;
        describe_heap(hl, slot, desc);
    }
    hl_port_unlock(hl, state);
    return slot;
}
#endif

HL_FN void notice_tell(struct hl *hl, const struct notice *notice)
{
    if (notice->fault != 0 && hl->on_fault != NULL) {
        struct hl_fault fault = {
            .reason = (enum hl_fault_reason)notice->fault,
            .address = notice->address,
            .heap = notice->heap,
            .task = (int)notice->task,
        };

        hl->on_fault(hl->context, &fault);
    }
#if HL_LIMITS
    if (notice->limit_reached && hl->on_limit != NULL) {
        hl->on_limit(hl->context, &notice->limit);
    }
#endif
}

HL_FN void notice_free_block(struct hl *hl, struct notice *notice, struct hl_heap *heap,
                             const struct block *b)
{
    int fault = heap_free_block_fault(heap, b, block_distance(b, heap->end));

    notice_fault(hl, notice, fault != 0 ? fault : HL_FAULT_FREE_LIST, block_user(b),
                 instance_heap_index(hl, heap));
}

HL_FN bool instance_find_block(struct hl *hl, const void *ptr, struct place_found *found,
                               struct notice *notice)
{
    uint32_t room;
    struct hl_heap *heap = instance_heap_for(hl, ptr, &room);
    const struct block *where;
    int fault;

    if (heap == NULL || heap_is_foreign(heap)) {
        int index = instance_heap_of(hl, ptr);

        notice_fault(hl, notice, index < 0 ? HL_FAULT_OUTSIDE : HL_FAULT_NOT_USED, ptr, index);
        return false;
    }
    where = block_of(ptr);
    fault = heap_head_fault(ptr, room);
    if (fault == 0) {
        fault = heap_neighbour_fault(heap, where, room, &where);
    }
    if (fault != 0) {
        notice_fault(hl, notice, fault, fault <= HL_FAULT_SIZE ? ptr : block_user(where),
                     instance_heap_index(hl, heap));
        return false;
    }
    found->heap = heap;
    found->block = block_of(ptr);
    return true;
}

HL_FN int instance_heap_of(const struct hl *hl, const void *ptr)
{
    for (int i = 0; i < hl->heap_count; i++) {
        const struct hl_heap *heap = &hl->heaps[i];

        if (!heap_is_foreign(heap) &&
            (uintptr_t)ptr - (uintptr_t)heap->desc.start < heap->desc.size) {
            return i;
        }
    }
    return HL_ERR_NOT_FOUND;
}
