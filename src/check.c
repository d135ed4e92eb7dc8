/* SPDX-License-Identifier: MIT */
/* The check of a heap: every header, every free list, and whether walk and ledger agree. */
#include "heapledger/facts.h"

#include "walk.h"

/* Looked at under one hold of the lock. */
enum {
    CHECK_BINS = 8,
    CHECK_BLOCKS = (HL_WALK_STEP + 2) / 3, /* closely: fewer than other walks do */
};

struct checking {
    struct hl *hl;
    struct hl_heap *heap;
    int index;            /* of the heap */
    uint32_t owner;       /* the id whose blocks this walk adds up */
    uint32_t bytes;       /* in them */
    uint32_t blocks;      /* their number */
    uint32_t free;        /* bytes in free blocks that this walk has seen */
    struct notice notice; /* what is wrong */
};

/* Describes damage; with the lock. */
static int damaged(struct checking *checking, int reason, const void *address)
{
    notice_fault(checking->hl, &checking->notice, reason, address, checking->index);
    return HL_ERR_DAMAGED;
}

/* Describes books that do not balance: those of a task, or HL_ERR_NOT_FOUND. */
static int unbalanced(struct checking *checking, int task)
{
    damaged(checking, HL_FAULT_BOOKS, NULL);
    checking->notice.task = (uint32_t)task;
    return HL_ERR_DAMAGED;
}

/* Is a free block in the list of its bin, as the block before it in the list is? The first of a
 * list is left to check_bin. */
static bool is_in_bin(const struct freelist *list, const struct block *b)
{
    uint32_t bin = b->link - freelist_head(list, 0);
    const struct block *prev;

    if (bin <= FREELIST_LAST_BIN) {
        return true;
    }
    prev = freelist_block(list, b->link - (uint32_t)offsetof(struct block, next));
    return freelist_bin(block_span(prev->head)) == freelist_bin(block_span(b->head));
}

/* Looks closer at a block whose head is sound. With the lock. */
static int inspect(struct checking *checking, const struct walk_block *seen)
{
    struct freelist *list = &checking->heap->list;
    uint32_t owner = block_owner(seen->head);
    uint32_t span = block_span(seen->head);

    if (!block_used(seen->head)) {
        checking->free += span;
        return freelist_sound(list, seen->block) && is_in_bin(list, seen->block)
                   ? 0
                   : HL_FAULT_FREE_LIST;
    }
    if (!ledger_owes(&checking->hl->ledger, checking->heap->accounts, owner, block_size(span))) {
        return HL_FAULT_OWNER;
    }
    if (owner == checking->owner) {
        checking->bytes += block_size(span);
        checking->blocks++;
    }
    return 0;
}

/* The sentinel closes the heap: a live head of no span. With the lock. */
static int check_end(struct checking *checking)
{
    const struct block *end = checking->heap->end;

    if ((end->head & ~BLOCK_PREV_FREE) == block_live_head(0, 0, 0)) {
        return 0;
    }
    return damaged(checking, HL_FAULT_NEIGHBOUR, block_user(end));
}

/* One step of a walk. With the lock. Returns the number of blocks, 0 at the end, or an error. */
static int check_step(struct checking *checking)
{
    struct walk_block seen[CHECK_BLOCKS];
    int n = walk_look(checking->hl, checking->index, seen, CHECK_BLOCKS, &checking->notice);

    for (int i = 0; i < n; i++) {
        int fault = inspect(checking, &seen[i]);

        if (fault != 0) {
            return damaged(checking, fault, block_user(seen[i].block));
        }
    }
    return n == 0 ? check_end(checking) : n;
}

static int check_walk(struct checking *checking)
{
    int n = 1;

    checking->free = 0;
    checking->bytes = 0;
    checking->blocks = 0;
    walk_enter(checking->hl, checking->index);
    while (n > 0) {
        hl_port_state state = hl_port_lock(checking->hl);

        n = check_step(checking);
        hl_port_unlock(checking->hl, state);
    }
    return n;
}

/* Does a bin that is said to hold blocks lead to a first one, and no other bin to any? With the
 * lock. */
static int check_bin(struct checking *checking, unsigned bin)
{
    const struct hl_heap *heap = checking->heap;
    const struct freelist *list = &heap->list;
    uint32_t offset = list->bins[bin];
    bool filled = ((list->bitmap >> bin) & 1) != 0;
    const struct block *first;

    if (offset == 0 || !freelist_leads_into_heap(list, offset)) {
        return offset == 0 && !filled ? 0 : damaged(checking, HL_FAULT_FREE_LIST, NULL);
    }
    first = freelist_block(list, offset);
    if (filled && block_is_free_head(first->head) &&
        first->link == freelist_head(list, bin * FREELIST_BIN_BYTES) &&
        freelist_bin(block_span(first->head)) == bin * FREELIST_BIN_BYTES) {
        return 0;
    }
    return damaged(checking, HL_FAULT_FREE_LIST, block_user(first));
}

static int check_bins(struct checking *checking)
{
    int result = 0;

    for (unsigned from = 0; result == 0 && from < FREELIST_BINS; from += CHECK_BINS) {
        hl_port_state state = hl_port_lock(checking->hl);

        for (unsigned bin = from; result == 0 && bin < from + CHECK_BINS; bin++) {
            result = check_bin(checking, bin);
        }
        hl_port_unlock(checking->hl, state);
    }
    return result;
}

/* Compares what a walk has found with what the heap keeps. */
static int compare_free(struct checking *checking)
{
    struct hl *hl = checking->hl;
    const struct hl_heap *heap = checking->heap;
    hl_port_state state = hl_port_lock(hl);
    int result = 0;

    if (hl->changed) {
        result = HL_ERR_CHANGED;
    } else if (heap->free != checking->free || heap->min_free > heap->free) {
        result = unbalanced(checking, HL_ERR_NOT_FOUND);
    }
    hl_port_unlock(hl, state);
    return result;
}

#if HL_TASK_TRACKING

/* Is there something to walk for? */
static bool owns_something(const struct checking *checking, uint32_t id)
{
    hl_port_state state = hl_port_lock(checking->hl);
    bool owns = checking->heap->accounts[id].current != 0;

    hl_port_unlock(checking->hl, state);
    return owns;
}

/* Do a task's accounts add up to its balance? This holds at every moment. With the lock. */
static bool balance_holds(const struct hl *hl, uint32_t id)
{
    const struct hl_account *balance = &hl->ledger.balances[id];
    uint32_t sum = 0;

    for (uint32_t heap = 0; heap < hl->heap_count; heap++) {
        sum += ledger_row(&hl->ledger, heap)[id].current;
    }
    return sum == balance->current && balance->current <= balance->peak;
}

/* Does a task's account say what a walk has found? With the lock. */
static bool account_holds(const struct checking *checking, const struct hl_account *account)
{
    return account->current == checking->bytes && account->blocks == checking->blocks;
}

/* Compares what a walk has found with what the ledger says. */
static int compare_account(struct checking *checking)
{
    struct hl *hl = checking->hl;
    const struct hl_account *account = &checking->heap->accounts[checking->owner];
    hl_port_state state = hl_port_lock(hl);
    int result = 0;

    if (account->peak < account->current || !balance_holds(hl, checking->owner) ||
        (!hl->changed && !account_holds(checking, account))) {
        result = unbalanced(checking, (int)checking->owner);
    } else if (hl->changed) {
        result = HL_ERR_CHANGED;
    }
    hl_port_unlock(hl, state);
    return result;
}

/* The first walk has added up the blocks of id 0; each other task that owns something needs its
 * own. */
static int check_accounts(struct checking *checking)
{
    int result = compare_account(checking);

    for (uint32_t id = 1; result == 0 && id < checking->hl->ledger.ids; id++) {
        checking->owner = id;
        checking->bytes = 0;
        checking->blocks = 0;
        if (owns_something(checking, id)) {
            result = check_walk(checking);
        }
        if (result == 0) {
            result = compare_account(checking);
        }
    }
    return result;
}

#else

static int check_accounts(struct checking *checking)
{
    (void)checking;
    return 0;
}

#endif

static int check_heap(struct checking *checking)
{
    int result = check_walk(checking);

    if (result == 0) {
        result = check_bins(checking);
    }
    if (result == 0) {
        result = compare_free(checking);
    }
    return result == 0 ? check_accounts(checking) : result;
}

int hl_check(struct hl *hl, int heap, struct hl_fault *fault)
{
    struct checking checking = {.hl = hl, .index = heap};
    int result;

    if (heap < 0 || heap >= hl_heap_count(hl) || heap_is_foreign(&hl->heaps[heap])) {
        return HL_ERR_NOT_FOUND;
    }
    checking.heap = &hl->heaps[heap];
    result = walk_begin(hl);
    if (result < 0) {
        return result;
    }
    result = check_heap(&checking);
    walk_end(hl);
    if (result == HL_ERR_DAMAGED && fault != NULL) {
        fault->reason = (enum hl_fault_reason)checking.notice.fault;
        fault->address = checking.notice.address;
        fault->heap = heap;
        fault->task = (int)checking.notice.task;
    }
    return result;
}
