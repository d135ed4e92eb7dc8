/* SPDX-License-Identifier: MIT */
/* esp_memory_utils.h and esp_cpu.h: what an address is, which core, and a counter. */
#include "esp_memory_utils.h"

#include <time.h>

#include "chip.h"
#include "esp_cpu.h"
#include "esp_heap_caps.h"
#include "sim.h"

enum {
    EXECUTABLE = 1, /* MALLOC_CAP_EXEC, which has no name where no heap is */
};

static bool within(uintptr_t address, intptr_t start, size_t size)
{
    return address >= (uintptr_t)start && address - (uintptr_t)start < size;
}

/* The region of an address, on its data side or, with `instructions`, where code is fetched; or
 * NULL. */
static const soc_memory_region_t *region_of(const void *ptr, bool instructions)
{
    const struct chip *chip = chip_get();

    for (size_t i = 0; i < chip->region_count; i++) {
        const soc_memory_region_t *region = &chip->regions[i];
        intptr_t start = instructions ? region->iram_address : region->start;

        if (start != 0 && within((uintptr_t)ptr, start, region->size)) {
            return region;
        }
    }
    return NULL;
}

static uint32_t caps_of(const void *ptr)
{
    const soc_memory_region_t *region = region_of(ptr, false);
    const uint32_t *caps;

    if (region == NULL) {
        return 0;
    }
    caps = chip_get()->types[region->type].caps;
    return caps[0] | caps[1] | caps[2];
}

bool esp_ptr_external_ram(const void *ptr)
{
    return within((uintptr_t)ptr, chip_get()->psram_start, chip_psram_bytes());
}

bool esp_ptr_internal(const void *ptr)
{
    return region_of(ptr, false) != NULL || region_of(ptr, true) != NULL;
}

bool esp_ptr_byte_accessible(const void *ptr)
{
    return (caps_of(ptr) & MALLOC_CAP_8BIT) != 0 || esp_ptr_external_ram(ptr);
}

bool esp_ptr_word_aligned(const void *ptr)
{
    return (uintptr_t)ptr % 4 == 0;
}

bool esp_ptr_dma_capable(const void *ptr)
{
    return (caps_of(ptr) & MALLOC_CAP_DMA) != 0;
}

bool esp_ptr_executable(const void *ptr)
{
    return (caps_of(ptr) & EXECUTABLE) != 0 || region_of(ptr, true) != NULL;
}

bool esp_ptr_in_dram(const void *ptr)
{
    return esp_ptr_byte_accessible(ptr) && !esp_ptr_external_ram(ptr);
}

bool esp_ptr_in_iram(const void *ptr)
{
    return region_of(ptr, true) != NULL;
}

esp_cpu_cycle_count_t esp_cpu_get_cycle_count(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (esp_cpu_cycle_count_t)((uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec);
}

int esp_cpu_get_core_id(void)
{
    return (int)xPortGetCoreID();
}
