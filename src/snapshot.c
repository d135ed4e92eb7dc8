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
enum {
    LINES = 16, /* a power of two */
    LIST_STEP =
        HL_WALK_STEP +
        HL_WALK_STEP / 3 * 2, /* blocks listed under one hold of the lock, at 22 instructions
                                     each: half of what other walks need */
};

/* The next block's place in the range of an owner, kept at hand for some of the owners. */
struct line {
    uint32_t tag; /* of the heads of its blocks, those behind a free one aside; or LINE_EMPTY */
    uint32_t serial;
    struct hl_block_info *next, *end;
};

#define LINE_EMPTY UINT32_MAX

#if defined(__GNUC__) && !defined(__clang__)
#define LIST_APART    __attribute__((noinline)) /* its values then all have registers */
#define LIST_UNROLLED _Pragma("GCC unroll 16")
#else
#define LIST_APART
#define LIST_UNROLLED
#endif

struct taking {
    struct hl *hl;
    struct hl_snapshot *out;
    size_t ranges_end;  /* index behind the last range */
    size_t tasks_whole; /* all accounts of the tasks before this index found room */
    /* Nothing has changed since the accounts of this heap were read, and all ranges are long
     * enough: their figures stand, and blocks are only listed. Otherwise they are counted. */
    bool quiet;
    struct line lines[LINES]; /* by the low bits of the owner's id */
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

    for (uint32_t id = taking->hl->ledger.ids; id-- > 0;) { /* higher ids are often newer tasks */
        if (entry_outline(taking->hl, id, serial, &outline)) {
            insert_task(taking->out, &outline);
        }
    }
}

/* Read. */

/* Copies an account of a task, if there is one and it fits. True: it did not fit. */
static bool read_account(struct taking *taking, const struct hl_task_info *task, uint32_t heap)
{
    struct hl *hl = taking->hl;
    struct hl_snapshot *out = taking->out;
    uint32_t id = (uint32_t)task->id;
    hl_port_state state = hl_port_lock(hl);
    bool there = entry_serial(hl, id) == task->serial && entry_has_account(hl, heap, id);
    bool fits = out->account_count < out->account_room;

    if (there && fits) {
        entry_account(hl, heap, id, &out->accounts[out->account_count++]);
    } else if (there && !heap_is_foreign(&hl->heaps[heap])) {
        out->blocks_missing += ledger_row(&hl->ledger, heap)[id].blocks;
    }
    hl_port_unlock(hl, state);
    return there && !fits;
}

/* Copies what fits of the accounts of a task. Returns how many did not. */
static size_t read_accounts(struct taking *taking, struct hl_task_info *task)
{
    size_t missing = 0;

    task->first_account = taking->out->account_count;
    for (uint32_t heap = 0; heap < taking->hl->max_heaps; heap++) {
        missing += read_account(taking, task, heap) ? 1 : 0;
    }
    task->account_count = taking->out->account_count - task->first_account;
    taking->out->accounts_missing += missing;
    return missing;
}

/* Copies a task that was gathered to `task`. False: it is gone. */
static bool read_task(struct taking *taking, const struct hl_task_info *gathered,
                      struct hl_task_info *task, size_t *missing)
{
    struct hl *hl = taking->hl;
    uint32_t id = (uint32_t)gathered->id;
    hl_port_state state = hl_port_lock(hl);
    bool there = entry_serial(hl, id) == gathered->serial;

    if (there) {
        entry_task(hl, id, task);
    }
    hl_port_unlock(hl, state);
    if (there) {
        entry_show_folded(task);
        *missing = read_accounts(taking, task);
    }
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

/* Sums up the blocks of an account that are listed. */
static void total_account(const struct hl_snapshot *out, struct hl_account_info *account)
{
    const struct hl_block_info *block = &out->blocks[account->first_block];

    account->current = 0;
    account->blocks = (uint32_t)account->listed;
    for (size_t i = 0; i < account->listed; i++) {
        account->current += block[i].size;
    }
}

/* A line is given up: its account learns how far it went. */
static void close_line(const struct taking *taking, int heap, struct line *line)
{
    struct hl_account_info *account;

    if (line->tag != LINE_EMPTY) {
        line->tag = LINE_EMPTY;
        account = find_account(taking->out, line->serial, heap);
        account->listed = (size_t)(line->next - &taking->out->blocks[account->first_block]);
    }
}

static void close_lines(struct taking *taking, int heap)
{
    for (unsigned i = 0; i < LINES; i++) {
        close_line(taking, heap, &taking->lines[i]);
    }
}

/* From here on blocks are counted. All that this heap's walk has found so far is listed. */
static void start_counting(struct taking *taking, int heap)
{
    const struct hl_snapshot *out = taking->out;

    close_lines(taking, heap);
    taking->quiet = false;
    for (size_t i = 0; i < out->account_count; i++) {
        if (out->accounts[i].heap == heap) {
            total_account(out, &out->accounts[i]);
        }
    }
}

/* Adds a block to the range of its account. False: there is no room. */
static bool put_block(struct taking *taking, struct hl_account_info *account,
                      const struct walk_block *seen)
{
    struct hl_snapshot *out = taking->out;
    size_t index = (size_t)(account - out->accounts);
    struct hl_block_info *block;

    if (account->first_block + account->listed == range_end(taking, index)) {
        if (taking->quiet || taking->ranges_end == out->block_room) {
            return false;
        }
        widen_range(taking, index);
    }
    block = &out->blocks[account->first_block + account->listed++];
    block->address = block_user(seen->block);
    block->size = block_size(block_span(seen->head));
    block->owner = seen->owner;
    return true;
}

static void count_block(struct taking *taking, struct hl_account_info *account,
                        const struct walk_block *seen)
{
    account->blocks++;
    account->current += block_size(block_span(seen->head));
    (void)put_block(taking, account, seen);
}

/* Lists a block of a heap that is quiet, and sets up the line of its owner. */
static void list_first(struct taking *taking, int heap, struct hl_account_info *account,
                       const struct walk_block *seen)
{
    const struct hl_snapshot *out = taking->out;
    uint32_t owner = block_owner(seen->head);
    struct line *line = &taking->lines[owner % LINES];

    close_line(taking, heap, line);
    if (!put_block(taking, account, seen)) {
        start_counting(taking, heap);
        count_block(taking, account, seen);
        return;
    }
    line->tag = block_live_head(0, owner, 0);
    line->serial = seen->owner;
    line->next = &out->blocks[account->first_block + account->listed];
    line->end = &out->blocks[range_end(taking, (size_t)(account - out->accounts))];
}

static void list_block(struct taking *taking, int heap, const struct walk_block *seen)
{
    struct hl_account_info *account;

    if (seen->owner == 0 || (account = find_account(taking->out, seen->owner, heap)) == NULL) {
        return;
    }
    if (taking->quiet) {
        list_first(taking, heap, account, seen);
    } else {
        count_block(taking, account, seen);
    }
}

/* Lists a live block, if its owner has a line with room and it does not seem to reach the end of
 * the heap, and goes on to the next. `head` is its head, as if the block before were live. That the
 * block is not too small is left to drop_small: it need not be asked for each. */
HL_INLINE bool list_live(struct line *lines, char **user, uint32_t head, const char *end)
{
    struct line *line = &lines[block_owner(head) % LINES];
    struct hl_block_info *to = line->next;
    uint32_t span = block_span(head);
    char *next = *user + span;

    if (HL_UNLIKELY((head & BLOCK_TAG_MASK) != line->tag || to == line->end || next >= end)) {
        return false;
    }
    to->address = *user;
    to->size = block_size(span);
    to->owner = line->serial;
    line->next = to + 1;
    *user = next;
    return true;
}

/* Passes over a sound free block and lists the live one behind it, which it returns; NULL: can't be
 * done. */
HL_INLINE char *list_behind_free(struct line *lines, char **user, const char *end)
{
    uint32_t head = block_of(*user)->head;
    uint32_t span = block_span(head);
    char *behind = *user + span;
    char *next = behind;
    uint32_t head_behind;

    if (!block_is_free_head(head) || span < BLOCK_MIN_SPAN || behind >= end ||
        *block_foot(block_of(behind)) != head) {
        return NULL;
    }
    head_behind = block_of(behind)->head;
    if (!block_prev_free(head_behind) ||
        !list_live(lines, &next, head_behind & ~BLOCK_PREV_FREE, end)) {
        return NULL;
    }
    *user = next;
    return behind;
}

/* A block that is too small leads nowhere, or to itself: then it was listed again and again. The
 * first of an owner is always sound. */
static void drop_small(struct line *line, const char *user)
{
    do {
        line->next--;
    } while (line->next[-1].address == user);
}

/* Lists live blocks from the cursor on, as far as their owners have lines, and passes over a free
 * one. With the lock. False: what comes next is left to walk_next, which looks closer. */
HL_INLINE bool list_run(struct line *lines, struct block **cursor, const char *end)
{
    char *user = block_user(*cursor);
    char *last = NULL; /* that is listed */
    bool at_start;
    int left;

    LIST_UNROLLED
    for (left = LIST_STEP; left > 0; left--) {
        char *this = user;

        if (!list_live(lines, &user, block_of(user)->head, end)) {
            break;
        }
        last = this;
    }
    if (left > 0) {
        char *behind = list_behind_free(lines, &user, end);

        last = behind != NULL ? behind : last;
    }
    if (last == NULL) {
        return false;
    }
    /* That the block before is live is known; and the last one may be small. */
    if (HL_UNLIKELY(block_prev_free(block_of(user)->head) || user < last + BLOCK_MIN_SPAN)) {
        drop_small(&lines[block_owner(block_of(last)->head) % LINES], last);
        user = last;
    }
    at_start = user == block_user(*cursor);
    *cursor = block_of(user);
    return !at_start;
}

/* Lines hold as long as nothing changes: then owners stay who they are. */
static LIST_APART void list_step(struct hl *hl, struct line *lines, const struct block *end)
{
    bool more = (uintptr_t)end <= UINTPTR_MAX - BLOCK_MAX_SPAN; /* a span leads to no low address */

    while (more) {
        hl_port_state state = hl_port_lock(hl);

        more = !hl->changed && list_run(lines, &hl->cursor, block_user(end));
        hl_port_unlock(hl, state);
    }
}

static bool is_changed(struct hl *hl)
{
    hl_port_state state = hl_port_lock(hl);
    bool changed = hl->changed;

    hl_port_unlock(hl, state);
    return changed;
}

/* Is there an account of this heap? */
static bool has_accounts(const struct hl_snapshot *out, int heap)
{
    for (size_t i = 0; i < out->account_count; i++) {
        if (out->accounts[i].heap == heap) {
            return true;
        }
    }
    return false;
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

/* The figures of a heap that stayed quiet stand, unless heads say something else: then those
 * count. */
static void end_quiet_walk(struct taking *taking, int heap)
{
    const struct hl_snapshot *out = taking->out;

    close_lines(taking, heap);
    for (size_t i = 0; i < out->account_count; i++) {
        struct hl_account_info *account = &out->accounts[i];

        if (account->heap == heap && account->listed != account->blocks) {
            total_account(out, account);
        }
    }
}

static int walk_heap(struct taking *taking, int heap)
{
    struct walk_block seen;
    int n = 1;

    taking->quiet = true;
    for (unsigned i = 0; i < LINES; i++) {
        taking->lines[i].tag = LINE_EMPTY;
    }
    walk_enter(taking->hl, heap);
    while (n > 0) {
        if (taking->quiet) {
            list_step(taking->hl, taking->lines, taking->hl->heaps[heap].end);
        }
        n = walk_next(taking->hl, heap, &seen);
        if (taking->quiet && is_changed(taking->hl)) {
            start_counting(taking, heap);
        }
        if (n > 0) {
            list_block(taking, heap, &seen);
        }
    }
    if (taking->quiet) {
        end_quiet_walk(taking, heap);
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
        if (!heap_is_foreign(&hl->heaps[heap]) && has_accounts(taking->out, heap)) {
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

    if (account->listed != 0 && account->first_block != to) {
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
