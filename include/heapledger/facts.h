/* SPDX-License-Identifier: MIT */
/* How the heaps are: free memory, fragmentation, and whether they are sound. */
#ifndef HEAPLEDGER_FACTS_H
#define HEAPLEDGER_FACTS_H

#include "heapledger/heapledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Number of heaps added, foreign ones too; their indices are 0 to that number - 1. */
int hl_heap_count(struct hl *hl);

struct hl_heap_facts {
    const char *name;
    uint32_t caps[3];
    const void *start; /* as it was added */
    size_t size;
    const void *first; /* header of the first block; NULL for a foreign heap */
    const void *end;   /* behind the last block */
    size_t free;       /* bytes in free blocks, their headers included */
    size_t min_free;   /* the least that `free` was, ever or since hl_reset_min_free */
    size_t sure;     /* an allocation of this size at HL_ALIGN is sure to succeed (limits aside) */
    uint32_t blocks; /* live blocks (0 without HL_TASK_TRACKING) */
    size_t used;     /* bytes in live blocks (0 without HL_TASK_TRACKING) */
};

/* Facts that are kept at hand, without a walk. 0 or HL_ERR_NOT_FOUND. In steps: what the heap
 * keeps; then `sure`, for which at most 5 free blocks are looked at; then `blocks` and `used`,
 * which are added up over max_tasks, and are of no single moment when the heap is used
 * meanwhile. */
int hl_heap_facts(struct hl *hl, int heap, struct hl_heap_facts *facts);

/* Sums up the facts of all heaps that match `caps` (0: all heaps): free, min_free, size, blocks and
 * used are sums, sure is the largest, the rest is 0. Returns the number of heaps. */
int hl_caps_facts(struct hl *hl, uint32_t caps, struct hl_heap_facts *facts);

/* min_free starts anew from what is free now, on all heaps that match `caps` (0: all). */
void hl_reset_min_free(struct hl *hl, uint32_t caps);

/* What only a look at every block tells. */
struct hl_heap_survey {
    uint32_t free_blocks;
    uint32_t used_blocks;
    size_t free;            /* bytes in free blocks, headers included */
    size_t used;            /* usable bytes in live blocks */
    size_t largest_free;    /* usable bytes of the largest free block; 0: none */
    size_t smallest_free;   /* and of the smallest */
    uint32_t fragmentation; /* per mille of the free bytes outside the largest free block */
    uint32_t histogram[32]; /* free blocks by size: see hl_survey_class_bytes */
    bool changed;           /* the heap changed meanwhile: the figures are of no single moment */
};

/* The smallest span in bytes, header included, of free blocks that histogram[i] counts. */
uint32_t hl_survey_class_bytes(unsigned i);

/* Surveys one heap, in steps (snapshot.h: one walk at a time). 0; HL_ERR_NOT_FOUND, also for a
 * foreign heap; HL_ERR_BUSY; or HL_ERR_DAMAGED (reported; the figures are of what came before, with
 * `changed` set). Time: linear in blocks. Where: tasks. */
int hl_heap_survey(struct hl *hl, int heap, struct hl_heap_survey *survey);

/* Surveys all heaps that match `caps` (0: all) as if they were one. Foreign heaps are left out.
 * HL_ERR_NOT_FOUND when none matches, else as hl_heap_survey. */
int hl_caps_survey(struct hl *hl, uint32_t caps, struct hl_heap_survey *survey);

/* Checks everything there is about a heap: each header and footer, each free list, and that walk
 * and ledger agree on every account. Returns
 *   0                 it is sound;
 *   HL_ERR_DAMAGED    `fault` says what is wrong first: damage to a block (not reported through
 *                     on_fault); HL_FAULT_FREE_LIST with address NULL when the index of the free
 *                     lists itself is damaged; or HL_FAULT_BOOKS with address NULL and the task
 *                     whose books do not balance, or HL_ERR_NOT_FOUND as the task when it is the
 *                     heap's free bytes;
 *   HL_ERR_CHANGED    headers and lists are sound, but the heap was used meanwhile, so that walk
 *                     and ledger could not be compared;
 *   HL_ERR_NOT_FOUND  no such heap, or a foreign one; HL_ERR_BUSY: as above.
 * `fault` is written with HL_ERR_DAMAGED only, and may be NULL.
 * In steps. Time: (1 + tasks that own something) walks over the heap. Where: tasks. */
int hl_check(struct hl *hl, int heap, struct hl_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
