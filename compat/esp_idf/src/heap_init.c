/* SPDX-License-Identifier: MIT */
/* The heaps that there are from the start. */
#include "esp_heap_caps_init.h"

#include <stdlib.h>
#include <string.h>

#include "esp_log.h"

#include "chip.h"
#include "heap_regions.h"
#include "heaps.h"
#include "layout.h"
#include "map.h"
#include "posix_board.h"

static const char *const tag = "heap_init";

bool heap_started; /* app_main is about to run, or does */

static void make_heap(const soc_memory_region_t *region)
{
    const soc_memory_type_desc_t *type = &soc_memory_types[region->type];
    struct esp_heap *heap =
        esp_heap_new(type->caps, region->start, region->start + (intptr_t)region->size);

    if (heap == NULL) {
        board_fail(BOARD_EXIT_SYSTEM, "%s has more heaps than HL_MAX_HEAPS", chip_get()->name);
    }
    heap->name = type->name;
    heap->iram_start = region->iram_address;
    heap->iram_inverted = region->iram_address != 0 && chip_get()->diram_inverted;
    heap->startup_stack = region->startup_stack;
    esp_heap_list_by_size(heap);
    ESP_EARLY_LOGI(tag, "At %08X len %08X (%d KiB): %s", (unsigned)region->start,
                   (unsigned)region->size, (int)(region->size / 1024), type->name);
}

/* A heap that is too small stays in the list without an allocator. */
static void enable_heaps(bool startup_stack)
{
    for (struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (!heap->enabled && heap->startup_stack == startup_stack) {
            (void)esp_heap_enable(heap, NULL);
        }
    }
}

void heap_caps_init(void)
{
    bool inverted = chip_get()->diram_inverted;
    soc_memory_region_t *regions =
        calloc(soc_get_available_memory_region_max_count(), sizeof(*regions));
    size_t count;

    if (regions == NULL) {
        board_fail(BOARD_EXIT_SYSTEM, "no memory for the list of heaps");
    }
    map_chip();
    count = layout_merge(regions, soc_get_available_memory_regions(regions), inverted);
    ESP_EARLY_LOGI(tag, "Initializing. RAM available for dynamic allocation:");
    for (size_t i = 0; i < count; i++) {
        make_heap(&regions[i]);
    }
    free(regions);
    enable_heaps(false);
}

void heap_caps_enable_nonos_stack_heaps(void)
{
    esp_heaps_lock();
    enable_heaps(true);
    heap_started = true;
    esp_heaps_unlock();
}
