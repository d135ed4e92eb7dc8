/* SPDX-License-Identifier: MIT */
/* What an allocation really asks for. */
#include "caps_request.h"

#include "chip.h"
#include "esp_heap_caps.h"

#define HARDWARE_CAPS                                                                              \
    (MALLOC_CAP_DMA | MALLOC_CAP_DMA_DESC_AHB | MALLOC_CAP_DMA_DESC_AXI |                          \
     MALLOC_CAP_CACHE_ALIGNED | MALLOC_CAP_SIMD)

enum {
    AXI_ALIGNMENT = 8,
    SIMD_ALIGNMENT = 16,
    WORD_BYTES = 4,
#ifdef CONFIG_HEAP_TASK_TRACKING
    OWNER_BYTES = 4, /* what the owner costs on the chip, and not here; it only sets the limit */
#else
    OWNER_BYTES = 0,
#endif
};

static void raise_alignment(struct caps_request *request, size_t least)
{
    if (request->alignment < least) {
        request->alignment = least;
    }
}

static size_t round_up(size_t size, size_t multiple)
{
    return (size + multiple - 1) & ~(multiple - 1);
}

/* Flash encryption, which would raise the alignment too, is never active here. */
static void adjust_to_hardware(struct caps_request *request)
{
    const struct chip *chip = chip_get();
    uint32_t caps = request->caps;

    if ((caps & HARDWARE_CAPS) == 0) {
        return;
    }
    raise_alignment(request, (caps & MALLOC_CAP_SPIRAM) != 0 ? chip->cache_line_external
                                                             : chip->cache_line_internal);
    if ((caps & MALLOC_CAP_DMA_DESC_AXI) != 0) {
        raise_alignment(request, AXI_ALIGNMENT);
    }
    if ((caps & MALLOC_CAP_SIMD) != 0 && chip->simd) {
        raise_alignment(request, SIMD_ALIGNMENT);
    }
    request->size = round_up(request->size, request->alignment);
    if ((caps & (MALLOC_CAP_DMA_DESC_AHB | MALLOC_CAP_DMA_DESC_AXI)) != 0) {
        caps |= MALLOC_CAP_DMA;
    }
    caps &=
        ~(uint32_t)(MALLOC_CAP_DMA_DESC_AHB | MALLOC_CAP_DMA_DESC_AXI | MALLOC_CAP_CACHE_ALIGNED);
    if ((caps & MALLOC_CAP_SPIRAM) != 0) {
        caps &= ~(uint32_t)MALLOC_CAP_DMA;
    }
    request->caps = caps;
}

bool caps_request_is_for_code(const struct caps_request *request)
{
#ifdef CONFIG_HEAP_HAS_EXEC_HEAP
    return (request->caps & MALLOC_CAP_EXEC) != 0;
#else
    (void)request;
    return false;
#endif
}

bool caps_request_adjust(struct caps_request *request)
{
    const size_t most = chip_get()->max_contiguous - OWNER_BYTES;

    if (request->size == 0 || request->size > most) {
        return false;
    }
    adjust_to_hardware(request);
    if (request->size > most) {
        return false;
    }
    if (caps_request_is_for_code(request)) {
        if ((request->caps & (MALLOC_CAP_8BIT | MALLOC_CAP_DMA)) != 0) {
            return false;
        }
        request->caps |= MALLOC_CAP_32BIT;
    }
    if ((request->caps & MALLOC_CAP_32BIT) != 0) {
        request->size = round_up(request->size, WORD_BYTES);
    }
    return true;
}
