/* SPDX-License-Identifier: MIT */
/* PSRAM as heaps, and the internal memory that is set aside when there is some. */
#include "heapledger_freertos.h"

#include "esp_heap_caps_init.h"
#include "esp_psram.h"

#include "heapledger/facts.h"

#include "chip.h"
#include "heaps.h"

#define CAP_DMA_INTERNAL 0x00000808UL

/* PSRAM is the memory of MALLOC_CAP_DEFAULT and SPIRAM first; for the rest it comes last. */
static const uint32_t psram_caps[] = {0x00001400, 0, 0x00100006};

/* Memory set aside is for DMA and INTERNAL; MALLOC_CAP_DEFAULT takes from it last. */
static const uint32_t aside_caps[] = {0, CAP_DMA_INTERNAL, 0x00001006};

esp_err_t chip_add_psram(void)
{
    intptr_t start = (intptr_t)chip_get()->psram_start;
    uint32_t bytes = chip_psram_bytes();

    if (bytes == 0) {
        return ESP_OK;
    }
    return heap_caps_add_region_with_caps(psram_caps, start, start + (intptr_t)bytes);
}

/* Is it memory that was set aside before? Its own heap is searched first. */
static bool is_set_aside(const void *ptr)
{
    const struct esp_heap *heap = esp_heap_of(ptr);

    return heap->caps[1] == CAP_DMA_INTERNAL && heap->caps[0] == 0;
}

esp_err_t chip_reserve_internal(size_t bytes)
{
    struct hl *hl = hl_freertos_instance();

    while (bytes > 0) {
        struct hl_heap_facts facts;
        size_t size;
        char *block;
        esp_err_t error;

        (void)hl_caps_facts(hl, CAP_DMA_INTERNAL, &facts);
        size = facts.sure < bytes ? facts.sure : bytes;
        block = hl_malloc(hl, size, CAP_DMA_INTERNAL);
        if (block == NULL) {
            return ESP_ERR_NO_MEM;
        }
        if (is_set_aside(block)) {
            hl_free(hl, block);
            return ESP_ERR_NO_MEM;
        }
        error = heap_caps_add_region_with_caps(aside_caps, (intptr_t)block,
                                               (intptr_t)block + (intptr_t)size);
        if (error != ESP_OK) {
            hl_free(hl, block);
            return error == ESP_ERR_INVALID_SIZE ? ESP_ERR_NO_MEM : error;
        }
        bytes -= size;
    }
    return ESP_OK;
}

esp_err_t esp_psram_init(void)
{
    return chip_psram_bytes() != 0 ? ESP_ERR_INVALID_STATE : ESP_ERR_NOT_FOUND;
}

bool esp_psram_is_initialized(void)
{
    return chip_psram_bytes() != 0;
}

size_t esp_psram_get_size(void)
{
    return chip_psram_bytes();
}
