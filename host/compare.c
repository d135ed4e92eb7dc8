/* SPDX-License-Identifier: MIT */
/* What changed between two snapshots. */
#include "compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static json_t *figure(uint64_t value)
{
    return value > INT64_MAX ? json_null() : json_integer((json_int_t)value);
}

/* Sets key to {"from", "to"} if they differ. True: they do. */
static bool set_change(json_t *object, const char *key, uint64_t from, uint64_t to)
{
    if (from == to) {
        return false;
    }
    json_object_set_new(object, key,
                        json_pack("{s:o, s:o}", "from", figure(from), "to", figure(to)));
    return true;
}

static bool same_name(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* Among tasks of one name: how many come behind it. New ones come first. */
static size_t place_of(const struct snapshot *snapshot, const struct task *task)
{
    size_t place = 0;

    for (const struct task *at = task + 1; at < snapshot->tasks + snapshot->task_count; at++) {
        place += same_name(at->name, task->name);
    }
    return place;
}

static const struct task *find_task(const struct snapshot *in, const struct snapshot *from,
                                    const struct task *task)
{
    bool serials = in->boot == from->boot && task->serial != UNKNOWN;

    for (size_t i = 0; i < in->task_count; i++) {
        const struct task *other = &in->tasks[i];

        if (serials ? other->serial == task->serial
                    : same_name(other->name, task->name) &&
                          place_of(in, other) == place_of(from, task)) {
            return other;
        }
    }
    return NULL;
}

/* As it was printed. */
static uint64_t shown_size(const struct heap *heap)
{
    return heap->size_mod_64k != UNKNOWN ? heap->size_mod_64k : heap->size;
}

static bool same_heap(const struct heap *a, const struct heap *b)
{
    if (a->start != UNKNOWN && b->start != UNKNOWN) {
        return a->start == b->start;
    }
    return same_name(a->name, b->name) && a->caps == b->caps && shown_size(a) == shown_size(b);
}

static const struct account *find_account(const struct snapshot *in, const struct task *task,
                                          const struct heap *heap)
{
    for (size_t i = 0; task != NULL && i < task->account_count; i++) {
        if (same_heap(&in->heaps[task->accounts[i].heap], heap)) {
            return &task->accounts[i];
        }
    }
    return NULL;
}

static void compare_account(json_t *list, const struct heap *heap, const struct account *from,
                            const struct account *to)
{
    json_t *object = json_object();
    char *label = heap_label(heap);
    bool changed;

    json_object_set_new(object, "name", json_string(label));
    json_object_set_new(object, "size", figure(heap->size));
    changed = set_change(object, "current", from != NULL ? from->current : 0,
                         to != NULL ? to->current : 0);
    changed |= set_change(object, "peak", from != NULL ? from->peak : 0, to != NULL ? to->peak : 0);
    changed |= set_change(object, "blocks", from != NULL ? from->block_count : 0,
                          to != NULL ? to->block_count : 0);
    if (changed) {
        json_array_append(list, object);
    }
    json_decref(object);
    free(label);
}

static json_t *compare_accounts(const struct snapshot *before, const struct task *from,
                                const struct snapshot *after, const struct task *to)
{
    json_t *list = json_array();

    for (size_t i = 0; from != NULL && i < from->account_count; i++) {
        const struct heap *heap = &before->heaps[from->accounts[i].heap];

        compare_account(list, heap, &from->accounts[i], find_account(after, to, heap));
    }
    for (size_t i = 0; to != NULL && i < to->account_count; i++) {
        const struct heap *heap = &after->heaps[to->accounts[i].heap];

        if (find_account(before, from, heap) == NULL) {
            compare_account(list, heap, NULL, &to->accounts[i]);
        }
    }
    return list;
}

/* One of the two may be NULL: the task is new, or gone. */
static void compare_task(json_t *list, const struct snapshot *before, const struct task *from,
                         const struct snapshot *after, const struct task *to)
{
    json_t *object = json_object();
    json_t *heaps = compare_accounts(before, from, after, to);
    const struct task *task = to != NULL ? to : from;
    char *label = task_label(task);
    bool changed = from == NULL || to == NULL;

    json_object_set_new(object, "name", json_string(label));
    json_object_set_new(object, "serial", figure(task->serial));
    json_object_set_new(object, "change",
                        json_string(from == NULL ? "come"
                                    : to == NULL ? "gone"
                                                 : "changed"));
    if (from != NULL && to != NULL && from->state != to->state) {
        json_object_set_new(
            object, "state",
            json_pack("{s:s, s:s}", "from", state_name(from->state), "to", state_name(to->state)));
        changed = true;
    }
    changed |= set_change(object, "current", from != NULL ? from->current : 0,
                          to != NULL ? to->current : 0);
    changed |= set_change(object, "peak", from != NULL ? from->peak : 0, to != NULL ? to->peak : 0);
    json_object_set_new(object, "heaps", heaps);
    if (changed || json_array_size(heaps) > 0) {
        json_array_append(list, object);
    }
    json_decref(object);
    free(label);
}

static json_t *compare_tasks(const struct snapshot *from, const struct snapshot *to)
{
    json_t *list = json_array();

    for (size_t i = 0; i < to->task_count; i++) {
        const struct task *before = find_task(from, to, &to->tasks[i]);

        if (before != NULL || !from->partial) {
            compare_task(list, from, before, to, &to->tasks[i]);
        }
    }
    for (size_t i = 0; !to->partial && i < from->task_count; i++) {
        if (find_task(to, from, &from->tasks[i]) == NULL) {
            compare_task(list, from, &from->tasks[i], to, NULL);
        }
    }
    return list;
}

static json_t *compare_heaps(const struct snapshot *from, const struct snapshot *to)
{
    json_t *list = json_array();

    for (size_t i = 0; !from->partial && !to->partial && i < to->heap_count; i++) {
        for (size_t j = 0; j < from->heap_count; j++) {
            json_t *object;
            char *label;
            bool changed;

            if (!same_heap(&to->heaps[i], &from->heaps[j])) {
                continue;
            }
            object = json_object();
            label = heap_label(&to->heaps[i]);
            json_object_set_new(object, "name", json_string(label));
            json_object_set_new(object, "size", figure(to->heaps[i].size));
            changed = set_change(object, "used", heap_used(from, j), heap_used(to, i));
            changed |= set_change(object, "free", from->heaps[j].free, to->heaps[i].free);
            changed |=
                set_change(object, "min_free", from->heaps[j].min_free, to->heaps[i].min_free);
            if (changed) {
                json_array_append(list, object);
            }
            json_decref(object);
            free(label);
            break;
        }
    }
    return list;
}

/* Blocks. */

struct owned {
    uint64_t address, size;
    const struct task *task; /* NULL: nobody is named */
};

struct all_blocks {
    struct owned *item;
    size_t count;
};

static void add_blocks(struct all_blocks *all, const struct blocks *blocks, const struct task *task)
{
    for (size_t i = 0; i < blocks->count; i++) {
        struct owned *owned = memory_append((void **)&all->item, &all->count, sizeof(*owned));

        *owned = (struct owned){blocks->item[i].address, blocks->item[i].size, task};
    }
}

static int by_address(const void *a, const void *b)
{
    uint64_t left = ((const struct owned *)a)->address, right = ((const struct owned *)b)->address;

    return (left > right) - (left < right);
}

/* False: some are not listed. */
static bool collect(const struct snapshot *snapshot, const struct snapshot *other,
                    struct all_blocks *all)
{
    bool listed = true;

    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct task *task = &snapshot->tasks[i];

        if (other->partial && find_task(other, snapshot, task) == NULL) {
            continue; /* it was not asked for there */
        }
        listed = listed && (task->account_count > 0 || task->current == 0);
        for (size_t j = 0; j < task->account_count; j++) {
            const struct account *account = &task->accounts[j];

            listed = listed && !account->blocks.partial &&
                     (account->blocks.listed || account->block_count == 0);
            add_blocks(all, &account->blocks, task);
        }
    }
    for (size_t i = 0; i < snapshot->heap_count; i++) {
        listed = listed && !snapshot->heaps[i].blocks.partial &&
                 (snapshot->task_count > 0 || snapshot->heaps[i].blocks.listed);
        add_blocks(all, &snapshot->heaps[i].blocks, NULL);
    }
    if (all->count > 0) {
        qsort(all->item, all->count, sizeof(*all->item), by_address);
    }
    return listed;
}

static json_t *block_json(const struct owned *block)
{
    json_t *object = json_object();
    char address[24];

    snprintf(address, sizeof(address), "0x%08" PRIx64, block->address);
    json_object_set_new(object, "address", json_string(address));
    json_object_set_new(object, "size", figure(block->size));
    return object;
}

static void set_owner(json_t *object, const char *key, const struct task *task)
{
    char *label = task != NULL ? task_label(task) : NULL;

    json_object_set_new(object, key, label != NULL ? json_string(label) : json_null());
    free(label);
}

static void append_block(json_t *list, const struct owned *block)
{
    json_t *object = block_json(block);

    set_owner(object, "task", block->task);
    json_array_append_new(list, object);
}

/* At one address in both. */
static void compare_block(json_t *blocks, const struct snapshot *before, const struct owned *from,
                          const struct snapshot *after, const struct owned *to)
{
    json_t *object;

    if (from->size != to->size) {
        append_block(json_object_get(blocks, "gone"), from);
        append_block(json_object_get(blocks, "come"), to);
        return;
    }
    if (from->task == to->task || (from->task != NULL && to->task != NULL &&
                                   find_task(after, before, from->task) == to->task)) {
        return;
    }
    object = block_json(to);
    set_owner(object, "from", from->task);
    set_owner(object, "to", to->task);
    json_array_append_new(json_object_get(blocks, "moved"), object);
}

static json_t *compare_blocks(const struct snapshot *from, const struct snapshot *to)
{
    struct all_blocks before = {0}, after = {0};
    bool listed = collect(from, to, &before);
    json_t *blocks = json_pack("{s:[], s:[], s:[]}", "come", "gone", "moved");
    size_t i = 0, j = 0;

    listed = collect(to, from, &after) && listed;
    while (listed && (i < before.count || j < after.count)) {
        const struct owned *old = i < before.count ? &before.item[i] : NULL;
        const struct owned *new_one = j < after.count ? &after.item[j] : NULL;

        if (new_one == NULL || (old != NULL && old->address < new_one->address)) {
            append_block(json_object_get(blocks, "gone"), old);
            i++;
        } else if (old == NULL || new_one->address < old->address) {
            append_block(json_object_get(blocks, "come"), new_one);
            j++;
        } else {
            compare_block(blocks, from, old, to, new_one);
            i++;
            j++;
        }
    }
    free(before.item);
    free(after.item);
    if (!listed) {
        json_decref(blocks);
        return json_null();
    }
    return blocks;
}

json_t *compare_snapshots(const struct snapshot *from, const struct snapshot *to)
{
    return json_pack("{s:o, s:o, s:o}", "tasks", compare_tasks(from, to), "heaps",
                     compare_heaps(from, to), "blocks", compare_blocks(from, to));
}
