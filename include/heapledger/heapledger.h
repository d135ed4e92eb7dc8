/* SPDX-License-Identifier: MIT */
/* An instance, its heaps, and allocation by capabilities. Start reading here. */
#ifndef HEAPLEDGER_H
#define HEAPLEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heapledger/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * All sizes are bytes. "Where": the context a function may be called from. Unless said otherwise
 * that is everywhere: in tasks, in interrupts up to the port's masking level, in critical sections,
 * with the scheduler suspended and before it starts. Functions take the instance's lock for a
 * bounded number of instructions; hooks run after it is released, in the caller's context.
 *
 * Time bounds count steps of bounded length. H is the number of heaps of the instance.
 */

/* Errors. Functions that return int give 0 (or a count, or an index) or one of these. */
enum hl_error {
    HL_ERR_ARGUMENT = -1,  /* a NULL or out-of-range argument */
    HL_ERR_OVERLAP = -2,   /* the memory overlaps a heap that is there already */
    HL_ERR_TOO_SMALL = -3, /* too few bytes for one smallest block */
    HL_ERR_TOO_LARGE = -4, /* more bytes than a block header can express */
    HL_ERR_TOO_MANY = -5,  /* every slot that hl_init set aside is taken */
    HL_ERR_BUSY = -6,      /* another walk is under way: one walker per instance */
    HL_ERR_NOT_FOUND = -7, /* no such task, heap or block */
    HL_ERR_CHANGED = -8,   /* the ledger changed meanwhile: nothing can be said; try again */
    HL_ERR_DAMAGED = -9,   /* the heap is damaged */
    HL_ERR_SINK = -10,     /* the sink could not take the bytes */
};

/* What is wrong with a pointer or a heap. */
enum hl_fault_reason {
    HL_FAULT_OUTSIDE = 1, /* the pointer lies in no heap of this instance */
    HL_FAULT_MISALIGNED,  /* no block starts there: not a multiple of HL_ALIGN */
    HL_FAULT_NOT_USED,    /* the block is free already (double free?) or no block starts there */
    HL_FAULT_SIZE,        /* the header's size is too small or passes the end of the heap */
    HL_FAULT_NEIGHBOUR,   /* the blocks before or behind disagree (written past the end?) */
    HL_FAULT_OWNER,       /* the header names an owner who does not hold that many bytes */
    HL_FAULT_FREE_BLOCK,  /* a free block's header and last word disagree (used after free?) */
    HL_FAULT_FREE_LIST,   /* a free block's links lead nowhere (used after free?) */
    HL_FAULT_BOOKS,       /* hl_check only: walk and ledger disagree on what a task holds */
};

struct hl; /* an instance; lives in memory that the caller gives */

struct hl_fault {
    enum hl_fault_reason reason;
    const void *address; /* the pointer given, or the damaged block */
    int heap;            /* index of the heap, or HL_ERR_NOT_FOUND */
    int task;            /* who was running: a task id (ledger.h) */
};

/* A task went over its warning threshold or its limit (ledger.h, hl_task_limit). */
struct hl_limit_event {
    int task;
    bool refused;     /* the allocation failed because of the limit */
    bool limit;       /* true: the limit; false: the warning threshold */
    uint32_t size;    /* of the block in question, when it was resized its new size */
    uint32_t current; /* what the task held after, or would have held */
};

/* Copied by hl_init. */
struct hl_config {
    uint8_t max_tasks; /* task slots, pseudo-tasks not counted: 1 to (1 << HL_OWNER_BITS) - 5 */
    uint8_t max_heaps; /* 1 to 255 */
    bool keep_deleted; /* keep deleted tasks listed when they owe nothing */
    void *port;        /* for the port header; see port.h */
    void *context;     /* handed to the hooks */
    /* Hooks; each may be NULL. They must not allocate from, or free to, the same instance. */
    void (*on_fault)(void *context, const struct hl_fault *fault);
    void (*on_limit)(void *context, const struct hl_limit_event *event);
};

/* Bytes that hl_init needs for so many tasks and heaps: a constant expression, as in
 *     static _Alignas(void *) char books[HL_BYTES(8, 1)]; */
#define HL_BYTES(max_tasks, max_heaps)                                                             \
    (HL_INSTANCE_BYTES + (size_t)(max_heaps)*HL_HEAP_BYTES +                                       \
     HL_LEDGER_BYTES((size_t)(max_tasks), (size_t)(max_heaps)))

/* What HL_BYTES is made of; src/ asserts that each is exact. */
#define HL_TALLIES (HL_LIMITS || HL_COUNT_EVENTS || HL_COUNT_FAILURES)
#if UINTPTR_MAX > UINT32_MAX
#define HL_INSTANCE_BYTES (128 + 8 * HL_TALLIES)
#define HL_HEAP_BYTES     232
#else
#define HL_INSTANCE_BYTES (96 + 4 * HL_TALLIES)
#define HL_HEAP_BYTES     184
#endif
#if HL_TASK_TRACKING
#define HL_ACCOUNT_BYTES 16
#define HL_TALLY_BYTES   (12 * HL_LIMITS + 16 * HL_COUNT_EVENTS + 8 * HL_COUNT_FAILURES)
#define HL_CARD_BYTES                                                                              \
    (sizeof(void *) + 8 + HL_NAME_LEN + (sizeof(void *) - 4) * (HL_NAME_LEN % 8 != 0))
#define HL_LEDGER_BYTES(tasks, heaps)                                                              \
    ((tasks)*HL_CARD_BYTES + ((tasks) + 3) * HL_TALLY_BYTES +                                      \
     ((tasks) + 3) * ((heaps) + ((heaps) > 1)) * HL_ACCOUNT_BYTES)
#else
#define HL_LEDGER_BYTES(tasks, heaps) 0
#endif

/* Sets up an instance in `mem`, aligned for pointers, of `bytes` bytes.
 * Returns it, or NULL iff mem is NULL or misaligned, bytes < HL_BYTES(...), or a number in config
 * is out of range. The memory belongs to the instance from then on. Not for concurrent use. */
#define hl_init HL_ABI(hl_init)
struct hl *hl_init(void *mem, size_t bytes, const struct hl_config *config);

/* Forgets all heaps, blocks and tasks, as after hl_init; serial numbers go on, so that no number is
 * given twice. Whatever was allocated is gone. Not for concurrent use. */
void hl_reset(struct hl *hl);

/* A heap: one contiguous region. Copied by hl_add_heap. */
struct hl_heap_desc {
    void *start;      /* any alignment: rounded inwards */
    size_t size;      /* bytes from start */
    const char *name; /* not copied: must stay valid */
    uint32_t caps[3]; /* capabilities by priority: word 0 is searched first */
};

/* Adds a heap, for ever. Returns its index, counted from 0 in the order of adding, or
 * HL_ERR_ARGUMENT (NULL, or it passes the end of the address space), HL_ERR_OVERLAP,
 * HL_ERR_TOO_MANY, HL_ERR_TOO_LARGE (over HL_MAX_HEAP_BYTES and a few that rounding takes away: add
 * it as several; or all heaps, with what is charged on foreign ones, would pass 4 GiB),
 * HL_ERR_TOO_SMALL (under 20 bytes once rounded). Bound: H. */
int hl_add_heap(struct hl *hl, const struct hl_heap_desc *desc);

/* Adds a heap that is searched before those from `index` on, whose indices go up by one; index
 * hl_heap_count() is the end. It may lie inside `within`, a live block of another heap, if it is
 * searched before that one: its blocks are then found in it first, and its bytes count in both.
 * NULL: it lies in no heap. Returns `index`, or as hl_add_heap; HL_ERR_ARGUMENT too for such an
 * index; HL_ERR_OVERLAP if it is not all within that block, or would be searched behind it;
 * HL_ERR_BUSY. No report may be under way in another task: it would mistake one heap for another.
 * Where: tasks, or before there are some. Bound: H * max_tasks. */
int hl_insert_heap(struct hl *hl, const struct hl_heap_desc *desc, int index, const void *within);

/* The largest heap: 33,554,424 bytes with the default options. */
#define HL_MAX_HEAP_BYTES (((1UL << (30 - HL_OWNER_BITS)) - 1) * HL_ALIGN)

/*
 * Allocation. A heap matches `caps` when its three words together hold all of them; of those, heaps
 * sharing a capability in word 0 are tried first, in the order of adding, then word 1, then word 2.
 * Pass the capabilities that matter, at least one: caps 0 never allocates.
 *
 * The calling task becomes the owner. NULL iff size is 0, no matching heap has room for it, or the
 * task's limit refuses it. With HL_CHECK_LINKS a heap whose chosen free block is damaged is reported
 * and passed over.
 * Bound: 3 * H heaps looked at, H of them with at most 3 blocks of one free list (5 of the list of
 * blocks from 384 KiB on). The lock is given back for a moment after each heap that has no room.
 */
void *hl_malloc(struct hl *hl, size_t size, uint32_t caps);

/* As hl_malloc(n * size), zeroed outside the lock. NULL also when the product overflows. */
void *hl_calloc(struct hl *hl, size_t n, size_t size, uint32_t caps);

/* As hl_malloc, at a multiple of `alignment`, any power of two (else NULL). Needs a free block that
 * is larger by up to alignment + 16 bytes; the gap before the result is nothing or a free block.
 * Bound: as hl_malloc. */
void *hl_aligned_alloc(struct hl *hl, size_t alignment, size_t size, uint32_t caps);

/* As hl_aligned_alloc, but the result plus `offset` is the multiple: for what has a header of its
 * own. NULL too when no multiple of HL_ALIGN is such a result. */
void *hl_aligned_alloc_offset(struct hl *hl, size_t alignment, size_t offset, size_t size,
                              uint32_t caps);

/* Resizes a block and makes the calling task its owner. In place when its heap has the capabilities
 * and it shrinks or the block behind is free and large enough; otherwise a new block, a copy
 * outside the lock, and a free. NULL `ptr`: hl_malloc. Size 0: hl_free, and NULL. NULL else as
 * hl_malloc, or on a fault; the old block is then as it was. Keeps the alignment only when in
 * place.
 * Bound: as hl_malloc plus hl_free; the copy is linear in the smaller size. */
void *hl_realloc(struct hl *hl, void *ptr, size_t size, uint32_t caps);

/* As hl_malloc, but from the heap with that index and no other, whatever its capabilities, and
 * owned by `task`: HL_TASK_PRE_SCHEDULER or another pseudo-task, or a live one (ledger.h; ignored
 * without task tracking). NULL too when there is no such heap or task. For who knows better than
 * the search order, and for memory that is nobody's, such as a report's. Bound: at most 3 blocks
 * (5) looked at. */
void *hl_malloc_in(struct hl *hl, int heap, size_t size, int task);

/* As hl_realloc, but a block that has to move stays in its heap, whatever its capabilities. NULL
 * `ptr`: NULL. */
void *hl_realloc_within(struct hl *hl, void *ptr, size_t size);

/* Frees a block, whoever owns it; NULL is ignored. A pointer that is not a live block is reported
 * through on_fault and changes nothing. Bound: H heaps looked at, 2 neighbours merged. */
void hl_free(struct hl *hl, void *ptr);

/* Bytes usable at ptr, at least those asked for; 0 when it is no live block, which is reported.
 * Bound: H. */
size_t hl_usable_size(struct hl *hl, const void *ptr);

/* Index of the heap that `ptr` lies in, foreign ones aside; or HL_ERR_NOT_FOUND. Bound: H. */
int hl_heap_of(struct hl *hl, const void *ptr);

#ifdef __cplusplus
}
#endif

#endif
