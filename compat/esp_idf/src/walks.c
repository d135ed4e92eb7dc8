/* SPDX-License-Identifier: MIT */
/* Walks over the blocks of a heap, as they were at one moment. */
#include "walks.h"

#include <inttypes.h>
#include <string.h>

#include "esp_rom_sys.h"
#include "fault_text.h"
#include "heapledger_freertos.h"
#include "heaps.h"
#include "host_memory.h"
#include "sim.h"

bool walk_wait(void)
{
    if (xTaskGetSchedulerState() != taskSCHEDULER_RUNNING) {
        return false;
    }
    vTaskDelay(1);
    return true;
}

static bool add_block(void *context, const struct hl_block_info *block)
{
    struct block_list *list = context;

    if (list->count < list->room) {
        list->blocks[list->count] = *block;
    }
    list->count++;
    return true;
}

/* One try: the blocks, or with too little room only their number. */
static int try_to_take(struct block_list *list, walk_find find, const void *context)
{
    struct walk_heap heap;
    int error;

    list->count = 0;
    esp_heaps_lock();
    heap = find(context);
    error = hl_visit_blocks(heap.hl, heap.index, add_block, list);
    esp_heaps_unlock();
    return error < 0 ? error : 0;
}

int block_list_take(struct block_list *list, walk_find find, const void *context)
{
    int error;

    memset(list, 0, sizeof(*list));
    for (;;) {
        error = try_to_take(list, find, context);
        if (error == HL_ERR_BUSY && walk_wait()) {
            continue;
        }
        if (error != 0 || list->count <= list->room) {
            break;
        }
        block_list_free(list);
        list->room =
            list->count + list->count / 8 + 8; /* others may allocate before the next try */
        list->blocks = host_memory(list->room * sizeof(list->blocks[0]));
    }
    list->count = list->count < list->room ? list->count : list->room;
    return error;
}

void block_list_free(struct block_list *list)
{
    if (list->blocks != NULL) {
        host_memory_free(list->blocks, list->room * sizeof(list->blocks[0]));
        list->blocks = NULL;
    }
}

const struct hl_block_info *block_list_around(const struct block_list *list, const void *ptr)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct hl_block_info *block = &list->blocks[i];

        if (block->owner != 0 && (uintptr_t)ptr - (uintptr_t)block->address < block->size) {
            return block;
        }
    }
    return NULL;
}

void walk_survey(struct hl_heap_survey *survey, struct hl_heap_facts *facts, walk_find find,
                 const void *context)
{
    int error;

    do {
        struct walk_heap heap;

        esp_heaps_lock();
        heap = find(context);
        error = hl_heap_survey(heap.hl, heap.index, survey);
        (void)hl_heap_facts(heap.hl, heap.index, facts);
        esp_heaps_unlock();
    } while (error == HL_ERR_BUSY && walk_wait());
    if (error == HL_ERR_BUSY) {
        memset(survey, 0, sizeof(*survey));
    }
}

bool walk_check(walk_find find, const void *context, bool print)
{
    struct hl_fault fault;
    int error;

    do {
        struct walk_heap heap;

        esp_heaps_lock();
        heap = find(context);
        error = hl_check(heap.hl, heap.index, &fault);
        esp_heaps_unlock();
    } while (error == HL_ERR_BUSY && walk_wait());
    if (error != HL_ERR_DAMAGED) {
        return true;
    }
    if (print) {
        (void)sim_fprintf(stderr, "CORRUPT HEAP: %s at 0x%08" PRIxPTR "\n",
                          fault_text(fault.reason), (uintptr_t)fault.address);
    }
    return false;
}

void walk_dump(const void *start, walk_find find, const void *context)
{
    struct block_list list;

    (void)block_list_take(&list, find, context);
    (void)esp_rom_printf("Showing data for heap: 0x%08" PRIxPTR " \n", (uintptr_t)start);
    for (size_t i = 0; i < list.count; i++) {
        (void)esp_rom_printf("Block 0x%08" PRIxPTR " data, size: %" PRIu32 " bytes, Free: %s \n",
                             (uintptr_t)list.blocks[i].address, list.blocks[i].size,
                             list.blocks[i].owner != 0 ? "No" : "Yes");
    }
    block_list_free(&list);
}
