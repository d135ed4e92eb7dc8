/* SPDX-License-Identifier: MIT */
/* What the functions of esp_heap_caps.h that allocate are made of. */
#ifndef COMPAT_ALLOCATE_H
#define COMPAT_ALLOCATE_H

#include <stddef.h>
#include <stdint.h>

/* As the public functions, but a failure is nobody told of. ESP-IDF has these, too, and programs
 * may declare them. */
void *heap_caps_malloc_base(size_t size, uint32_t caps);
void *heap_caps_calloc_base(size_t n, size_t size, uint32_t caps);
void *heap_caps_realloc_base(void *ptr, size_t size, uint32_t caps);
void *heap_caps_aligned_alloc_base(size_t alignment, size_t size, uint32_t caps);

/* malloc, realloc and aligned_alloc of a program. */
void *heap_caps_malloc_default(size_t size);
void *heap_caps_realloc_default(void *ptr, size_t size);
void *heap_caps_aligned_alloc_default(size_t alignment, size_t size);

/* Tells the callback, and ends the program if it is configured so. */
void allocation_failed(size_t size, uint32_t caps, const char *function);

/* Tells the hooks of CONFIG_HEAP_USE_HOOKS. */
void allocation_made(void *ptr, size_t size, uint32_t caps);
void allocation_freed(void *ptr);

/* Ends the program: `function` was given a pointer that is none of its. */
_Noreturn void pointer_is_wrong(const char *function, const void *ptr, const char *why);

#endif
