/* SPDX-License-Identifier: MIT */
/* Compares the figures of a print with each other, and takes out those that contradict. */
#include "settle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum {
    CUT = 65536, /* a figure printed with 16 bits is shown modulo this */
    SANE_HEAP = 64 * 1024 * 1024,
};

static void report(const struct settle *settle, struct task *task, const char *what)
{
    char *label = task_label(task);

    stream_damage(settle->stream, task->line, "%s: %s", label, what);
    free(label);
    settle->snapshot->damaged++;
}

static void note(const struct settle *settle, const struct task *task, const char *what)
{
    char *label = task_label(task);

    stream_note(settle->stream, task->line, "%s: %s", label, what);
    free(label);
}

static bool cut_to_16_bits(const struct settle *settle, uint64_t shown, uint64_t real)
{
    return settle->sixteen_bits && real > shown && shown < CUT && (real - shown) % CUT == 0;
}

static uint64_t sum_of_blocks(const struct account *account)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < account->blocks.count; i++) {
        sum += account->blocks.item[i].size;
    }
    return sum;
}

/* Says of an account whether its blocks vouch for its figure. */
static bool vouched(const struct account *account)
{
    if (account->block_count == 0) {
        return account->current == 0;
    }
    return account->blocks.listed && !account->blocks.partial &&
           sum_of_blocks(account) == account->current;
}

/* Of a list that is not whole nothing vouches for a single block. */
static void settle_block_list(const struct settle *settle, struct task *task,
                              struct account *account)
{
    uint64_t count = account->blocks.count;
    char *what;

    if (count == account->block_count || (!account->blocks.listed && !settle->blocks_shown)) {
        return;
    }
    blocks_clear(&account->blocks);
    account->blocks.partial = true;
    what = memory_format("%" PRIu64 " blocks of a heap are listed; its line counts %" PRIu64, count,
                         account->block_count);
    if (count > account->block_count) {
        account->block_count = UNKNOWN;
    }
    report(settle, task, what);
    free(what);
}

static void settle_account(const struct settle *settle, struct task *task, struct account *account)
{
    settle_block_list(settle, task, account);
    if (account->blocks.listed && !account->blocks.partial &&
        cut_to_16_bits(settle, account->current, sum_of_blocks(account))) {
        note(settle, task, "a heap's Current Usage was printed with 16 bits: its blocks say more");
        account->current = UNKNOWN;
    }
    if (account->current != UNKNOWN && account->peak < account->current) {
        if (settle->snapshot->heaps[account->heap].size_mod_64k != UNKNOWN) {
            note(settle, task,
                 "a heap's Peak Usage was printed with 16 bits: Current Usage is more");
        } else {
            report(settle, task, "a heap's peak is less than its current usage");
        }
        account->peak = UNKNOWN;
    }
}

/* `doubtful` accounts have no blocks that vouch for them. The one that explains the difference,
 * if its blocks are right, is the one whose figure is wrong. */
static bool one_account_is_wrong(const struct settle *settle, struct task *task, uint64_t sum)
{
    for (size_t i = 0; i < task->account_count; i++) {
        struct account *account = &task->accounts[i];
        uint64_t blocks = sum_of_blocks(account);

        if (!vouched(account) && account->blocks.listed && !account->blocks.partial &&
            sum - account->current + blocks == task->current) {
            account->current = UNKNOWN;
            report(settle, task, "a heap's current usage is not the sum of its blocks");
            return true;
        }
    }
    return false;
}

static void drop_wrong_lists(const struct settle *settle, struct task *task)
{
    for (size_t i = 0; i < task->account_count; i++) {
        struct account *account = &task->accounts[i];

        if (!vouched(account) && account->blocks.listed && !account->blocks.partial) {
            blocks_clear(&account->blocks);
            account->blocks.partial = true;
            report(settle, task, "the sizes of a heap's blocks do not add up to its current usage");
        }
    }
}

/* Accounts behind those that add up belong to a task whose line is lost. After a damaged line
 * even those that hold nothing do not count. True: there are such. */
static bool drop_foreign(const struct settle *settle, struct task *task)
{
    uint64_t sum = 0;
    size_t fit = 0;

    for (size_t i = 0; i < task->account_count; i++) {
        sum += task->accounts[i].current;
        if (sum == task->current && (fit == 0 || !task->hurt || i < task->sure)) {
            fit = i + 1;
        }
    }
    if (fit == 0 || fit == task->account_count) {
        return false;
    }
    task_drop_accounts(task, fit);
    report(settle, task, "lines of heaps follow that are not its own: the line of a task is lost");
    return true;
}

/* The task's figure and the sum over its heaps differ. */
static void settle_difference(const struct settle *settle, struct task *task, uint64_t sum,
                              bool all_vouched)
{
    char *what;

    if (all_vouched && cut_to_16_bits(settle, task->current, sum)) {
        task->current = UNKNOWN;
        note(settle, task, "its Current Usage was printed with 16 bits: its heaps say more");
        return;
    }
    if (one_account_is_wrong(settle, task, sum) || drop_foreign(settle, task)) {
        return;
    }
    if (all_vouched && sum < task->current && !task->hurt &&
        (task->heap_count == UNKNOWN || task->heap_count == task->account_count)) {
        /* ESP-IDF itself loses an account when a block is resized by a task that is new to its
         * heap. */
        note(settle, task, "its current usage is more than that of its heaps");
        return;
    }
    what = memory_format("its current usage %" PRIu64 " is not the sum over its heaps, %" PRIu64,
                         task->current, sum);
    report(settle, task, what);
    free(what);
    task->current = UNKNOWN;
    task_drop_accounts(task, 0); /* whose they are is not sure either */
}

static void settle_current(const struct settle *settle, struct task *task)
{
    uint64_t sum = 0;
    bool all_vouched = true;

    for (size_t i = 0; i < task->account_count; i++) {
        const struct account *account = &task->accounts[i];

        if (account->current == UNKNOWN) {
            return; /* said already */
        }
        sum += account->current;
        all_vouched = all_vouched && vouched(account);
    }
    if (sum == task->current) {
        drop_wrong_lists(settle, task);
        if (task->hurt) {
            drop_foreign(settle, task);
        }
    } else {
        settle_difference(settle, task, sum, all_vouched);
    }
}

/* The task's peak lies between the largest peak on a heap and the sum of them. */
static void settle_peaks(const struct settle *settle, struct task *task)
{
    uint64_t most = 0, sum = 0;

    if (task->current != UNKNOWN && task->peak < task->current) {
        most = UNKNOWN;
    }
    for (size_t i = 0; i < task->account_count; i++) {
        uint64_t peak = task->accounts[i].peak;

        if (peak == UNKNOWN) {
            return;
        }
        sum += peak;
        most = peak > most ? peak : most;
    }
    if (most <= task->peak &&
        (task->peak <= sum || !settle->heaps_shown ||
         (task->heap_count != UNKNOWN && task->account_count != task->heap_count))) {
        return;
    }
    if (settle->sixteen_bits && task->peak < CUT && sum >= CUT &&
        task->peak + (most - task->peak + CUT - 1) / CUT * CUT <= sum) {
        note(settle, task, "its Peak Usage was printed with 16 bits: a heap's is more");
    } else {
        report(settle, task, "its peaks contradict each other");
        for (size_t i = 0; i < task->account_count; i++) {
            task->accounts[i].peak = UNKNOWN;
        }
    }
    task->peak = UNKNOWN;
}

void settle_task(const struct settle *settle, struct task *task)
{
    char *what;

    if (task->heap_count != UNKNOWN && settle->heaps_shown &&
        task->heap_count < task->account_count) {
        report(settle, task,
               "lines of heaps follow that are not its own: the line of a task is lost");
        task_drop_accounts(task, task->heap_count);
    } else if (task->heap_count != UNKNOWN && settle->heaps_shown &&
               task->heap_count != task->account_count) {
        task->hurt = true;
        what = memory_format("%zu lines of heaps for %" PRIu64 " heaps", task->account_count,
                             task->heap_count);
        report(settle, task, what);
        free(what);
    }
    for (size_t i = 0; i < task->account_count; i++) {
        settle_account(settle, task, &task->accounts[i]);
    }
    if (settle->heaps_shown && (task->account_count > 0 || task->current != 0)) {
        settle_current(settle, task);
    }
    settle_peaks(settle, task);
}

/* What lies in a heap needs at least so much. */
static uint64_t least_size(const struct snapshot *snapshot, size_t heap)
{
    uint64_t low = UNKNOWN, high = 0, most = 0, held = 0;

    for (size_t i = 0; i < snapshot->task_count; i++) {
        for (size_t j = 0; j < snapshot->tasks[i].account_count; j++) {
            const struct account *account = &snapshot->tasks[i].accounts[j];

            if (account->heap != heap) {
                continue;
            }
            held += account->current != UNKNOWN ? account->current : 0;
            most = account->peak != UNKNOWN && account->peak > most ? account->peak : most;
            for (size_t k = 0; k < account->blocks.count; k++) {
                const struct block *block = &account->blocks.item[k];

                low = block->address < low ? block->address : low;
                high = block->address + block->size > high ? block->address + block->size : high;
            }
        }
    }
    most = held > most ? held : most;
    return high > low && high - low > most ? high - low : most;
}

/* Are the digits of `part` what is left of those of `whole`? */
static bool left_of(uint64_t part, uint64_t whole)
{
    for (; whole > part && part > 0; whole /= 10) {
        part = part % 10 == whole % 10 ? part / 10 : part;
    }
    return part == 0;
}

/* Is there a heap like it, but for a lost digit of its size? */
static bool lost_a_digit(const struct snapshot *snapshot, const struct heap *heap)
{
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        const struct heap *other = &snapshot->heaps[i];

        if (other->size != UNKNOWN && other->size > heap->size && other->caps == heap->caps &&
            strcmp(other->name, heap->name) == 0 && left_of(heap->size, other->size)) {
            return true;
        }
    }
    return false;
}

/* Two heaps of one name and size whose capabilities differ by a lost digit are one. */
static void settle_caps(const struct settle *settle, struct heap *heap)
{
    for (size_t i = 0; i < settle->snapshot->heap_count; i++) {
        const struct heap *other = &settle->snapshot->heaps[i];

        if (other->size == heap->size && other->caps > heap->caps && other->caps != UNKNOWN &&
            strcmp(other->name, heap->name) == 0 && left_of(heap->caps, other->caps)) {
            stream_damage(settle->stream, settle->snapshot->line,
                          "heap %s: its capabilities lack digits", heap->name);
            settle->snapshot->damaged++;
            heap->caps = UNKNOWN;
            return;
        }
    }
}

void settle_heaps(const struct settle *settle)
{
    for (size_t i = 0; i < settle->snapshot->heap_count; i++) {
        settle_caps(settle, &settle->snapshot->heaps[i]);
    }
    for (size_t i = 0; i < settle->snapshot->heap_count; i++) {
        struct heap *heap = &settle->snapshot->heaps[i];
        uint64_t least = least_size(settle->snapshot, i);
        char *label;

        if (heap->size == UNKNOWN || least <= heap->size) {
            continue;
        }
        label = heap_label(heap);
        if (settle->sixteen_bits && heap->size < CUT && least < SANE_HEAP &&
            !lost_a_digit(settle->snapshot, heap)) {
            stream_note(settle->stream, settle->snapshot->line,
                        "heap %s: Size %" PRIu64 " is too small for what lies in it (%" PRIu64
                        " bytes): it was printed with 16 bits, and is not known",
                        label, heap->size, least);
            heap->size_mod_64k = heap->size;
        } else {
            stream_damage(settle->stream, settle->snapshot->line,
                          "heap %s: size %" PRIu64 " is too small for what lies in it (%" PRIu64
                          " bytes)",
                          label, heap->size, least);
            settle->snapshot->damaged++;
        }
        heap->size = UNKNOWN;
        free(label);
    }
}
