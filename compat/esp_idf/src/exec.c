/* SPDX-License-Identifier: MIT */
/* Blocks for code: addresses of the instruction bus, and which blocks were given out by them. */
#include "exec.h"

#include <string.h>

#include "heap_extra.h"
#include "heapledger_freertos.h"
#include "host_memory.h"

bool exec_has_view(const struct esp_heap *heap)
{
    return heap->iram_start != 0 && heap->iram_start != heap->start && !heap->iram_inverted;
}

/* The enabled heap whose second view holds an address, or NULL. */
static struct esp_heap *viewed_at(intptr_t address)
{
    struct esp_heap *heap = esp_heaps();

    while (heap != NULL && !(heap->enabled && exec_has_view(heap) && address >= heap->iram_start &&
                             address < heap->iram_start + (heap->end - heap->start))) {
        heap = heap->next;
    }
    return heap;
}

struct esp_heap *exec_heap_of(const void *ptr)
{
    struct esp_heap *heap = esp_heap_of(ptr);

    return heap != NULL ? heap : viewed_at((intptr_t)ptr);
}

/* The bit of a block, and the byte that it is in. */
static unsigned char *byte_of(struct heap_extra *extra, const void *block, unsigned char *bit)
{
    size_t place = (size_t)((intptr_t)block - extra->heap->start) / HL_ALIGN;

    *bit = (unsigned char)(1U << place % CHAR_BIT);
    return &extra->exec[place / CHAR_BIT];
}

static void mark(const struct esp_heap *heap, const void *block, bool given)
{
    struct heap_extra *extra = heap_extra(heap);
    unsigned char *byte, bit;

    taskENTER_CRITICAL();
    if (extra->exec == NULL) {
        extra->exec = host_memory((size_t)(heap->end - heap->start) / (HL_ALIGN * CHAR_BIT) + 1);
    }
    byte = byte_of(extra, block, &bit);
    *byte = (unsigned char)(given ? *byte | bit : *byte & ~bit);
    taskEXIT_CRITICAL();
}

static bool is_marked(const struct esp_heap *heap, const void *block)
{
    struct heap_extra *extra = heap_extra(heap);
    unsigned char bit;

    return extra->exec != NULL && (*byte_of(extra, block, &bit) & bit) != 0;
}

/* An address on the other bus. */
static void *viewed(const struct esp_heap *heap, const void *block)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): the chip's address */
    return (void *)((intptr_t)block - heap->start + heap->iram_start);
}

void *exec_give(const struct esp_heap *heap, void *block)
{
    uint32_t address = (uint32_t)(uintptr_t)block;

    mark(heap, block, true);
    memcpy(block, &address, sizeof(address));
    return (char *)viewed(heap, block) + EXEC_BYTES;
}

void *exec_block(void *ptr)
{
    const struct esp_heap *heap;
    char *block;

    if (esp_heap_of(ptr) != NULL) {
        return ptr;
    }
    heap = viewed_at((intptr_t)ptr);
    if (heap == NULL) {
        return ptr;
    }
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): the chip's address */
    block = (char *)((intptr_t)ptr - heap->iram_start + heap->start) - EXEC_BYTES;
    return (intptr_t)block >= heap->start && is_marked(heap, block) ? block : NULL;
}

void exec_forget(const void *block)
{
    const struct esp_heap *heap = esp_heap_of(block);

    if (heap != NULL && exec_has_view(heap) && is_marked(heap, block)) {
        mark(heap, block, false);
    }
}

void *exec_given(const void *block)
{
    const struct esp_heap *heap = esp_heap_of(block);

    if (heap == NULL || !exec_has_view(heap) || !is_marked(heap, block)) {
        return (void *)(uintptr_t)block;
    }
    return (char *)viewed(heap, block) + EXEC_BYTES;
}
