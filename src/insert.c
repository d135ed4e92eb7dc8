/* SPDX-License-Identifier: MIT */
/* Adding a heap at any place of the search order, and inside a block of another heap. */
#include "instance.h"

#include <string.h>

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
    result = instance_add_heap(hl, desc, around);
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

    if (!instance_is_described(hl, desc) || desc->start == NULL) {
        return HL_ERR_ARGUMENT;
    }
    state = hl_port_lock(hl);
    result = insert(hl, desc, index, within);
    hl_port_unlock(hl, state);
    return result;
}
