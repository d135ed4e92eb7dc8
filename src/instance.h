/* SPDX-License-Identifier: MIT */
/* What an instance consists of, and the lock that its public functions take. */
#ifndef HL_INSTANCE_H
#define HL_INSTANCE_H

#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"
#include "heapledger/port.h"

#include "fold.h"
#include "heap.h"
#include "ledger.h"

struct hl {
    void *port; /* first: port.h reads it */
    uint8_t heap_count;
    uint8_t max_heaps;
    bool walking;         /* the one walker is taken */
    uint32_t changed;     /* not 0: since the walk began; set by whatever changes something */
    uint32_t total;       /* bytes of all our heaps together */
    uint32_t foreign;     /* bytes charged on all foreign heaps together */
    struct block *cursor; /* where the walk goes on; NULL when none is under way (walk.h) */
    struct ledger ledger;
    struct fold fold;
    void *context;
    void (*on_fault)(void *context, const struct hl_fault *fault);
    void (*on_limit)(void *context, const struct hl_limit_event *event);
    struct hl_heap heaps[]; /* max_heaps; the first is there, and looked at, even without a heap */
};

/* Whom an allocation is charged to. */
HL_FN static inline uint32_t instance_current(struct hl *hl)
{
#if HL_TASK_TRACKING
    return hl_port_current(hl);
#else
    (void)hl;
    return 0;
#endif
}

HL_FN static inline void notice_init(struct notice *notice)
{
    notice->fault = 0;
#if HL_LIMITS
    notice->limit_reached = false;
#endif
}

/* Remembers a fault and who was running. */
HL_FN static inline void notice_fault(struct hl *hl, struct notice *notice, int reason,
                                      const void *address, int heap)
{
    notice->fault = reason;
    notice->address = address;
    notice->heap = heap;
    notice->task = instance_current(hl);
}

/* Gives the lock back and takes it again: what waited for it goes first. */
HL_FN static inline hl_port_state instance_give_way(struct hl *hl, hl_port_state state)
{
    hl_port_unlock(hl, state);
    return hl_port_lock(hl);
}

/* Tells the hooks. Without the lock. */
void notice_tell(struct hl *hl, const struct notice *notice);

HL_FN static inline void notice_deliver(struct hl *hl, const struct notice *notice)
{
#if HL_LIMITS
    if (notice->fault != 0 || notice->limit_reached) {
#else
    if (notice->fault != 0) {
#endif
        notice_tell(hl, notice);
    }
}

/* The heap whose index it is, foreign ones too; NULL: there is none. */
HL_FN static inline struct hl_heap *instance_heap(struct hl *hl, int index)
{
    return index >= 0 && index < hl->heap_count ? &hl->heaps[index] : NULL;
}

HL_FN static inline int instance_heap_index(const struct hl *hl, const struct hl_heap *heap)
{
    return (int)(heap - hl->heaps);
}

/* Where the blocks of a foreign heap start: an address at which no pointer finds one, aligned as it
 * is. NOLINTNEXTLINE(performance-no-int-to-ptr): never followed */
#define INSTANCE_FOREIGN ((struct block *)(uintptr_t)1)

/* A foreign heap has books, but no memory of ours. */
HL_FN static inline bool heap_is_foreign(const struct hl_heap *heap)
{
    return heap->list.first == INSTANCE_FOREIGN;
}

/* All capabilities of a heap, and does it have these? */
HL_FN static inline uint32_t instance_heap_caps(const struct hl_heap *heap)
{
    return heap->desc.caps[0] | heap->desc.caps[1] | heap->desc.caps[2];
}

HL_FN static inline bool instance_heap_has(const struct hl_heap *heap, uint32_t caps)
{
    return (instance_heap_caps(heap) & caps) == caps;
}

/* Bytes that can be added to what there is to be owned, so that whatever a task holds fits in 32
 * bits. */
HL_FN static inline uint32_t instance_book_room(const struct hl *hl)
{
    return UINT32_MAX - hl->total - hl->foreign;
}

/* Our heap in which a block for this pointer may start, or NULL. `room`: see heap_holds. At most H
 * heaps looked at. */
HL_INLINE struct hl_heap *instance_heap_for(struct hl *hl, const void *ptr, uint32_t *room)
{
    struct hl_heap *heap = hl->heaps;

    if (HL_UNLIKELY(!heap_holds(heap, ptr, room))) {
        const struct hl_heap *behind = heap + hl->heap_count;

        do {
            if (++heap >= behind) {
                return NULL;
            }
        } while (!heap_holds(heap, ptr, room));
    }
    return heap;
}

/* A live block and its heap. */
struct place_found {
    struct hl_heap *heap;
    struct block *block;
};

/* Finds the heap and the block of a pointer. False, and a fault in the notice, when no live block
 * starts there. With the lock. At most H heaps looked at. */
bool instance_find_block(struct hl *hl, const void *ptr, struct place_found *found,
                         struct notice *notice);

/* Index of the heap that holds an address, or HL_ERR_NOT_FOUND. */
int instance_heap_of(const struct hl *hl, const void *ptr);

/* What is wrong with a free block of this heap, which was found to be damaged. */
void notice_free_block(struct hl *hl, struct notice *notice, struct hl_heap *heap,
                       const struct block *b);

/* alloc.c and aligned.c, with the lock held. */
struct alloc_request {
    hl_port_state state; /* of the lock, which is held */
    uint32_t id;         /* who asks */
    uint32_t need;       /* span */
    uint32_t search;    /* span of a free block in which that fits for certain; 0: no heap has it */
    uint32_t allowance; /* see ledger_charge */
    size_t alignment;   /* for hl_aligned_alloc only, */
    size_t offset;      /* as is this: a multiple of HL_ALIGN below the alignment */
    struct block *(*take)(struct hl *hl, struct hl_heap *heap, struct block *b,
                          const struct alloc_request *request, struct notice *notice);
};

/* Charges and takes what is asked for from a free block that is large enough. NULL: the limit
 * refuses it. */
struct block *alloc_take(struct hl *hl, struct hl_heap *heap, struct block *b,
                         const struct alloc_request *request, struct notice *notice);

/* Allocates from one heap, or NULL. */
struct block *alloc_in(struct hl *hl, struct hl_heap *heap, const struct alloc_request *request,
                       struct notice *notice);

/* Allocates from one of the heaps that match, or NULL. Each is searched once at most; after one
 * that has no room the lock is given back for a moment. */
struct block *alloc_matching(struct hl *hl, struct alloc_request *request, uint32_t caps,
                             struct notice *notice);

/* Allocates for the running task, counts, gives the lock back and tells the hooks. `size` is what
 * was asked for. */
void *alloc_thoroughly(struct hl *hl, struct alloc_request *request, size_t size, uint32_t caps);

/* As instance_find_block, and its owner really holds that much. */
bool alloc_find_owned(struct hl *hl, const void *ptr, struct place_found *found,
                      struct notice *notice);

/* Frees a block that has no fault. */
void alloc_release(struct hl *hl, struct hl_heap *heap, struct block *block);

/* Makes another task the owner of what alloc_find_owned has found. Limits only warn. */
void alloc_hand_over(struct hl *hl, const struct place_found *found, uint32_t id,
                     struct notice *notice);

#endif
