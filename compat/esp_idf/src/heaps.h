/* SPDX-License-Identifier: MIT */
/* The heaps in ESP-IDF's list order: the order in which they are searched. */
#ifndef COMPAT_HEAPS_H
#define COMPAT_HEAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Heaps made at boot are sorted by size, smallest first; those added later go to the front, the newest
 * first. The instance's heaps have the same order: hl_malloc searches as ESP-IDF does, and the heap
 * with index i (hl_heap_facts, hl_heap_of) is the i-th enabled one of this list.
 */
struct esp_heap {
    struct esp_heap *next; /* in list order; NULL: the last */
    const char *name;      /* never NULL */
    uint32_t caps[3];
    intptr_t start, end; /* of the whole region */
    intptr_t
        iram_start; /* where the instruction bus sees `start`; 0: it does not; equal to start: at
                              the same addresses */
    bool iram_inverted; /* iram_start is of the last word: the view runs backwards (esp32's D/IRAM),
                              and is not mapped */
    bool enabled;       /* false: a start-up stack's, not allocated from yet: queries skip it */
    bool late;          /* added after heap_caps_enable_nonos_stack_heaps: its minimum free size
                              counts as 0 */
    bool startup_stack; /* as in the chip's table */
};

/* The first heap, or NULL before heap_caps_init. The list may be read without the lock: heaps stay. */
struct esp_heap *esp_heaps(void);

/* A new heap for the list, described but not in it; NULL: there are as many as there can be. */
struct esp_heap *esp_heap_new(const uint32_t caps[3], intptr_t start, intptr_t end);

/* Puts a heap into the list: to the front, or to its place by size, before those of its size. */
void esp_heap_list_first(struct esp_heap *heap);
void esp_heap_list_by_size(struct esp_heap *heap);

/* Gives a listed heap to the instance: it is allocated from now on. `within`: the block that it lies in,
 * or NULL. 0, or the error of hl_insert_heap: it is still in the list then, not enabled. */
int esp_heap_enable(struct esp_heap *heap, const void *within);

/* Takes the heap that is first in the list, not enabled, out of it again. */
void esp_heap_unlist_first(void);

/* All capabilities of a heap. */
static inline uint32_t esp_heap_caps(const struct esp_heap *heap)
{
    return heap->caps[0] | heap->caps[1] | heap->caps[2];
}

/* The index of a heap in hl_freertos_instance(), or -1: not enabled. And back, or NULL. An index is
 * valid until a heap is added: hold the lock meanwhile. */
int esp_heap_index(const struct esp_heap *heap);
struct esp_heap *esp_heap_at(int index);

/* The first enabled heap of the list that holds an address, or NULL: of a heap inside a block of
 * another it is the inner one. */
struct esp_heap *esp_heap_of(const void *ptr);

/* No heap is added, and no other task runs, until the unlock. They nest; before the scheduler starts
 * they do nothing. Not in interrupts. Nothing that blocks or prints may be done in between. */
void esp_heaps_lock(void);
void esp_heaps_unlock(void);

#endif
