/* SPDX-License-Identifier: MIT */
/* As much of a kernel as its heap_N.c need to be compiled alone: no locks, no assertions, alignment 8. */
#ifndef FREERTOS_H
#define FREERTOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hold.h"

#define configSUPPORT_DYNAMIC_ALLOCATION 1
#define configAPPLICATION_ALLOCATED_HEAP 1
#define configTOTAL_HEAP_SIZE            BENCH_POOL_BYTES
#define configUSE_MALLOC_FAILED_HOOK     0
#define configENABLE_HEAP_PROTECTOR      0
#define configASSERT(x)
#define configMAX(a, b)         ((a) > (b) ? (a) : (b))
#define portBYTE_ALIGNMENT      8
#define portBYTE_ALIGNMENT_MASK 7
#define portPOINTER_SIZE_TYPE   uint32_t
#define portMAX_DELAY           0xffffffffUL
#define PRIVILEGED_DATA
#define PRIVILEGED_FUNCTION
#define mtCOVERAGE_TEST_MARKER()
#define traceMALLOC(address, size)
#define traceFREE(address, size)
#define taskENTER_CRITICAL()
#define taskEXIT_CRITICAL()
#define pdTRUE  1
#define pdFALSE 0

typedef long BaseType_t;
typedef unsigned long UBaseType_t;

typedef struct HeapRegion {
    uint8_t *pucStartAddress;
    size_t xSizeInBytes;
} HeapRegion_t;

typedef struct xHeapStats {
    size_t xAvailableHeapSpaceInBytes;
    size_t xSizeOfLargestFreeBlockInBytes;
    size_t xSizeOfSmallestFreeBlockInBytes;
    size_t xNumberOfFreeBlocks;
    size_t xMinimumEverFreeBytesRemaining;
    size_t xNumberOfSuccessfulAllocations;
    size_t xNumberOfSuccessfulFrees;
} HeapStats_t;

void *pvPortMalloc(size_t size);
void vPortFree(void *ptr);
void vPortDefineHeapRegions(const HeapRegion_t *regions);
void vPortHeapResetState(void);

static inline void vTaskSuspendAll(void)
{
    hold_begin();
}

static inline BaseType_t xTaskResumeAll(void)
{
    hold_end();
    return pdFALSE;
}

#endif
