/* SPDX-License-Identifier: MIT */
/* The layout of a heap, read by itself: nothing here calls the functions under test. */
#ifndef TEST_LAYOUT_H
#define TEST_LAYOUT_H

#include "instance.h"

#include "support/world.h"

enum {
    LAYOUT_HEAD = 4,
    LAYOUT_LEAST_SPAN = 16,
    LAYOUT_BINS = 32,
};

struct layout_tag {
    uint32_t span;
    uint32_t owner;
    bool used;
    bool prev_free;
};

uint32_t layout_word(uintptr_t address);
void layout_set_word(uintptr_t address, uint32_t word);
struct layout_tag layout_tag(uintptr_t head);

/* A head of a live block. */
uint32_t layout_head(uint32_t span, bool prev_free, bool used, uint32_t owner);

/* What the offsets in the lists of a heap are counted from. */
uintptr_t layout_base(const struct hl_heap *heap);

/* What the first block in a bin has as the offset of the word that leads to it. */
uint32_t layout_head_link(const struct hl_heap *heap, unsigned bin);

/* The bin of a free block, found the slow way. */
unsigned layout_bin(uint32_t span);

/* The span that a request needs; 0: more than any heap has. */
uint32_t layout_need(size_t size);

/* The span of the block that a heap gives for a request; 0 when it has no room. *user becomes its address
 * where the alignment says it, else 0. */
uint32_t layout_predict(const struct hl_heap *heap, uint32_t need, size_t alignment,
                        uintptr_t *user);

/* The largest span that is sure to be found; 0: nothing is free. */
uint32_t layout_sure(const struct hl_heap *heap);

#endif
