/* SPDX-License-Identifier: MIT */
/* Who owns what: tasks, their accounts, their blocks, at one moment. */
#ifndef HEAPLEDGER_SNAPSHOT_H
#define HEAPLEDGER_SNAPSHOT_H

#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"
#include "heapledger/stats.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Two ways to read the books: hl_snapshot copies them into arrays that the caller gives, hl_visit_*
 * hand them to functions of the caller one by one. Neither allocates, and neither holds the lock
 * for longer than one step: a few blocks (HL_WALK_STEP), one task, or one of its accounts. The
 * heap may be used meanwhile, by everybody; what changed during a walk is seen or not, but no block
 * is seen twice, and none that was there all the time is missed.
 *
 * Only one walk per instance is under way at a time: a second one gets HL_ERR_BUSY.
 * Where: tasks, not interrupts. In a critical section it works too, but interrupts are then off for
 * all of it, and not for a step.
 */

/* A task's name, and room for " (4294967295 dead)" behind it. */
#define HL_SHOWN_NAME_LEN (HL_NAME_LEN + 20)

struct hl_block_info {
    const void *address; /* as the allocation returned it */
    uint32_t size;       /* usable bytes */
    uint32_t owner;      /* serial number of the owner; 0: the block is free (without task tracking
                            all blocks that are not are 1) */
};

/* One task on one heap. Listed from the first block on, also when nothing is left. */
struct hl_account_info {
    int heap;         /* index of the heap */
    const char *name; /* of the heap */
    uint32_t caps;    /* all capabilities of the heap */
    size_t size;      /* of the heap, as it was added */
    uint32_t current; /* bytes */
    uint32_t peak;
    uint32_t blocks;    /* live blocks */
    size_t first_block; /* hl_snapshot: index of its first block in `blocks`, ... */
    size_t listed;      /* ... and how many of them are there, in address order */
};

struct hl_task_info {
    uint32_t serial; /* never repeats; pseudo-tasks have id + 1 */
    int id;          /* see ledger.h */
    void *handle;    /* as registered; NULL for pseudo-tasks and folded accounts */
    char name[HL_SHOWN_NAME_LEN];
    bool alive;
    uint32_t folded;  /* dead tasks that this account stands for; 0: an ordinary task */
    uint32_t current; /* bytes over all heaps */
    uint32_t peak;    /* of that sum */
#define HL_FIELD(name) uint32_t name;
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
    size_t first_account; /* hl_snapshot: index of its first account in `accounts`, ... */
    size_t account_count; /* ... and how many are there; hl_visit_tasks: how many follow, unless the
                             task vanishes or is charged on another heap meanwhile */
};

#if HL_TASK_TRACKING

struct hl_snapshot {
    /* The caller fills in the arrays and how many entries they have room for. NULL with 0 leaves a
     * kind of entry out. */
    struct hl_task_info *tasks;
    size_t task_room;
    struct hl_account_info *accounts;
    size_t account_room;
    struct hl_block_info *blocks;
    size_t block_room;

    /* hl_snapshot says how many entries it filled, and how many more there were. */
    size_t task_count, tasks_missing;
    size_t account_count, accounts_missing;
    size_t block_count, blocks_missing;
    /* Something was allocated, freed or handed over meanwhile, or a task came or went. */
    bool changed;
};

/* How much room a snapshot needs now. One more of each for whoever allocates the arrays. */
struct hl_snapshot_needs {
    size_t tasks, accounts, blocks;
};

/* `serial`: the task that is wanted, or 0 for all. 0, or HL_ERR_NOT_FOUND: no such task, or a
 * pseudo-task that was never charged. In steps; not a walk, so never busy. */
int hl_snapshot_needs(struct hl *hl, uint32_t serial, struct hl_snapshot_needs *needs);

/*
 * Fills the arrays: tasks newest first, pseudo-tasks that were ever charged last; the accounts of a
 * task together, in the order of the heaps; the blocks of an account together, in address order.
 * What does not fit is left out and counted: whole tasks (the oldest first), whole accounts (a
 * task's last ones), single blocks. Without its account a block has no place, and is missing, too.
 * The blocks of foreign heaps can't be listed and are not missing.
 *
 * If there is room for blocks, accounts are totalled from all their blocks that the walk finds (as
 * long as nothing changes that is what the ledger says, and it is not added up), so
 * that `blocks` > `listed` tells that some found no room; and a task whose accounts all found room
 * is totalled from those: each entry adds up in itself even when `changed` is set. A peak that such
 * a sum exceeds is raised to it. Tasks that come, and accounts that are opened, meanwhile are left
 * out.
 *
 * 0, HL_ERR_NOT_FOUND (serial), HL_ERR_BUSY, or HL_ERR_DAMAGED (a block header is damaged:
 * reported; the blocks listed are those before it, accounts behind it are as the ledger has them,
 * and `changed` is set).
 * Time: about 25 instructions per block while nothing changes and at most 16 tasks, whose ids differ
 * in their low 4 bits, have blocks there; about 250 otherwise, times tasks in the worst case; see
 * above for the lock. Stack: about 700 bytes on 32-bit machines.
 */
int hl_snapshot(struct hl *hl, uint32_t serial, struct hl_snapshot *snapshot);

/* Functions of the caller. They run without the lock and may allocate. Each may be NULL; one that
 * returns false ends the visit. What it is given is valid during the call only. */
struct hl_visitor {
    bool (*task)(void *context, const struct hl_task_info *task);
    bool (*account)(void *context, const struct hl_task_info *task,
                    const struct hl_account_info *account);
    bool (*block)(void *context, const struct hl_block_info *block);
    void *context;
};

/* Visits a task (0: all, newest first) and after each its accounts, and after each of those its
 * blocks in address order. Figures are those of the moment at which the task, or the account, was
 * read. Each account is a walk of its own: a block handed over meanwhile may be seen with both
 * owners, or with neither. Returns 1 when something changed during the visit, else 0; or
 * HL_ERR_NOT_FOUND, HL_ERR_BUSY, HL_ERR_DAMAGED (reported). Time: with `block`, each account walks
 * its heap once. */
int hl_visit_tasks(struct hl *hl, uint32_t serial, const struct hl_visitor *visitor);

#endif /* HL_TASK_TRACKING */

/* Visits all blocks of a heap, free ones too, in address order. Returns 1 when something changed
 * meanwhile, else 0; or HL_ERR_NOT_FOUND (no such heap, or a foreign one), HL_ERR_BUSY,
 * HL_ERR_DAMAGED (reported). `block` returns false to end the visit. */
int hl_visit_blocks(struct hl *hl, int heap,
                    bool (*block)(void *context, const struct hl_block_info *block), void *context);

#ifdef __cplusplus
}
#endif

#endif
