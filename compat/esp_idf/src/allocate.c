/* SPDX-License-Identifier: MIT */
/* Allocation by capabilities: choosing a heap, resizing, freeing. */
#include "allocate.h"

#include <string.h>

#include "caps_request.h"
#include "esp_heap_caps.h"
#include "exec.h"
#include "first_use.h"
#include "heapledger_freertos.h"

static bool is_power_of_two(size_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

static int running_task(void)
{
#if HL_TASK_TRACKING
    return hl_freertos_id(NULL);
#else
    return 0;
#endif
}

/* A block for code, from one heap. */
static void *take_for_code_in(const struct esp_heap *heap, size_t size)
{
    bool viewed = exec_has_view(heap);
    void *block = hl_malloc_in(hl_freertos_instance(), esp_heap_index(heap),
                               size + (viewed ? EXEC_BYTES : 0), running_task());

    if (block != NULL) {
        first_use_note(block);
    }
    return block != NULL && viewed ? exec_give(heap, block) : block;
}

/* As hl_malloc searches; but where the instruction bus has a view of its own the block is
 * larger. */
static void *take_for_code(const struct caps_request *request)
{
    uint32_t caps = request->caps;

    for (unsigned word = 0; word < 3; word++) {
        for (struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
            void *ptr = NULL;

            esp_heaps_lock();
            if (heap->enabled && (heap->caps[word] & caps) != 0 &&
                (esp_heap_caps(heap) & caps) == caps) {
                ptr = take_for_code_in(heap, request->size);
            }
            esp_heaps_unlock();
            if (ptr != NULL) {
                return ptr;
            }
        }
    }
    return NULL;
}

static void *take(const struct caps_request *request)
{
    struct hl *hl = hl_freertos_instance();
    void *ptr;

    if (caps_request_is_for_code(request) && request->alignment <= HL_ALIGN) {
        ptr = take_for_code(request);
    } else {
        ptr = request->alignment <= HL_ALIGN
                  ? hl_malloc(hl, request->size, request->caps)
                  : hl_aligned_alloc(hl, request->alignment, request->size, request->caps);
        if (ptr != NULL) {
            first_use_note(ptr);
        }
    }
    if (ptr != NULL) {
        allocation_made(ptr, request->size, request->caps);
    }
    return ptr;
}

void *heap_caps_aligned_alloc_base(size_t alignment, size_t size, uint32_t caps)
{
    struct caps_request request = {.size = size, .alignment = alignment, .caps = caps};

    return is_power_of_two(alignment) && caps_request_adjust(&request) ? take(&request) : NULL;
}

void *heap_caps_malloc_base(size_t size, uint32_t caps)
{
    return heap_caps_aligned_alloc_base(1, size, caps);
}

void *heap_caps_calloc_base(size_t n, size_t size, uint32_t caps)
{
    size_t bytes;
    void *ptr;

    if (__builtin_mul_overflow(n, size, &bytes)) {
        return NULL;
    }
    ptr = heap_caps_malloc_base(bytes, caps);
    return ptr != NULL ? memset(ptr, 0, bytes) : NULL;
}

/* The block behind a pointer that a caller gives, and its heap. */
static void *find_block(const char *function, void *ptr, struct esp_heap **heap)
{
    void *block = exec_block(ptr);

    *heap = block != NULL ? esp_heap_of(block) : NULL;
    if (block == NULL && ptr != NULL) {
        pointer_is_wrong(function, ptr, "no block was given out with this address");
    }
    if (*heap == NULL) {
        pointer_is_wrong(function, ptr, "it lies in no heap");
    }
    return block;
}

/* May a block stay in its heap? Not where it would need another address, or more alignment. */
static bool may_stay(const struct esp_heap *heap, const struct caps_request *request)
{
    return request->alignment <= HL_ALIGN &&
           (esp_heap_caps(heap) & request->caps) == request->caps &&
           !(caps_request_is_for_code(request) && exec_has_view(heap));
}

static void release(void *block)
{
    exec_forget(block);
    hl_free(hl_freertos_instance(), block);
    allocation_freed(block);
}

void *heap_caps_realloc_base(void *ptr, size_t size, uint32_t caps)
{
    struct caps_request request = {.size = size, .alignment = 1, .caps = caps};
    struct hl *hl = hl_freertos_instance();
    struct esp_heap *heap;
    size_t old_size;
    void *block, *result;

    if (ptr == NULL) {
        return heap_caps_malloc_base(size, caps);
    }
    block = find_block("heap_caps_realloc", ptr, &heap);
    if (size == 0) {
        release(block);
        return NULL;
    }
    if (!caps_request_adjust(&request)) {
        return NULL;
    }
    if (block == ptr && may_stay(heap, &request)) {
        result = hl_realloc_within(hl, block, request.size);
        if (result != NULL) {
            first_use_note(result);
            allocation_made(result, request.size, request.caps);
            return result;
        }
    }
    old_size = hl_usable_size(hl, block);
    if (old_size == 0) { /* told already: see faults.c */
        return NULL;
    }
    old_size -= block == ptr ? 0 : EXEC_BYTES;
    result = take(&request);
    if (result != NULL) {
        memcpy(result, ptr, size < old_size ? size : old_size);
        release(block);
    }
    return result;
}

void heap_caps_free(void *ptr)
{
    struct esp_heap *heap;

    if (ptr != NULL) {
        release(find_block(__func__, ptr, &heap));
    }
}

void heap_caps_aligned_free(void *ptr)
{
    heap_caps_free(ptr);
}

size_t heap_caps_get_allocated_size(void *ptr)
{
    struct esp_heap *heap;
    void *block = find_block(__func__, ptr, &heap);
    size_t size = hl_usable_size(hl_freertos_instance(), block);

    if (size == 0) {
        pointer_is_wrong(__func__, ptr, "no block starts there");
    }
    return size - (block == ptr ? 0 : EXEC_BYTES);
}
