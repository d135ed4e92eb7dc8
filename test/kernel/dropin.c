/* SPDX-License-Identifier: MIT */
/* What a program sees of heap_4: prints the same over the kernel's file and over ours. */
#include <stdio.h>
#include <string.h>

#include "kernel_test.h"

#define SHOW(x) printf("%-60s %lu\n", #x, (unsigned long)(x))

enum {
    BLOCKS = 100,
    BLOCK_BYTES = 1000,
    ALL_BYTES = BLOCKS * BLOCK_BYTES,
};

static void *blocks[BLOCKS];

/* Calls of the malloc-failed hook since it was asked last. */
static unsigned failures(void)
{
    static unsigned seen;
    unsigned count = test_malloc_failures - seen;

    seen = test_malloc_failures;
    return count;
}

static HeapStats_t stats(void)
{
    HeapStats_t now;

    vPortGetHeapStats(&now);
    return now;
}

static void show_refusals(void)
{
    SHOW(pvPortMalloc(0) == NULL);
    SHOW(failures());
    SHOW(pvPortMalloc(configTOTAL_HEAP_SIZE) == NULL);
    SHOW(pvPortMalloc(SIZE_MAX) == NULL);
    SHOW(pvPortMalloc(SIZE_MAX - 16) == NULL);
    SHOW(pvPortMalloc(SIZE_MAX / 2) == NULL);
    SHOW(failures());
    SHOW(pvPortCalloc(SIZE_MAX / 2, 3) == NULL);
    SHOW(pvPortCalloc(3, SIZE_MAX / 2) == NULL);
    SHOW(failures());
    SHOW(pvPortCalloc(0, 4) == NULL);
    SHOW(pvPortCalloc(4, 0) == NULL);
    SHOW(failures());
    vPortFree(NULL);
    SHOW(failures());
}

static void show_alignment(void)
{
    bool aligned = true;
    bool zeroed = true;

    for (size_t size = 1; size <= 64; size++) {
        unsigned char *block = pvPortMalloc(size);

        aligned = aligned && (uintptr_t)block % portBYTE_ALIGNMENT == 0;
        memset(block, 0xff, size);
        vPortFree(block);
        block = pvPortCalloc(1, size);
        for (size_t i = 0; i < size; i++) {
            zeroed = zeroed && block[i] == 0;
        }
        vPortFree(block);
    }
    SHOW(aligned);
    SHOW(zeroed);
}

static void show_merging(void)
{
    size_t free = xPortGetFreeHeapSize();
    HeapStats_t before = stats();
    void *large;

    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = pvPortMalloc(BLOCK_BYTES);
    }
    SHOW(blocks[BLOCKS - 1] != NULL);
    SHOW(free - xPortGetFreeHeapSize() > ALL_BYTES);
    for (int i = 0; i < BLOCKS - 1; i += 2) {
        vPortFree(blocks[i]);
    }
    SHOW(stats().xNumberOfFreeBlocks - before.xNumberOfFreeBlocks > BLOCKS / 3);
    SHOW(stats().xSizeOfSmallestFreeBlockInBytes >= BLOCK_BYTES);
    for (int i = 1; i < BLOCKS; i += 2) {
        vPortFree(blocks[i]);
    }
    SHOW(xPortGetFreeHeapSize() == free);
    SHOW(stats().xNumberOfFreeBlocks == before.xNumberOfFreeBlocks);
    SHOW(stats().xSizeOfLargestFreeBlockInBytes == before.xSizeOfLargestFreeBlockInBytes);
    large = pvPortMalloc(ALL_BYTES);
    SHOW(large != NULL);
    vPortFree(large);
    SHOW(failures());
}

static void show_figures(void)
{
    HeapStats_t before = stats();
    size_t least = xPortGetMinimumEverFreeHeapSize();
    void *block;

    SHOW(before.xAvailableHeapSpaceInBytes == xPortGetFreeHeapSize());
    SHOW(before.xMinimumEverFreeBytesRemaining == least);
    xPortResetHeapMinimumEverFreeHeapSize();
    SHOW(xPortGetMinimumEverFreeHeapSize() == xPortGetFreeHeapSize());
    SHOW(xPortGetMinimumEverFreeHeapSize() > least);
    block = pvPortMalloc(2000);
    SHOW(xPortGetMinimumEverFreeHeapSize() == xPortGetFreeHeapSize());
    vPortFree(block);
    SHOW(xPortGetFreeHeapSize() - xPortGetMinimumEverFreeHeapSize() >= 2000);
    SHOW(xPortGetFreeHeapSize() - xPortGetMinimumEverFreeHeapSize() < 2100);
    SHOW(stats().xNumberOfSuccessfulAllocations - before.xNumberOfSuccessfulAllocations);
    SHOW(stats().xNumberOfSuccessfulFrees - before.xNumberOfSuccessfulFrees);
    SHOW(stats().xNumberOfSuccessfulAllocations > stats().xNumberOfSuccessfulFrees);
}

static void show_exhaustion(void)
{
    void *list = NULL;
    unsigned count = 0;
    void **block;

    while ((block = pvPortMalloc(64)) != NULL) {
        *block = list;
        list = block;
        count++;
    }
    SHOW(count > 500);
    SHOW(failures());
    SHOW(xPortGetFreeHeapSize() < 100);
    SHOW(xPortGetMinimumEverFreeHeapSize() < 100);
    while (list != NULL) {
        block = list;
        list = *block;
        vPortFree(block);
    }
    SHOW(stats().xAvailableHeapSpaceInBytes == xPortGetFreeHeapSize());
}

/* With nothing free at all. */
static void show_full(void)
{
    HeapStats_t full;
    void *list = NULL;
    void **block;

    for (size_t size = configTOTAL_HEAP_SIZE; size >= sizeof(void *); size /= 2) {
        while ((block = pvPortMalloc(size)) != NULL) {
            *block = list;
            list = block;
        }
    }
    (void)failures();
    full = stats();
    SHOW(full.xNumberOfFreeBlocks);
    SHOW(full.xAvailableHeapSpaceInBytes);
    SHOW(full.xSizeOfLargestFreeBlockInBytes);
    SHOW(full.xSizeOfSmallestFreeBlockInBytes == (size_t)portMAX_DELAY);
    while (list != NULL) {
        block = list;
        list = *block;
        vPortFree(block);
    }
}

static void show_all(void)
{
    show_refusals();
    show_alignment();
    show_merging();
    show_figures();
    show_exhaustion();
    show_full();
    vPortInitialiseBlocks();
    (void)fflush(stdout);
}

static int run(void)
{
    show_all();
    return 0;
}

int main(void)
{
    void *block;

    show_all();
    block = pvPortMalloc(1000);
    SHOW(block != NULL);

    vPortHeapResetState();
    block = pvPortMalloc(1000);
    SHOW(block != NULL);
    SHOW(stats().xNumberOfSuccessfulAllocations);
    SHOW(stats().xNumberOfSuccessfulFrees);
    SHOW(stats().xNumberOfFreeBlocks);
    SHOW(stats().xSizeOfLargestFreeBlockInBytes == stats().xAvailableHeapSpaceInBytes);
    SHOW(stats().xSizeOfSmallestFreeBlockInBytes == stats().xAvailableHeapSpaceInBytes);
    vPortFree(block);
    return test_run(false, run);
}
