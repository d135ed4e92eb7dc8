/* SPDX-License-Identifier: MIT */
/* In place of the kernel's heap_5.c: heaps where the application says, before anything else. */
#include "hl_freertos_private.h"

void hl_freertos_add_first_heaps(struct hl *hl)
{
    (void)hl; /* vPortDefineHeapRegions, or hl_freertos_define_heaps */
}

void vPortDefineHeapRegions(const HeapRegion_t *const pxHeapRegions)
{
    struct hl *hl = hl_freertos_instance();

    configASSERT(pxHeapRegions[0].xSizeInBytes > 0);
    for (const HeapRegion_t *region = pxHeapRegions; region->xSizeInBytes > 0; region++) {
        int error = hl_freertos_add_region(hl, region->pucStartAddress, region->xSizeInBytes);

        configASSERT(error == 0); /* see the errors of hl_add_heap; HL_MAX_HEAPS too small? */
        (void)error;
    }
}
