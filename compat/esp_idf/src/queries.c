/* SPDX-License-Identifier: MIT */
/* How much memory there is: sizes, minima, summaries. */
#include "esp_heap_caps.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "heap_extra.h"
#include "heapledger_freertos.h"
#include "sim.h"
#include "walks.h"

static bool monitoring; /* minima count from a start */

static bool matches(const struct esp_heap *heap, uint32_t caps)
{
    return heap->enabled && (esp_heap_caps(heap) & caps) == caps;
}

static struct walk_heap find(const void *context)
{
    struct walk_heap heap = {hl_freertos_instance(), esp_heap_index(context)};

    return heap;
}

static void read_facts(const struct esp_heap *heap, struct hl_heap_facts *facts)
{
    esp_heaps_lock();
    (void)hl_heap_facts(hl_freertos_instance(), esp_heap_index(heap), facts);
    esp_heaps_unlock();
}

/* The least that was free, in the time that counts. */
static size_t minimum_free(const struct esp_heap *heap, const struct hl_heap_facts *facts)
{
    size_t before = heap_extra(heap)->min_free_before;

    return monitoring || facts->min_free < before ? facts->min_free : before;
}

size_t heap_caps_get_total_size(uint32_t caps)
{
    size_t size = 0;

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        size += matches(heap, caps) ? (size_t)(heap->end - heap->start) : 0;
    }
    return size;
}

size_t heap_caps_get_free_size(uint32_t caps)
{
    struct hl_heap_facts facts;

    (void)hl_caps_facts(hl_freertos_instance(), caps, &facts);
    return facts.free;
}

size_t heap_caps_get_minimum_free_size(uint32_t caps)
{
    size_t least = 0;

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        struct hl_heap_facts facts;

        if (matches(heap, caps) && !heap->late) {
            read_facts(heap, &facts);
            least += minimum_free(heap, &facts);
        }
    }
    return least;
}

size_t heap_caps_get_largest_free_block(uint32_t caps)
{
    struct hl_heap_facts facts;

    (void)hl_caps_facts(hl_freertos_instance(), caps, &facts);
    return facts.sure;
}

/* The instance counts one minimum per heap. What it was before is put aside. */
esp_err_t heap_caps_monitor_local_minimum_free_size_start(void)
{
    if (monitoring) {
        return ESP_FAIL;
    }
    esp_heaps_lock();
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        struct hl_heap_facts facts;

        if (heap->enabled) {
            read_facts(heap, &facts);
            heap_extra(heap)->min_free_before = minimum_free(heap, &facts);
        }
    }
    hl_reset_min_free(hl_freertos_instance(), 0);
    monitoring = true;
    esp_heaps_unlock();
    return ESP_OK;
}

esp_err_t heap_caps_monitor_local_minimum_free_size_stop(void)
{
    if (!monitoring) {
        return ESP_FAIL;
    }
    monitoring = false;
    return ESP_OK;
}

/* Of one heap. */
static void read_info(const struct esp_heap *heap, multi_heap_info_t *info)
{
    struct hl_heap_survey survey;
    struct hl_heap_facts facts;

    walk_survey(&survey, &facts, find, heap);
    info->total_free_bytes = facts.free;
    info->total_allocated_bytes = survey.used;
    info->largest_free_block = facts.sure;
    info->minimum_free_bytes = minimum_free(heap, &facts);
    info->allocated_blocks = survey.used_blocks;
    info->free_blocks = survey.free_blocks;
    info->total_blocks = survey.used_blocks + survey.free_blocks;
}

void heap_caps_get_info(multi_heap_info_t *info, uint32_t caps)
{
    memset(info, 0, sizeof(*info));
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        multi_heap_info_t of;

        if (!matches(heap, caps)) {
            continue;
        }
        read_info(heap, &of);
        info->total_free_bytes += of.total_free_bytes;
        info->total_allocated_bytes += of.total_allocated_bytes;
        info->minimum_free_bytes += of.minimum_free_bytes;
        info->allocated_blocks += of.allocated_blocks;
        info->free_blocks += of.free_blocks;
        info->total_blocks += of.total_blocks;
        if (of.largest_free_block > info->largest_free_block) {
            info->largest_free_block = of.largest_free_block;
        }
    }
}

static void print_heap(const struct esp_heap *heap)
{
    multi_heap_info_t info;

    read_info(heap, &info);
    (void)sim_fprintf(stdout, "  At 0x%08" PRIxPTR " len %zu free %zu allocated %zu min_free %zu\n",
                      (uintptr_t)heap->start, (size_t)(heap->end - heap->start),
                      info.total_free_bytes, info.total_allocated_bytes, info.minimum_free_bytes);
    (void)sim_fprintf(
        stdout, "    largest_free_block %zu alloc_blocks %zu free_blocks %zu total_blocks %zu\n",
        info.largest_free_block, info.allocated_blocks, info.free_blocks, info.total_blocks);
}

void heap_caps_print_heap_info(uint32_t caps)
{
    multi_heap_info_t info;

    (void)sim_fprintf(stdout, "Heap summary for capabilities 0x%08" PRIX32 ":\n", caps);
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (matches(heap, caps)) {
            print_heap(heap);
        }
    }
    heap_caps_get_info(&info, caps);
    (void)sim_fprintf(stdout,
                      "  Totals:\n    free %zu allocated %zu min_free %zu "
                      "largest_free_block %zu\n",
                      info.total_free_bytes, info.total_allocated_bytes, info.minimum_free_bytes,
                      info.largest_free_block);
}
