/* SPDX-License-Identifier: MIT */
/* Blocks for code: where the instruction bus sees memory at addresses of its own. */
#ifndef COMPAT_EXEC_H
#define COMPAT_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heaps.h"

/*
 * Where a heap has a second view, a block for code is given out by its address there. The word
 * before that address holds the block's own, as on the chip. That it was given out so is remembered
 * as well.
 */
enum {
    EXEC_BYTES = 4 /* what such a block has less of */
};

/* Does the instruction bus see the heap at other addresses, and the computer as well? */
bool exec_has_view(const struct esp_heap *heap);

/* The heap that an address lies in, on either bus; or NULL. */
struct esp_heap *exec_heap_of(const void *ptr);

/* What is given out of a block in a heap with a second view; the block is EXEC_BYTES larger than
 * asked for. */
void *exec_give(const struct esp_heap *heap, void *block);

/* The block of what was given out; the pointer itself if it is no address of the instruction bus;
 * NULL if it is one, and was not given out. */
void *exec_block(void *ptr);

/* Before a block is freed: its address is plain again. */
void exec_forget(const void *block);

/* The address by which the block was given out: what reports show. */
void *exec_given(const void *block);

#endif
