/* SPDX-License-Identifier: MIT */
/* What the files of the FreeRTOS port share with each other. */
#ifndef HL_FREERTOS_PRIVATE_H
#define HL_FREERTOS_PRIVATE_H

/* As the kernel's own heap files: defined before task.h, it keeps the MPU wrappers out. */
#define MPU_WRAPPERS_INCLUDED_FROM_API_FILE
#include "FreeRTOS.h"
#include "task.h"
#undef MPU_WRAPPERS_INCLUDED_FROM_API_FILE

#include "heapledger_freertos.h"

/* heap_4.c, heap_5.c: adds the heaps that are there from the start. Called when the instance is set
 * up, and again after vPortHeapResetState. */
void hl_freertos_add_first_heaps(struct hl *hl);

/* port.c: adds memory without a name of its own; what is too large for one heap becomes several. 0,
 * or the error of hl_add_heap. */
int hl_freertos_add_region(struct hl *hl, void *start, size_t size);

#endif
