/* SPDX-License-Identifier: MIT */
/* Heaps in memory of the program's own, each an allocator by itself. ESP-IDF's interface. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct multi_heap_info *multi_heap_handle_t;

/* Free bytes include the heads of free blocks, allocated bytes are those that callers can use. */
typedef struct {
    size_t total_free_bytes;
    size_t total_allocated_bytes;
    size_t largest_free_block; /* an allocation of this size succeeds */
    size_t minimum_free_bytes;
    size_t allocated_blocks;
    size_t free_blocks;
    size_t total_blocks;
} multi_heap_info_t;

/* False ends the walk. */
typedef bool (*multi_heap_walker_cb_t)(void *block_ptr, size_t block_size, int block_used,
                                       void *user_data);

/* Makes a heap of the range, for ever; all that it needs lies inside. The handle is `start`. NULL:
 * too small (under about 500 bytes). */
multi_heap_handle_t multi_heap_register(void *start, size_t size);

/* Remembered, and not needed: every heap can be used from everywhere. */
void multi_heap_set_lock(multi_heap_handle_t heap, void *lock);

/* NULL: no room, size 0, no heap, or an alignment that is no power of two. */
void *multi_heap_malloc(multi_heap_handle_t heap, size_t size);
void *multi_heap_aligned_alloc(multi_heap_handle_t heap, size_t size, size_t alignment);

/* Makes the result plus `offset` a multiple of the alignment. NULL too when no multiple of 8 is
 * such a result. */
void *multi_heap_aligned_alloc_offs(multi_heap_handle_t heap, size_t size, size_t alignment,
                                    size_t offset);

/* A pointer that is no block of the heap ends the program; NULL is ignored. */
void multi_heap_free(multi_heap_handle_t heap, void *p);
__attribute__((deprecated("use multi_heap_free"))) void
multi_heap_aligned_free(multi_heap_handle_t heap, void *p);

/* In place when it shrinks, or when the block behind is free and large enough; otherwise it moves.
 * Size 0 frees. When it fails, the old block is as it was. */
void *multi_heap_realloc(multi_heap_handle_t heap, void *p, size_t size);

/* Usable bytes of a block: both are the same. */
size_t multi_heap_get_allocated_size(multi_heap_handle_t heap, void *p);
size_t multi_heap_get_full_block_size(multi_heap_handle_t heap, void *p);

/* The block in use that an address lies in; any other address ends the program. */
void *multi_heap_find_containing_block(multi_heap_handle_t heap, void *ptr);

size_t multi_heap_free_size(multi_heap_handle_t heap);
size_t multi_heap_minimum_free_size(multi_heap_handle_t heap);
void multi_heap_get_info(multi_heap_handle_t heap, multi_heap_info_t *info);

/* The minimum starts anew from what is free now; gives what it was. And back: the less of both. */
size_t multi_heap_reset_minimum_free_bytes(multi_heap_handle_t heap);
void multi_heap_restore_minimum_free_bytes(multi_heap_handle_t heap,
                                           const size_t new_minimum_free_bytes_value);

/* As heap_caps_check_integrity, heap_caps_dump and heap_caps_walk. */
bool multi_heap_check(multi_heap_handle_t heap, bool print_errors);
void multi_heap_dump(multi_heap_handle_t heap);
void multi_heap_walk(multi_heap_handle_t heap, multi_heap_walker_cb_t walker_func, void *user_data);

#ifdef __cplusplus
}
#endif
