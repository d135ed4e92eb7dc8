/* SPDX-License-Identifier: MIT */
/* Heaps that are added while the program runs. */
#define _DEFAULT_SOURCE /* glibc's switch, for msync */
#include "heap_regions.h"

#include <sys/mman.h>
#include <unistd.h>

#include "heapledger_freertos.h"

#include "esp_heap_caps_init.h"
#include "heap_memory_layout.h"

#include "heapledger/facts.h"
#include "heapledger/snapshot.h"

#include "chip.h"
#include "heaps.h"

#define CAP_SPIRAM (1UL << 10)

/* The program's own static memory: where it starts and ends. */
extern char data_start[] __asm__("__data_start") __attribute__((weak));
extern char data_end[] __asm__("_end") __attribute__((weak));

bool heap_caps_check_add_region_allowed(intptr_t heap_start, intptr_t heap_end, intptr_t start,
                                        intptr_t end)
{
    bool over_the_start = start < heap_start && end > heap_start;
    bool over_the_end = start < heap_end && end > heap_end;
    bool the_same = start == heap_start && end == heap_end;

    return !over_the_start && !over_the_end && !the_same;
}

/* The region of the chip's table that an address lies in, or NULL. */
static const soc_memory_region_t *region_of(intptr_t address)
{
    (void)chip_get();
    for (size_t i = 0; i < soc_memory_region_count; i++) {
        const soc_memory_region_t *region = &soc_memory_regions[i];

        if (address >= region->start && address < region->start + (intptr_t)region->size) {
            return region;
        }
    }
    return NULL;
}

/* The type of memory at an address. The program's static memory lies elsewhere on the computer: it is of
 * the type that it is of on the chip. */
static const soc_memory_type_desc_t *type_at(intptr_t address)
{
    const struct chip *chip = chip_get();
    const soc_memory_region_t *region = region_of(address);

    if (region == NULL && address >= (intptr_t)data_start && address < (intptr_t)data_end) {
        region = region_of(chip->reserved[chip->static_data].start);
    }
    return region != NULL ? &chip->types[region->type] : NULL;
}

/* A heap's name: of the type that has the same capabilities in all; if there is none, of what is
 * there. Never NULL. */
static const char *name_for(const uint32_t caps[3], intptr_t start)
{
    uint32_t all = caps[0] | caps[1] | caps[2];
    const soc_memory_type_desc_t *type;

    (void)chip_get();
    for (size_t i = 0; i < soc_memory_type_count; i++) {
        type = &soc_memory_types[i];
        if ((type->caps[0] | type->caps[1] | type->caps[2]) == all) {
            return type->name;
        }
    }
    type = type_at(start);
    if (type != NULL) {
        return type->name;
    }
    return (all & CAP_SPIRAM) != 0 ? "SPIRAM" : "added";
}

/* Can the program use this memory at all? Asked of the computer's kernel. */
static bool is_mapped(intptr_t start, intptr_t end)
{
    intptr_t page = (intptr_t)sysconf(_SC_PAGESIZE);
    intptr_t from = start & -page;

    /* NOLINTNEXTLINE(performance-no-int-to-ptr): ESP-IDF's type */
    return msync((void *)from, (size_t)(end - from), MS_ASYNC) == 0;
}

/* A range, and the live block that all of it lies in. */
struct search {
    intptr_t start;
    intptr_t end;
    const void *block;
};

static bool look_at_block(void *context, const struct hl_block_info *block)
{
    struct search *search = context;
    intptr_t start = (intptr_t)block->address;

    if (block->owner != 0 && search->start >= start &&
        search->end <= start + (intptr_t)block->size) {
        search->block = block->address;
        return false;
    }
    return true;
}

/* The heap around a range that overlaps no heap's bounds, or NULL. */
static const struct esp_heap *heap_around(intptr_t start, intptr_t end)
{
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (start >= heap->start && end <= heap->end) {
            return heap;
        }
    }
    return NULL;
}

/* Lets whoever walks over the blocks go on. False: nobody else runs. */
static bool wait_a_moment(void)
{
    if (xTaskGetSchedulerState() != taskSCHEDULER_RUNNING) {
        return false;
    }
    vTaskDelay(1);
    return true;
}

/* The live block around a range in that heap, or NULL. */
static const void *block_around(const struct esp_heap *heap, intptr_t start, intptr_t end)
{
    struct search search = {.start = start, .end = end};
    int error;

    do {
        error =
            hl_visit_blocks(hl_freertos_instance(), esp_heap_index(heap), look_at_block, &search);
    } while (error == HL_ERR_BUSY && wait_a_moment());
    return search.block;
}

/* Lists a heap first and gives it to the instance; takes it out again when that fails. */
static int add_one(const uint32_t caps[3], intptr_t start, intptr_t end, const char *name,
                   const void *within)
{
    int error = HL_ERR_TOO_MANY;
    struct esp_heap *heap;

    esp_heaps_lock();
    heap = esp_heap_new(caps, start, end);
    if (heap != NULL) {
        heap->name = name;
        heap->late = heap_started;
        esp_heap_list_first(heap);
        error = esp_heap_enable(heap, within);
        if (error != 0) {
            esp_heap_unlist_first();
        }
    }
    esp_heaps_unlock();
    return error;
}

/* A range that is larger than a heap can be becomes several, of which the first is searched first. */
static int add_parts(const uint32_t caps[3], intptr_t start, intptr_t end, const void *within)
{
    const intptr_t most = (intptr_t)(HL_MAX_HEAP_BYTES + HL_ALIGN);
    const char *name = name_for(caps, start);
    intptr_t part = start + (end - start - 1) / most * most; /* the last one */

    while (part >= start) {
        int error = add_one(caps, part, end, name, within);

        if (error == HL_ERR_BUSY && wait_a_moment()) {
            continue;
        }
        if (error != 0 && !(error == HL_ERR_TOO_SMALL && part > start)) { /* a small rest is left */
            return error;
        }
        end = part;
        part -= most;
    }
    return 0;
}

/* Does the range cross a heap's bounds, or is it a heap already? */
static bool crosses(intptr_t start, intptr_t end)
{
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (!heap_caps_check_add_region_allowed(heap->start, heap->end, start, end)) {
            return true;
        }
    }
    return false;
}

esp_err_t heap_caps_add_region_with_caps(const uint32_t caps[], intptr_t start, intptr_t end)
{
    const struct esp_heap *around;
    const void *within = NULL;

    if (caps == NULL || start == 0 || end == 0 || end <= start) {
        return ESP_ERR_INVALID_ARG;
    }
    if (crosses(start, end)) {
        return ESP_FAIL;
    }
    around = heap_around(start, end);
    if (around != NULL) {
        within = block_around(around, start, end);
    }
    if (around != NULL ? within == NULL : !is_mapped(start, end)) {
        return ESP_FAIL;
    }
    switch (add_parts(caps, start, end, within)) {
    case 0:
        return ESP_OK;
    case HL_ERR_TOO_SMALL:
        return ESP_ERR_INVALID_SIZE;
    case HL_ERR_TOO_MANY:
        return ESP_ERR_NO_MEM;
    default:
        return ESP_FAIL;
    }
}

esp_err_t heap_caps_add_region(intptr_t start, intptr_t end)
{
    const soc_memory_type_desc_t *type;

    if (start == 0) {
        return ESP_ERR_INVALID_ARG;
    }
    type = type_at(start);
    return type != NULL ? heap_caps_add_region_with_caps(type->caps, start, end)
                        : ESP_ERR_NOT_FOUND;
}
