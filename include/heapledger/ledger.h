/* SPDX-License-Identifier: MIT */
/* The ledger: tasks, who owns what, limits, and booking for allocators that are not ours. */
#ifndef HEAPLEDGER_LEDGER_H
#define HEAPLEDGER_LEDGER_H

#include "heapledger/heapledger.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A task is named by its id (a small number, which a block's header holds, and which is used again
 * when the task is gone and owes nothing) and by its serial number (which never repeats; 0 is
 * nobody). Ports use ids. To name a task over time, use its serial number.
 */
enum {
    HL_TASK_PRE_SCHEDULER = 0, /* what runs before the first task */
    HL_TASK_ISR = 1,           /* every interrupt */
    HL_TASK_OVERFLOW = 2,      /* every task that found no slot */
    HL_TASK_FIRST = 3,         /* real tasks start here */
};

#if HL_TASK_TRACKING

/* Opens an account. `handle` is the port's name for the task (may be reused later, may be NULL),
 * `name` is copied and cut to HL_NAME_LEN - 1 bytes (NULL: empty). Returns the id. When all slots
 * are taken the deleted task that has owed nothing for the longest gives way; failing that, and
 * when four thousand million tasks have used up the serial numbers, the result is HL_TASK_OVERFLOW,
 * and is counted (hl_ledger_facts). Bound: max_heaps. */
int hl_task_register(struct hl *hl, void *handle, const char *name);

/* Marks a task deleted. It stays listed until its last block is freed; then, unless deleted tasks
 * are kept, it leaves. HL_ERR_ARGUMENT for a pseudo-task, HL_ERR_NOT_FOUND when no live task has
 * the id; HL_TASK_OVERFLOW is accepted and does nothing. Bound: constant. */
int hl_task_delete(struct hl *hl, int task);

/* Replaces the name of a live task. HL_ERR_NOT_FOUND, or HL_ERR_ARGUMENT for a pseudo-task. */
int hl_task_rename(struct hl *hl, int task, const char *name);

/* The id of the task with that serial number, or HL_ERR_NOT_FOUND. In steps; at most max_tasks. */
int hl_task_id(struct hl *hl, uint32_t serial);

/* Serial number of the newest task with that handle, a live one before deleted ones; 0 if none. In
 * steps; at most max_tasks. */
uint32_t hl_find_handle(struct hl *hl, const void *handle);

/* Serial number of the newest task with that name, cut as hl_task_register cuts it, a live one
 * before deleted ones; 0 if none. In steps, as hl_find_handle; at most max_tasks. */
uint32_t hl_find_name(struct hl *hl, const char *name);

/* Makes another task the owner of a block, as a queue hands over a message. Ignores limits, but
 * warns. 0, HL_ERR_NOT_FOUND (no such live task), HL_ERR_DAMAGED (not a live block: reported).
 * Bound: H heaps looked at. */
int hl_transfer(struct hl *hl, void *ptr, int task);

/* The id of the owner of a live block, or HL_ERR_DAMAGED (reported). Bound: as hl_transfer. */
int hl_owner(struct hl *hl, const void *ptr);

#if HL_LIMITS
#define HL_NO_LIMIT UINT32_MAX

/* Sets what a task may hold, in bytes over all heaps; HL_NO_LIMIT takes a value away. Going over
 * `warning` calls on_limit. Going over `limit` calls it and, with `refuse`, makes the allocation
 * fail.
 * Told once per crossing, both crossed at a time as the limit, and once per refusal.
 * 0, HL_ERR_ARGUMENT for a pseudo-task, or HL_ERR_NOT_FOUND (no live task). */
int hl_task_limit(struct hl *hl, int task, uint32_t limit, uint32_t warning, bool refuse);
#endif

/*
 * Booking without our heap: an allocator of another kind tells what it gives and takes, and appears
 * in every report like a heap of ours. Its blocks cannot be listed.
 */

/* Adds the books of a foreign heap. Returns its index, or an error as hl_add_heap. desc.start and
 * desc.size are shown in reports and not touched; pointers into it are not ours. */
int hl_add_foreign_heap(struct hl *hl, const struct hl_heap_desc *desc);

/* A block of `size` bytes (not 0) was given to, or taken back from, `task`. HL_ERR_ARGUMENT (no
 * size, not a foreign heap), HL_ERR_NOT_FOUND (no such task listed), HL_ERR_TOO_LARGE (the task's
 * limit refuses it, or all that is charged on foreign heaps would pass 4 GiB together with our
 * heaps), HL_ERR_DAMAGED (it does not hold that much, or its blocks and bytes would not end
 * together: reported as HL_FAULT_OWNER). Bound: constant. */
int hl_charge(struct hl *hl, int heap, int task, uint32_t size);
int hl_credit(struct hl *hl, int heap, int task, uint32_t size);

/* What happened to the ledger as a whole. */
struct hl_ledger_facts {
    uint32_t tasks;      /* slots taken: live tasks and dead ones that owe bytes */
    uint32_t max_tasks;  /* slots */
    uint32_t overflowed; /* tasks that found no slot, ever: charged to (overflow) */
    uint32_t evicted;    /* kept deleted tasks that gave way to new ones */
    uint32_t folded;     /* dead tasks that were folded into a namesake */
    uint32_t registered; /* tasks ever registered with a slot */
};

/* In steps; at most max_tasks for `tasks`. */
void hl_ledger_facts(struct hl *hl, struct hl_ledger_facts *facts);

/* Turns keeping of deleted tasks on or off; off, those listed that owe nothing leave. In steps; at
 * most max_tasks. */
void hl_keep_deleted(struct hl *hl, bool keep);

/*
 * Folding. Each dead task that owes bytes keeps its slot. When fewer than a quarter of the slots
 * are left, dead tasks of one name are folded into the oldest of them, shown as `NAME (n dead)`.
 * hl_maintain does a bounded step of that, one comparison of names or one block: call it from idle
 * time. Returns true while there is more
 * to do. Waits while a walk is under way. Where: tasks, not interrupts.
 */
bool hl_maintain(struct hl *hl);

#endif /* HL_TASK_TRACKING */

#ifdef __cplusplus
}
#endif

#endif
