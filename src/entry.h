/* SPDX-License-Identifier: MIT */
/* Entries of a report: a task and its accounts, copied out of the ledger. */
#ifndef HL_ENTRY_H
#define HL_ENTRY_H

#include "heapledger/snapshot.h"

#include "instance.h"

/*
 * What is listed: every task that has a card in use, and each pseudo-task that was ever charged; of a
 * task, the accounts that were ever charged. Serial numbers order all of them, newest first: those of
 * the pseudo-tasks are the lowest.
 */

#if HL_TASK_TRACKING

/* A task that is listed, and how much there is of it. */
struct entry_outline {
    uint32_t serial;
    uint32_t id;
    size_t accounts;
    size_t blocks; /* that a walk can find: those of foreign heaps left out */
};

/* Looks at one id. False: no task is listed there, or `serial` is not 0 and it is another one.
 * Takes the lock, for one task with its accounts. */
bool entry_outline(struct hl *hl, uint32_t id, uint32_t serial, struct entry_outline *outline);

/* The serial number of the task that is listed under an id, or 0. With the lock. */
uint32_t entry_serial(const struct hl *hl, uint32_t id);

/* The newest task with a serial number of at most `newest`: returns its serial number, and finds
 * its id; 0 if there is none. Takes the lock, in steps. */
uint32_t entry_find(struct hl *hl, uint32_t newest, uint32_t *found);

/* The name of a task that is listed, without what shows that it is folded. With the lock. */
const char *entry_name(const struct hl *hl, uint32_t id);

/* How many dead tasks stand under an id; 0: an ordinary task, or one that is on the way into
 * another account. With the lock. */
uint32_t entry_folded(const struct hl *hl, uint32_t id);

/* Is this account listed? With the lock. */
static inline bool entry_has_account(const struct hl *hl, uint32_t heap, uint32_t id)
{
    return ledger_row(&hl->ledger, heap)[id].peak != 0;
}

/* Copies a task that is listed, and one of its accounts that is. With the lock. entry_show_folded
 * is to be called afterwards, without it: a name becomes `NAME (n dead)`. */
void entry_task(const struct hl *hl, uint32_t id, struct hl_task_info *task);
void entry_account(const struct hl *hl, uint32_t heap, uint32_t id,
                   struct hl_account_info *account);
void entry_show_folded(struct hl_task_info *task);

#endif

#endif
