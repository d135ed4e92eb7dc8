/* SPDX-License-Identifier: MIT */
/* Snapshots: the ledger and the live blocks, copied into arrays of the caller. */
#include "heapledger/facts.h"
#include "heapledger/snapshot.h"

#if HL_TASK_TRACKING

#include <string.h>

#include "entry.h"
#include "walk.h"

/*
 * A snapshot is taken in stages, each in steps:
 *
 *     gather      which tasks there are, newest first
 *     read        each task with its accounts; an account gets a range of `blocks` as long as its
 *                 number of blocks, as far as there is room
 *     walk        each heap once; a block goes into the range of its account, which is totalled anew
 *     close       the gaps between the ranges; tasks are totalled from their accounts
 *
 * What is behind the last range stands ready for accounts that grow meanwhile.
 */
struct taking {
    struct hl *hl;
    struct hl_snapshot *out;
    size_t ranges_end;  /* index behind the last range */
    size_t tasks_whole; /* all accounts of the tasks before this index found room */
};

int hl_snapshot_needs(struct hl *hl, uint32_t serial, struct hl_snapshot_needs *needs)
{
    struct entry_outline outline;

    memset(needs, 0, sizeof(*needs));
    for (uint32_t id = 0; id < hl->ledger.ids; id++) {
        if (entry_outline(hl, id, serial, &outline)) {
            needs->tasks++;
            needs->accounts += outline.accounts;
            needs->blocks += outline.blocks;
        }
    }
    return serial != 0 && needs->tasks == 0 ? HL_ERR_NOT_FOUND : 0;
}

/* Gather. Until a task is read, its entry holds what would be missing without it. */

static void miss_task(struct hl_snapshot *out, size_t accounts, size_t blocks)
{
    out->tasks_missing++;
    out->accounts_missing += accounts;
    out->blocks_missing += blocks;
}

static void insert_task(struct hl_snapshot *out, const struct entry_outline *outline)
{
    size_t at = out->task_count;
    struct hl_task_info *tasks = out->tasks;

    while (at > 0 && tasks[at - 1].serial < outline->serial) {
        at--;
    }
    if (out->task_count < out->task_room) {
        out->task_count++;
    } else if (at == out->task_count) {
        miss_task(out, outline->accounts, outline->blocks);
        return;
    } else {
        const struct hl_task_info *oldest = &tasks[out->task_count - 1];

        miss_task(out, oldest->account_count, oldest->first_account);
    }
    memmove(&tasks[at + 1], &tasks[at], (out->task_count - 1 - at) * sizeof(*tasks));
    tasks[at].serial = outline->serial;
    tasks[at].id = (int)outline->id;
    tasks[at].account_count = outline->accounts;
    tasks[at].first_account = outline->blocks;
}

static void gather_tasks(struct taking *taking, uint32_t serial)
{
    struct entry_outline outline;

    for (uint32_t id = 0; id < taking->hl->ledger.ids; id++) {
        if (entry_outline(taking->hl, id, serial, &outline)) {
            insert_task(taking->out, &outline);
        }
    }
}

/* Read. */

/* Copies what fits of the accounts of a task. With the lock. Returns how many did not. */
static size_t read_accounts(struct taking *taking, uint32_t id)
{
    struct hl *hl = taking->hl;
    struct hl_snapshot *out = taking->out;
    size_t missing = 0;

    for (uint32_t heap = 0; heap < hl->heap_count; heap++) {
        if (!entry_has_account(hl, heap, id)) {
            continue;
        }
        if (out->account_count < out->account_room) {
            entry_account(hl, heap, id, &out->accounts[out->account_count++]);
        } else {
            missing++;
            if (!heap_is_foreign(&hl->heaps[heap])) {
                out->blocks_missing += ledger_row(&hl->ledger, heap)[id].blocks;
            }
        }
    }
    out->accounts_missing += missing;
    return missing;
}

/* Copies a task that was gathered to `task`. False: it is gone. */
static bool read_task(struct taking *taking, const struct hl_task_info *gathered,
                      struct hl_task_info *task, size_t *missing)
{
    struct hl *hl = taking->hl;
    uint32_t id = (uint32_t)gathered->id;
    size_t first = taking->out->account_count;
    hl_port_state state = hl_port_lock(hl);
    bool there = entry_serial(hl, id) == gathered->serial;

    if (there) {
        entry_task(hl, id, task);
        *missing = read_accounts(taking, id);
        task->first_account = first;
        task->account_count = taking->out->account_count - first;
    }
    hl_port_unlock(hl, state);
    return there;
}

static bool is_foreign(const struct taking *taking, const struct hl_account_info *account)
{
    return heap_is_foreign(&taking->hl->heaps[account->heap]);
}

static void reserve_ranges(struct taking *taking, const struct hl_task_info *task)
{
    struct hl_snapshot *out = taking->out;

    for (size_t i = 0; i < task->account_count; i++) {
        struct hl_account_info *account = &out->accounts[task->first_account + i];
        size_t room = out->block_room - taking->ranges_end;
        size_t blocks = is_foreign(taking, account) ? 0 : account->blocks;

        account->first_block = taking->ranges_end;
        taking->ranges_end += blocks < room ? blocks : room;
    }
}

static void read_tasks(struct taking *taking)
{
    struct hl_snapshot *out = taking->out;
    size_t gathered = out->task_count;
    bool whole = true;

    out->task_count = 0;
    for (size_t i = 0; i < gathered; i++) {
        struct hl_task_info *task = &out->tasks[out->task_count];
        size_t missing = 0;

        if (read_task(taking, &out->tasks[i], task, &missing)) {
            reserve_ranges(taking, task);
            out->task_count++;
            whole = whole && missing == 0;
            taking->tasks_whole += whole ? 1 : 0;
        }
    }
}

/* Walk. */

/* The account of a task on a heap; NULL: it is not in the arrays. */
static struct hl_account_info *find_account(const struct hl_snapshot *out, uint32_t serial,
                                            int heap)
{
    size_t low = 0;
    size_t high = out->task_count;
    const struct hl_task_info *task;

    while (low < high) { /* the first task that is not newer */
        size_t middle = (low + high) / 2;

        if (out->tasks[middle].serial > serial) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == out->task_count || out->tasks[low].serial != serial) {
        return NULL;
    }
    task = &out->tasks[low];
    for (size_t i = 0; i < task->account_count; i++) {
        if (out->accounts[task->first_account + i].heap == heap) {
            return &out->accounts[task->first_account + i];
        }
    }
    return NULL;
}

static size_t range_end(const struct taking *taking, size_t account)
{
    const struct hl_snapshot *out = taking->out;

    return account + 1 < out->account_count ? out->accounts[account + 1].first_block
                                            : taking->ranges_end;
}

/* A range grows by one; those behind it give way. */
static void widen_range(struct taking *taking, size_t account)
{
    struct hl_snapshot *out = taking->out;
    size_t end = range_end(taking, account);

    memmove(&out->blocks[end + 1], &out->blocks[end],
            (taking->ranges_end - end) * sizeof(*out->blocks));
    for (size_t i = account + 1; i < out->account_count; i++) {
        out->accounts[i].first_block++;
    }
    taking->ranges_end++;
}

static void list_block(struct taking *taking, int heap, const struct walk_block *seen)
{
    struct hl_snapshot *out = taking->out;
    uint32_t size = block_size(block_span(seen->head));
    struct hl_account_info *account = find_account(out, seen->owner, heap);
    struct hl_block_info *block;
    size_t index;

    if (account == NULL) {
        return;
    }
    account->blocks++;
    account->current += size;
    index = (size_t)(account - out->accounts);
    if (account->first_block + account->listed == range_end(taking, index)) {
        if (taking->ranges_end == out->block_room) {
            return;
        }
        widen_range(taking, index);
    }
    block = &out->blocks[account->first_block + account->listed++];
    block->address = block_user(seen->block);
    block->size = size;
    block->owner = seen->owner;
}

/* Makes the accounts of a heap ready to be totalled. False: there are none. */
static bool clear_accounts(const struct hl_snapshot *out, int heap)
{
    bool found = false;

    for (size_t i = 0; i < out->account_count; i++) {
        if (out->accounts[i].heap == heap) {
            out->accounts[i].current = 0;
            out->accounts[i].blocks = 0;
            found = true;
        }
    }
    return found;
}

/* A walk that had to end early has not seen all blocks: the ledger knows better. */
static void restore_account(struct hl *hl, const struct hl_task_info *task,
                            struct hl_account_info *account)
{
    uint32_t id = (uint32_t)task->id;
    hl_port_state state = hl_port_lock(hl);
    const struct hl_account *books = &hl->heaps[account->heap].accounts[id];

    if (entry_serial(hl, id) == task->serial && books->blocks > account->listed) {
        account->current = books->current;
        account->blocks = books->blocks;
    }
    hl_port_unlock(hl, state);
}

static void restore_accounts(const struct taking *taking, int heap)
{
    const struct hl_snapshot *out = taking->out;

    for (size_t i = 0; i < out->task_count; i++) {
        const struct hl_task_info *task = &out->tasks[i];

        for (size_t k = 0; k < task->account_count; k++) {
            struct hl_account_info *account = &out->accounts[task->first_account + k];

            if (account->heap == heap) {
                restore_account(taking->hl, task, account);
            }
        }
    }
}

static int walk_heap(struct taking *taking, int heap)
{
    struct walk_block seen[HL_WALK_STEP];
    int n;

    walk_enter(taking->hl, heap);
    while ((n = walk_step(taking->hl, heap, seen)) > 0) {
        for (int i = 0; i < n; i++) {
            list_block(taking, heap, &seen[i]);
        }
    }
    if (n < 0) {
        restore_accounts(taking, heap);
    }
    return n;
}

/* Nothing to do when blocks are left out: then the ledger's figures stand. */
static int walk_heaps(struct taking *taking)
{
    struct hl *hl = taking->hl;
    int heaps = taking->out->block_room == 0 ? 0 : hl_heap_count(hl);
    int result = 0;

    for (int heap = 0; result == 0 && heap < heaps; heap++) {
        if (!heap_is_foreign(&hl->heaps[heap]) && clear_accounts(taking->out, heap)) {
            result = walk_heap(taking, heap);
        }
    }
    return result;
}

/* Close. */

/* The blocks of an account that are listed move to index `to`. */
static void close_account(struct taking *taking, struct hl_account_info *account, size_t to)
{
    struct hl_block_info *blocks = taking->out->blocks;

    if (account->listed != 0) {
        memmove(&blocks[to], &blocks[account->first_block], account->listed * sizeof(*blocks));
    }
    account->first_block = to;
    if (!is_foreign(taking, account)) {
        taking->out->blocks_missing += account->blocks - account->listed;
    }
    if (account->peak < account->current) {
        account->peak = account->current;
    }
}

static void total_task(const struct hl_snapshot *out, struct hl_task_info *task)
{
    task->current = 0;
    for (size_t i = 0; i < task->account_count; i++) {
        task->current += out->accounts[task->first_account + i].current;
    }
    if (task->peak < task->current) {
        task->peak = task->current;
    }
}

static void close_snapshot(struct taking *taking)
{
    struct hl_snapshot *out = taking->out;

    for (size_t i = 0; i < out->account_count; i++) {
        close_account(taking, &out->accounts[i], out->block_count);
        out->block_count += out->accounts[i].listed;
    }
    for (size_t i = 0; i < taking->tasks_whole; i++) {
        total_task(out, &out->tasks[i]);
    }
}

static void clear_counts(struct hl_snapshot *out)
{
    out->task_count = 0;
    out->tasks_missing = 0;
    out->account_count = 0;
    out->accounts_missing = 0;
    out->block_count = 0;
    out->blocks_missing = 0;
    out->changed = false;
}

int hl_snapshot(struct hl *hl, uint32_t serial, struct hl_snapshot *snapshot)
{
    struct taking taking = {.hl = hl, .out = snapshot};
    int result;

    clear_counts(snapshot);
    result = walk_begin(hl);
    if (result < 0) {
        return result;
    }
    gather_tasks(&taking, serial);
    read_tasks(&taking);
    result = walk_heaps(&taking);
    close_snapshot(&taking);
    snapshot->changed = walk_end(hl) || result < 0;
    if (serial != 0 && snapshot->task_count + snapshot->tasks_missing == 0) {
        return HL_ERR_NOT_FOUND;
    }
    return result;
}

#endif
