/* SPDX-License-Identifier: MIT */
/* Which chip this run is: its regions and reserved ranges, with PSRAM if it has some. */
#include "chip.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "posix_board.h"

enum {
    PSRAM_PAGE = 64 * 1024, /* of the chips' memory management unit */
    KIB = 1024,
    MAX_REGIONS = 64,
    MAX_RESERVED = 32, /* the chip's own; those of the program come on top */
};

/* The program's own: SOC_RESERVE_MEMORY_REGION. */
extern const soc_reserved_region_t own_start[] __asm__("__start_soc_reserved_memory")
    __attribute__((weak));
extern const soc_reserved_region_t own_end[] __asm__("__stop_soc_reserved_memory")
    __attribute__((weak));

const soc_memory_type_desc_t *soc_memory_types;
size_t soc_memory_type_count;
const soc_memory_region_t *soc_memory_regions;
size_t soc_memory_region_count;

static const struct chip *chosen;
static uint32_t psram_bytes;
static soc_memory_region_t run_regions[MAX_REGIONS];
static soc_reserved_region_t reserved[MAX_RESERVED];
static size_t reserved_count;
static char complaint[256];

static const struct chip *find(const char *name)
{
    for (size_t i = 0; i < chip_count; i++) {
        if (strcmp(chips[i].name, name) == 0) {
            return &chips[i];
        }
    }
    return NULL;
}

/* What is wrong with a size of PSRAM, or NULL. */
static const char *psram_fault(const struct chip *chip, uint64_t bytes)
{
    if (bytes == 0) {
        return NULL;
    }
    if (chip->psram_window == 0) {
        snprintf(complaint, sizeof(complaint), "%s has no PSRAM", chip->name);
        return complaint;
    }
    if (bytes > chip->psram_window) {
        snprintf(complaint, sizeof(complaint),
                 "%" PRIu64 " KiB of PSRAM are too much: %s has addresses for %" PRIu32 " KiB",
                 bytes / KIB, chip->name, chip->psram_window / KIB);
        return complaint;
    }
    if (bytes % PSRAM_PAGE != 0) {
        snprintf(complaint, sizeof(complaint),
                 "%" PRIu64 " bytes of PSRAM are no multiple of 64 KiB", bytes);
        return complaint;
    }
    return NULL;
}

/* Is there memory at these addresses, all of them up to `end`? The regions may be several. */
static bool is_memory(intptr_t start, intptr_t end)
{
    size_t i = 0;

    while (i < soc_memory_region_count && start < end) {
        const soc_memory_region_t *region = &soc_memory_regions[i++];

        if (start >= region->start && start < region->start + (intptr_t)region->size) {
            start = region->start + (intptr_t)region->size;
            i = 0;
        }
    }
    return start >= end;
}

/* Moves the end of static data. What is wrong with it, or NULL. */
static const char *set_heap_start(const struct chip *chip, uint32_t heap_start)
{
    soc_reserved_region_t *data = &reserved[chip->static_data];
    soc_reserved_region_t sorted[MAX_RESERVED];
    bool fits = heap_start > data->start && is_memory(data->start, heap_start);

    data->end = heap_start;
    memcpy(sorted, reserved, reserved_count * sizeof(sorted[0]));
    if (fits && layout_sort(sorted, reserved_count) == NULL) {
        return NULL;
    }
    snprintf(complaint, sizeof(complaint),
             "static data of %s, which starts at 0x%08lx, cannot end at 0x%08" PRIx32
             ": there is no free memory between",
             chip->name, (unsigned long)data->start, heap_start);
    return complaint;
}

/* The regions and reserved ranges of a run. */
static void set_tables(const struct chip *chip, uint32_t bytes)
{
    size_t count = 0;
    soc_memory_region_t psram = {.start = (intptr_t)chip->psram_start,
                                 .size = chip->psram_window,
                                 .type = (size_t)chip->psram_type};

    for (size_t i = 0; i <= chip->region_count; i++) {
        if (bytes != 0 && (int)i == chip->psram_place) {
            run_regions[count++] = psram;
        }
        if (i < chip->region_count) {
            run_regions[count++] = chip->regions[i];
        }
    }
    memcpy(reserved, chip->reserved, chip->reserved_count * sizeof(reserved[0]));
    reserved_count = chip->reserved_count;
    if (bytes != 0) { /* it becomes a heap later, as large as it is */
        reserved[reserved_count].start = psram.start;
        reserved[reserved_count++].end = psram.start + (intptr_t)psram.size;
    }
    soc_memory_types = chip->types;
    soc_memory_type_count = chip->type_count;
    soc_memory_regions = run_regions;
    soc_memory_region_count = count;
}

const char *chip_choose(const struct chip_setup *setup)
{
    const char *name = setup->name != NULL ? setup->name : CHIP_DEFAULT;
    const struct chip *chip = find(name);
    const char *fault;

    if (chip == NULL) {
        snprintf(complaint, sizeof(complaint), "there is no chip '%.40s' (--list-chips shows all)",
                 name);
        return complaint;
    }
    fault = psram_fault(chip, setup->psram_bytes);
    if (fault != NULL) {
        return fault;
    }
    if (chip->region_count + 1 > MAX_REGIONS || chip->reserved_count + 1 > MAX_RESERVED) {
        snprintf(complaint, sizeof(complaint), "the table of %s is too long", name);
        return complaint;
    }
    chosen = NULL;
    set_tables(chip, (uint32_t)setup->psram_bytes);
    if (setup->heap_start != 0) {
        fault = set_heap_start(chip, setup->heap_start);
        if (fault != NULL) {
            return fault;
        }
    }
    chosen = chip;
    psram_bytes = (uint32_t)setup->psram_bytes;
    return NULL;
}

const struct chip *chip_get(void)
{
    if (chosen == NULL) {
        (void)chip_choose(&(struct chip_setup){.name = NULL});
    }
    return chosen;
}

uint32_t chip_psram_bytes(void)
{
    return psram_bytes;
}

static size_t own_count(void)
{
    return own_start == NULL ? 0 : (size_t)(own_end - own_start);
}

size_t soc_get_available_memory_region_max_count(void)
{
    (void)chip_get();
    return soc_memory_region_count + reserved_count + own_count();
}

size_t soc_get_available_memory_regions(soc_memory_region_t *regions)
{
    const struct chip *chip = chip_get();
    size_t own = own_count();
    size_t count = reserved_count + own;
    soc_reserved_region_t *all = malloc(count * sizeof(*all));
    const soc_reserved_region_t *overlap;
    size_t parts;

    if (all == NULL) {
        board_fail(BOARD_EXIT_SYSTEM, "no memory for the list of reserved ranges");
    }
    memcpy(all, reserved, reserved_count * sizeof(*all));
    for (size_t i = 0; i < own; i++) {
        all[reserved_count + i] = own_start[i];
    }
    overlap = layout_sort(all, count);
    if (overlap != NULL) {
        board_fail(BOARD_EXIT_SYSTEM,
                   "reserved ranges overlap on %s: 0x%08lx to 0x%08lx and 0x%08lx to 0x%08lx",
                   chip->name, (unsigned long)overlap[0].start, (unsigned long)overlap[0].end,
                   (unsigned long)overlap[1].start, (unsigned long)overlap[1].end);
    }
    parts = layout_cut(soc_memory_regions, soc_memory_region_count, all, count,
                       chip->diram_inverted, regions);
    free(all);
    return parts;
}
