/* SPDX-License-Identifier: MIT */
/* Allocation by capabilities, queries, and walks over the heaps. ESP-IDF's interface. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "sdkconfig.h"

#include "esp_attr.h"
#include "esp_err.h"
#include "multi_heap.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef CONFIG_HEAP_PLACE_FUNCTION_INTO_FLASH
#define HEAP_IRAM_ATTR
#else
#define HEAP_IRAM_ATTR IRAM_ATTR
#endif

/*
 * Capabilities. Every heap has three words of them, by priority. A heap matches when its three
 * words together hold all that is asked for; of those, the ones that share a bit with the first
 * word are tried first, in the order of the list of heaps, then the second word, then the third.
 */
#ifdef CONFIG_HEAP_HAS_EXEC_HEAP
#define MALLOC_CAP_EXEC (1 << 0) /* code can run there */
#endif
#define MALLOC_CAP_32BIT                                                                           \
    (1 << 1) /* whole words can be read and written; sizes become multiples of 4 */
#define MALLOC_CAP_8BIT          (1 << 2) /* bytes can */
#define MALLOC_CAP_DMA           (1 << 3)
#define MALLOC_CAP_PID2          (1 << 4)
#define MALLOC_CAP_PID3          (1 << 5)
#define MALLOC_CAP_PID4          (1 << 6)
#define MALLOC_CAP_PID5          (1 << 7)
#define MALLOC_CAP_PID6          (1 << 8)
#define MALLOC_CAP_PID7          (1 << 9)
#define MALLOC_CAP_SPIRAM        (1 << 10)
#define MALLOC_CAP_INTERNAL      (1 << 11)
#define MALLOC_CAP_DEFAULT       (1 << 12) /* malloc() may take it */
#define MALLOC_CAP_IRAM_8BIT     (1 << 13)
#define MALLOC_CAP_RETENTION     (1 << 14)
#define MALLOC_CAP_RTCRAM        (1 << 15)
#define MALLOC_CAP_SPM           (1 << 16)
#define MALLOC_CAP_DMA_DESC_AHB  (1 << 17)
#define MALLOC_CAP_DMA_DESC_AXI  (1 << 18)
#define MALLOC_CAP_CACHE_ALIGNED (1 << 19)
#define MALLOC_CAP_SIMD          (1 << 20)
#define MALLOC_CAP_SPIRAM_NO_ENC (1 << 21)
#define MALLOC_CAP_INVALID       (1U << 31) /* checks and dumps: all heaps */

/* Its old name: using it warns. */
#define MALLOC_CAP_TCM                                                                             \
    _Pragma("GCC warning \"MALLOC_CAP_TCM is called MALLOC_CAP_SPM now\"") MALLOC_CAP_SPM

/*
 * When an allocation fails: the callback is called with size and capabilities as the caller gave
 * them, and the name of the function. With "Abort if memory allocation fails" the program ends
 * after that.
 */
typedef void (*esp_alloc_failed_hook_t)(size_t size, uint32_t caps, const char *function_name);

/* Replaces the callback before; it cannot be taken away. NULL: ESP_ERR_INVALID_ARG. */
esp_err_t heap_caps_register_failed_alloc_callback(esp_alloc_failed_hook_t callback);

#ifdef CONFIG_HEAP_USE_HOOKS
/* The program may define these. After every allocation, with the size and the capabilities that
 * were really searched for; and after every free. A realloc that stays in its heap calls the first
 * only. */
void esp_heap_trace_alloc_hook(void *ptr, size_t size, uint32_t caps);
void esp_heap_trace_free_hook(void *ptr);
#endif

/*
 * Allocation. NULL when size is 0 (no failure), or when nothing has room (a failure). Blocks lie at
 * multiples of 8. The calling task owns the block. heap_caps_free takes everything that these give,
 * whoever owns it.
 */
void *heap_caps_malloc(size_t size, uint32_t caps);
void heap_caps_free(void *ptr);

/* Stays in its heap if that has the capabilities and room; otherwise it moves to another. When it
 * fails, the old block is as it was. Size 0 frees. */
void *heap_caps_realloc(void *ptr, size_t size, uint32_t caps);

/* `alignment`: a power of two, else NULL. */
void *heap_caps_aligned_alloc(size_t alignment, size_t size, uint32_t caps);
__attribute__((deprecated("use heap_caps_free"))) void heap_caps_aligned_free(void *ptr);

/* Zeroed. A product that overflows is a failure of SIZE_MAX bytes; of heap_caps_aligned_calloc it
 * gives NULL and no failure. */
void *heap_caps_aligned_calloc(size_t alignment, size_t n, size_t size, uint32_t caps);
void *heap_caps_calloc(size_t n, size_t size, uint32_t caps);

/* `num` sets of capabilities (uint32_t) follow, which are tried in turn. A failure names the
 * last. */
void *heap_caps_malloc_prefer(size_t size, size_t num, ...);
void *heap_caps_realloc_prefer(void *ptr, size_t size, size_t num, ...);
void *heap_caps_calloc_prefer(size_t n, size_t size, size_t num, ...);

/* From now on malloc() takes blocks of more than `limit` bytes from PSRAM first. */
void heap_caps_malloc_extmem_enable(size_t limit);

/*
 * Queries, over all heaps that have the capabilities; 0: over all.
 */
size_t heap_caps_get_total_size(uint32_t caps);
size_t heap_caps_get_free_size(uint32_t caps);

/* The sum of what each heap had at its lowest. A heap that was added after the start counts as
 * 0. */
size_t heap_caps_get_minimum_free_size(uint32_t caps);

/* An allocation of this size, of no special alignment, succeeds. */
size_t heap_caps_get_largest_free_block(uint32_t caps);

/* Between start and stop, minimum free sizes count from the start. ESP_FAIL: it is started already,
 * or not started. */
esp_err_t heap_caps_monitor_local_minimum_free_size_start(void);
esp_err_t heap_caps_monitor_local_minimum_free_size_stop(void);

/* Blocks are counted by a walk. They are 0, as are the allocated bytes, when another task is in the
 * middle of one and the scheduler is suspended, so that it cannot end. */
void heap_caps_get_info(multi_heap_info_t *info, uint32_t caps);
void heap_caps_print_heap_info(uint32_t caps); /* to standard output */

/* Usable bytes of a block; and of the block that an address lies in. Any other pointer ends the
 * program. */
size_t heap_caps_get_allocated_size(void *ptr);
size_t heap_caps_get_containing_block_size(void *ptr);

/*
 * Checks. True: sound, or no heap matches. False: damaged, or no heap holds the address.
 * `print_errors`: says what is wrong on standard error.
 */
bool heap_caps_check_integrity_all(bool print_errors);
bool heap_caps_check_integrity(uint32_t caps, bool print_errors);
bool heap_caps_check_integrity_addr(intptr_t addr, bool print_errors);

/* All blocks, free ones too, to standard output. */
void heap_caps_dump(uint32_t caps);
void heap_caps_dump_all(void);

typedef struct walker_heap_info {
    intptr_t start;
    intptr_t end;
} walker_heap_into_t; /* sic */

typedef struct walker_block_info {
    void *ptr;
    size_t size;
    bool used;
} walker_block_info_t;

typedef bool (*heap_caps_walker_cb_t)(walker_heap_into_t heap_info, walker_block_info_t block_info,
                                      void *user_data);

/* Calls the function for every block, free ones too, in address order. False ends the heap, not the
 * walk. The blocks of a heap are those of one moment; the function may allocate, free and print. */
void heap_caps_walk(uint32_t caps, heap_caps_walker_cb_t walker_func, void *user_data);
void heap_caps_walk_all(heap_caps_walker_cb_t walker_func, void *user_data);

#ifdef __cplusplus
}
#endif
