/* SPDX-License-Identifier: MIT */
/* The one walker of an instance: over the blocks of a heap in address order, in bounded steps. */
#ifndef HL_WALK_H
#define HL_WALK_H

#include "instance.h"

/*
 * Between two steps the lock is free and the heap is used. The walk stays valid because every merge
 * that swallows the block at the cursor moves the cursor behind the merged block (heap.h): blocks before
 * the cursor have been seen, blocks from it on have not. `hl->changed` says whether anything happened.
 *
 *     walk_begin(hl)                      takes the walker; HL_ERR_BUSY when it is taken
 *     for each heap: walk_enter(hl, i)    to the first block
 *         while ((n = walk_step(hl, i, seen)) > 0)
 *             ... seen[0] to seen[n - 1]
 *         n < 0: HL_ERR_DAMAGED, reported
 *     walk_end(hl)                        gives the walker back; did anything change?
 *
 * All of these take the lock themselves.
 */
struct walk_block {
    const struct block *block;
    uint32_t head;  /* as it was during the step */
    uint32_t owner; /* serial number of the owner; 0: free, or damaged */
};

int walk_begin(struct hl *hl);
void walk_enter(struct hl *hl, int heap);
int walk_step(struct hl *hl, int heap, struct walk_block seen[HL_WALK_STEP]);
bool walk_end(struct hl *hl);

/* As walk_step, one block at a time: for whoever has little stack. */
int walk_next(struct hl *hl, int heap, struct walk_block *seen);

/* One step of at most `most` blocks, with the lock: for who looks closer at them before they can
 * change. Damage is only described; blocks that come before it are returned first. */
int walk_look(struct hl *hl, int heap, struct walk_block *seen, int most, struct notice *notice);

#endif
