/* SPDX-License-Identifier: MIT */
/* In place of the kernel's heap_4.c: one heap of configTOTAL_HEAP_SIZE that sets itself up. */
#include "hl_freertos_private.h"

#if configAPPLICATION_ALLOCATED_HEAP == 1
extern uint8_t ucHeap[configTOTAL_HEAP_SIZE];
#else
PRIVILEGED_DATA static uint8_t ucHeap[configTOTAL_HEAP_SIZE];
#endif

void hl_freertos_add_first_heaps(struct hl *hl)
{
    int error = hl_freertos_add_region(hl, ucHeap, sizeof(ucHeap));

    configASSERT(error == 0); /* too small, or too large for HL_MAX_HEAPS heaps? */
    (void)error;
}

/* Called by startup code of old; the heap sets itself up. */
void vPortInitialiseBlocks(void)
{
}
