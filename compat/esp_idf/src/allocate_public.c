/* SPDX-License-Identifier: MIT */
/* Allocation that tells when it fails, several capabilities in turn, and what malloc is made of. */
#include "esp_heap_caps.h"

#include <stdarg.h>
#include <string.h>

#include "allocate.h"

/* malloc's blocks up to this size are internal; SIZE_MAX: malloc takes nothing else. */
static size_t internal_limit = SIZE_MAX;

/* What the sizes mean together; SIZE_MAX: no number says it. */
static size_t product(size_t n, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(n, size, &bytes) ? SIZE_MAX : bytes;
}

/* Tells of a failure, unless nothing was asked for. */
static void *check(void *ptr, size_t size, uint32_t caps, const char *function)
{
    if (ptr == NULL && size != 0) {
        allocation_failed(size, caps, function);
    }
    return ptr;
}

void *heap_caps_malloc(size_t size, uint32_t caps)
{
    return check(heap_caps_malloc_base(size, caps), size, caps, __func__);
}

void *heap_caps_calloc(size_t n, size_t size, uint32_t caps)
{
    return check(heap_caps_calloc_base(n, size, caps), product(n, size), caps, __func__);
}

void *heap_caps_realloc(void *ptr, size_t size, uint32_t caps)
{
    return check(heap_caps_realloc_base(ptr, size, caps), size, caps, __func__);
}

void *heap_caps_aligned_alloc(size_t alignment, size_t size, uint32_t caps)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        return NULL;
    }
    return check(heap_caps_aligned_alloc_base(alignment, size, caps), size, caps, __func__);
}

void *heap_caps_aligned_calloc(size_t alignment, size_t n, size_t size, uint32_t caps)
{
    size_t bytes = product(n, size);
    void *ptr = bytes != SIZE_MAX ? heap_caps_aligned_alloc(alignment, bytes, caps) : NULL;

    return ptr != NULL ? memset(ptr, 0, bytes) : NULL;
}

void *heap_caps_malloc_prefer(size_t size, size_t num, ...)
{
    uint32_t caps = MALLOC_CAP_DEFAULT;
    void *ptr = NULL;
    va_list list;

    va_start(list, num);
    for (; num > 0 && ptr == NULL && size != 0; num--) {
        caps = va_arg(list, uint32_t);
        ptr = heap_caps_malloc_base(size, caps);
    }
    va_end(list);
    return check(ptr, size, caps, __func__);
}

void *heap_caps_realloc_prefer(void *ptr, size_t size, size_t num, ...)
{
    uint32_t caps = MALLOC_CAP_DEFAULT;
    void *result = NULL;
    va_list list;

    va_start(list, num);
    for (; num > 0 && result == NULL; num--) {
        caps = va_arg(list, uint32_t);
        result = heap_caps_realloc_base(ptr, size, caps);
        if (size == 0) {
            break; /* it is freed */
        }
    }
    va_end(list);
    return check(result, size, caps, __func__);
}

void *heap_caps_calloc_prefer(size_t n, size_t size, size_t num, ...)
{
    uint32_t caps = MALLOC_CAP_DEFAULT;
    void *ptr = NULL;
    va_list list;

    va_start(list, num);
    for (; num > 0 && ptr == NULL && n != 0 && size != 0; num--) {
        caps = va_arg(list, uint32_t);
        ptr = heap_caps_calloc_base(n, size, caps);
    }
    va_end(list);
    return check(ptr, n != 0 ? size : 0, caps, __func__);
}

void heap_caps_malloc_extmem_enable(size_t limit)
{
    internal_limit = limit;
}

/* What to try first for a block of malloc's. */
static uint32_t default_caps(size_t size)
{
    return (uint32_t)MALLOC_CAP_DEFAULT |
           (uint32_t)(size <= internal_limit ? MALLOC_CAP_INTERNAL : MALLOC_CAP_SPIRAM);
}

void *heap_caps_malloc_default(size_t size)
{
    void *ptr;

    if (internal_limit == SIZE_MAX) {
        return heap_caps_malloc(size, MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL);
    }
    ptr = heap_caps_malloc_base(size, default_caps(size));
    if (ptr == NULL) {
        ptr = heap_caps_malloc_base(size, MALLOC_CAP_DEFAULT);
    }
    return check(ptr, size, MALLOC_CAP_DEFAULT, __func__);
}

void *heap_caps_realloc_default(void *ptr, size_t size)
{
    void *result;

    if (internal_limit == SIZE_MAX) {
        return heap_caps_realloc(ptr, size, MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL);
    }
    result = heap_caps_realloc_base(ptr, size, default_caps(size));
    if (result == NULL && size != 0) { /* 0: it is freed */
        result = heap_caps_realloc_base(ptr, size, MALLOC_CAP_DEFAULT);
    }
    return check(result, size, MALLOC_CAP_DEFAULT, __func__);
}

void *heap_caps_aligned_alloc_default(size_t alignment, size_t size)
{
    void *ptr;

    if (internal_limit == SIZE_MAX) {
        return heap_caps_aligned_alloc(alignment, size, MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL);
    }
    if (alignment == 0 || (alignment & (alignment - 1)) != 0) {
        return NULL;
    }
    ptr = heap_caps_aligned_alloc_base(alignment, size, default_caps(size));
    if (ptr == NULL) {
        ptr = heap_caps_aligned_alloc_base(alignment, size, MALLOC_CAP_DEFAULT);
    }
    return check(ptr, size, MALLOC_CAP_DEFAULT, __func__);
}
