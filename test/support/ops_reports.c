/* SPDX-License-Identifier: MIT */
/* Operations that read: walks step by step, visits, snapshots, facts, compared with the model. */
#include "support/ops.h"

#include <string.h>

#include "walk.h"

#include "support/layout.h"
#include "support/model.h"

/* What can be required of a reader depends on what happened while it read: did anything change, as it
 * must tell, ... */
static bool unchanged_since(const struct world *w, uint32_t changes)
{
    return w->changes == changes;
}

/* ... and did anything run at all? */
static bool alone_since(const struct world *w, uint32_t started)
{
    return w->clock == started;
}

static uint32_t owner_serial(const struct world *w, const struct model_block *block)
{
    return HL_TASK_TRACKING ? model_serial(w, block->owner) : 1;
}

/* A walk by hand: begun by one operation, gone on with by others. */

static void walk_begins(struct world *w, struct op op)
{
    unsigned heap = op.a % w->heap_count;

    if (w->heaps[heap].foreign) {
        return;
    }
    WORLD_REQUIRE(walk_begin(w->hl) == 0, "walk_begin fails");
    WORLD_REQUIRE(walk_begin(w->hl) == HL_ERR_BUSY, "a second walk begins");
    walk_enter(w->hl, (int)heap);
    memset(&w->walk, 0, sizeof w->walk);
    w->walk.active = true;
    w->walk.heap = (uint8_t)heap;
    w->walk.started = w->clock;
    w->walk.changes = w->changes;
}

static void walk_sees(struct world *w, const struct walk_block *seen)
{
    struct layout_tag tag = layout_tag((uintptr_t)seen->block);
    const unsigned char *ptr = (const unsigned char *)seen->block + LAYOUT_HEAD;
    unsigned slot = model_slot_of(w, ptr);

    WORLD_REQUIRE(ptr > w->walk.last, "a walk goes back to %p", (const void *)ptr);
    w->walk.last = ptr;
    WORLD_REQUIRE(seen->head == layout_word((uintptr_t)seen->block), "a walk gives a wrong head");
    WORLD_REQUIRE(tag.used == (slot != WORLD_NO_SLOT), "a walk sees %p, which is no block",
                  (const void *)ptr);
    if (slot == WORLD_NO_SLOT) {
        WORLD_REQUIRE(seen->owner == 0, "a free block has owner %u", (unsigned)seen->owner);
        return;
    }
    WORLD_REQUIRE(w->slots[slot].heap == w->walk.heap && !w->walk.seen[slot] &&
                      seen->owner == owner_serial(w, &w->slots[slot]),
                  "a walk sees %p of task %u", (const void *)ptr, (unsigned)seen->owner);
    w->walk.seen[slot] = true;
}

static void walk_ends(struct world *w)
{
    bool changed = walk_end(w->hl);

    WORLD_REQUIRE(changed || unchanged_since(w, w->walk.changes), "a walk misses a change");
    WORLD_REQUIRE(!changed || w->clock != w->walk.started, "a walk sees a change of its own");
    w->walk.active = false;
}

/* Nothing that was there all the time is missed. */
static void walk_is_complete(const struct world *w)
{
    for (unsigned slot = 0; slot < WORLD_SLOTS; slot++) {
        const struct model_block *block = &w->slots[slot];

        WORLD_REQUIRE(block->ptr == NULL || block->heap != w->walk.heap ||
                          block->born >= w->walk.started || w->walk.seen[slot],
                      "a walk misses %p", (void *)block->ptr);
    }
}

void op_walk(struct world *w, struct op op)
{
    struct walk_block seen[HL_WALK_STEP];
    int count;

    if (w->heap_count == 0 || (w->hl->walking && !w->walk.active)) {
        return;
    }
    if (!w->walk.active) {
        walk_begins(w, op);
        return;
    }
    count = walk_step(w->hl, w->walk.heap, seen);
    WORLD_REQUIRE(count >= 0, "walk_step gives %d", count);
    for (int i = 0; i < count; i++) {
        walk_sees(w, &seen[i]);
    }
    if (count == 0) {
        walk_is_complete(w);
    }
    if (count == 0 || op.b < 32) {
        walk_ends(w);
    }
}

void end_walk(struct world *w)
{
    if (w->walk.active) {
        walk_ends(w);
    }
}

/* All readers but the simplest are busy then. */
static bool is_busy(const struct world *w)
{
    return w->hl->walking;
}

/* hl_visit_blocks. */

struct visit {
    struct world *w;
    unsigned heap;
    uint32_t started;
    uint32_t changes;
    const unsigned char *last;
    unsigned count;
    uint32_t spans;
    unsigned stop_after;
    bool seen[WORLD_SLOTS];
};

static struct visit visiting;

static bool visit_block(void *context, const struct hl_block_info *block)
{
    struct visit *visit = context;
    const struct world *w = visit->w;
    const unsigned char *ptr = block->address;
    unsigned slot = model_slot_of(w, ptr);

    WORLD_REQUIRE(ptr > visit->last, "a visit goes back to %p", (const void *)ptr);
    visit->last = ptr;
    visit->count++;
    visit->spans += block->size + LAYOUT_HEAD;
    if (slot != WORLD_NO_SLOT && w->slots[slot].born < visit->started) {
        const struct model_block *model = &w->slots[slot];

        WORLD_REQUIRE(model->heap == visit->heap && model->size == block->size,
                      "a visit sees %p with %u bytes", (const void *)ptr, (unsigned)block->size);
        WORLD_REQUIRE(block->owner == owner_serial(w, model) || !unchanged_since(w, visit->changes),
                      "a visit sees %p of task %u", (const void *)ptr, (unsigned)block->owner);
        visit->seen[slot] = true;
    } else if (alone_since(w, visit->started)) {
        WORLD_REQUIRE(slot == WORLD_NO_SLOT && block->owner == 0, "a visit sees %p",
                      (const void *)ptr);
    }
    return --visit->stop_after != 0;
}

static void check_visit(const struct world *w, const struct visit *visit, int result)
{
    const struct model_heap *heap = &w->heaps[visit->heap];
    bool same = unchanged_since(w, visit->changes);

    WORLD_REQUIRE(result == 1 || (result == 0 && same), "hl_visit_blocks gives %d", result);
    if (visit->stop_after == 0) {
        return;
    }
    WORLD_REQUIRE(!same || visit->spans == heap->end - heap->first, "a visit sees %u of %u bytes",
                  (unsigned)visit->spans, (unsigned)(heap->end - heap->first));
    for (unsigned slot = 0; slot < WORLD_SLOTS; slot++) {
        const struct model_block *block = &w->slots[slot];

        WORLD_REQUIRE(block->ptr == NULL || block->heap != visit->heap ||
                          block->born >= visit->started || visit->seen[slot],
                      "a visit misses %p", (void *)block->ptr);
    }
}

static void visit_blocks(struct world *w, struct op op)
{
    unsigned heap = op.a % (w->heap_count + 1);
    bool ours = heap < w->heap_count && !w->heaps[heap].foreign;
    bool busy = is_busy(w);
    struct visit *visit = &visiting;
    int result;

    if (!ours || busy) {
        result = hl_visit_blocks(w->hl, (int)heap, visit_block, visit);
        WORLD_REQUIRE(result == (ours ? HL_ERR_BUSY : HL_ERR_NOT_FOUND), "hl_visit_blocks gives %d",
                      result);
        return;
    }
    memset(visit, 0, sizeof *visit);
    visit->w = w;
    visit->heap = heap;
    visit->started = w->clock;
    visit->changes = w->changes;
    visit->stop_after = op.c == 0 ? 3 : UINT32_MAX;
    ops_between(w, op.b % 16);
    result = hl_visit_blocks(w->hl, (int)heap, visit_block, visit);
    ops_between_end();
    check_visit(w, visit, result);
}

/* Tasks and accounts of an unchanged ledger. */

static bool is_shown(const struct world *w, uint32_t id)
{
    return id < HL_TASK_FIRST ? w->tasks[id].peak != 0 : model_listed(w, id);
}

#if HL_TASK_TRACKING

/* The newest task that is shown and older than `before`; WORLD_IDS: none. */
static uint32_t next_shown(const struct world *w, uint32_t before)
{
    uint32_t best = WORLD_IDS;

    for (uint32_t id = 0; id < model_ids(w); id++) {
        if (is_shown(w, id) && model_serial(w, id) < before &&
            (best == WORLD_IDS || model_serial(w, id) > model_serial(w, best))) {
            best = id;
        }
    }
    return best;
}

static void check_shown_name(const struct world *w, uint32_t id, const struct hl_task_info *task)
{
    static const char *const pseudo[] = {"Pre-scheduler", "(isr)", "(overflow)"};
    const struct model_task *model = &w->tasks[id];
    struct say name;

    say_nothing(&name);
    if (id < HL_TASK_FIRST) {
        say(&name, "%s", pseudo[id]);
    } else if (model->folded != 0) {
        say(&name, "%s (%u dead)", model->name, (unsigned)model->folded);
    } else {
        say(&name, "%s", model->name);
    }
    WORLD_REQUIRE(strcmp(name.text, task->name) == 0, "task %u is shown as %s, not %s",
                  (unsigned)id, task->name, name.text);
}

static void check_task_info(const struct world *w, uint32_t id, const struct hl_task_info *task)
{
    const struct model_task *model = &w->tasks[id];
    bool real = id >= HL_TASK_FIRST;

    WORLD_REQUIRE(task->id == (int)id && task->serial == model_serial(w, id),
                  "task %d is shown with serial %u, not task %u", task->id, (unsigned)task->serial,
                  (unsigned)id);
    check_shown_name(w, id, task);
    WORLD_REQUIRE(task->handle == (real && !model->is_folded ? model->handle : NULL) &&
                      task->alive == (!real || model->state == MODEL_ALIVE) &&
                      task->folded == (model->is_folded ? model->folded : 0),
                  "task %u is shown wrong", (unsigned)id);
    WORLD_REQUIRE(task->current == model->current && task->peak == model->peak,
                  "task %u is shown with %u bytes, peak %u", (unsigned)id, (unsigned)task->current,
                  (unsigned)task->peak);
#define HL_FIELD(name)                                                                             \
    WORLD_REQUIRE(task->name == model->name, "task %u is shown with " #name " %u", (unsigned)id,   \
                  (unsigned)task->name);
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
}

static void check_account_info(const struct world *w, uint32_t id,
                               const struct hl_account_info *account)
{
    const struct model_heap *heap = &w->heaps[account->heap];
    const struct model_account *model = &w->tasks[id].accounts[account->heap];

    WORLD_REQUIRE(account->name == heap->desc.name && account->size == heap->desc.size &&
                      account->caps == (heap->foreign ? account->caps
                                                      : (heap->desc.caps[0] | heap->desc.caps[1] |
                                                         heap->desc.caps[2])),
                  "heap %d is shown wrong", account->heap);
    WORLD_REQUIRE(account->current == model->current && account->peak == model->peak &&
                      account->blocks == model->blocks,
                  "task %u, heap %d is shown with %u bytes, peak %u, %u blocks", (unsigned)id,
                  account->heap, (unsigned)account->current, (unsigned)account->peak,
                  (unsigned)account->blocks);
}

/* Arrays for snapshots. */
static struct hl_task_info task_infos[WORLD_IDS + 1];
static struct hl_account_info account_infos[WORLD_IDS * WORLD_HEAPS + 1];
static struct hl_block_info block_infos[WORLD_SLOTS + 1];

static struct hl_snapshot empty_snapshot(struct op op)
{
    struct hl_snapshot snapshot;

    memset(&snapshot, 0, sizeof snapshot);
    snapshot.tasks = task_infos;
    snapshot.accounts = account_infos;
    snapshot.blocks = block_infos;
    snapshot.task_room = op.c % 4 == 1 ? op.a % 8 : WORLD_IDS;
    snapshot.account_room = op.c % 4 == 2 ? op.a % 16 : WORLD_IDS * WORLD_HEAPS;
    snapshot.block_room = op.c % 4 == 3 ? op.a % 64 : WORLD_SLOTS;
    return snapshot;
}

static void check_block_infos(const struct world *w, uint32_t id,
                              const struct hl_snapshot *snapshot,
                              const struct hl_account_info *account)
{
    unsigned at = model_order_from(w, w->heaps[account->heap].first);
    bool foreign = w->heaps[account->heap].foreign;

    WORLD_REQUIRE(foreign ? account->listed == 0
                          : account->listed == account->blocks || snapshot->blocks_missing != 0,
                  "task %u, heap %d: %u of %u blocks are listed", (unsigned)id, account->heap,
                  (unsigned)account->listed, (unsigned)account->blocks);
    for (size_t i = 0; i < account->listed; i++) {
        const struct hl_block_info *block = &snapshot->blocks[account->first_block + i];

        while (at < w->live && w->slots[w->order[at]].owner != id) {
            at++;
        }
        WORLD_REQUIRE(
            at < w->live && w->slots[w->order[at]].ptr == block->address &&
                w->slots[w->order[at]].size == block->size && block->owner == model_serial(w, id),
            "task %u, heap %d: block %p is listed", (unsigned)id, account->heap, block->address);
        at++;
    }
}

/* Nothing changed: every entry is the model's, in the right order, and what is missing is counted. */
static void check_snapshot(const struct world *w, uint32_t only, const struct hl_snapshot *snapshot)
{
    uint32_t serial = only != 0 ? only + 1 : UINT32_MAX;
    struct hl_snapshot_needs found = {0, 0, 0};

    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct hl_task_info *task = &snapshot->tasks[i];
        uint32_t id = next_shown(w, serial);

        WORLD_REQUIRE(id < WORLD_IDS, "too many tasks are shown");
        serial = model_serial(w, id);
        check_task_info(w, id, task);
        for (size_t k = 0; k < task->account_count; k++) {
            const struct hl_account_info *account = &snapshot->accounts[task->first_account + k];

            WORLD_REQUIRE(task->first_account + k == found.accounts, "accounts are out of order");
            found.accounts++;
            check_account_info(w, id, account);
            check_block_infos(w, id, snapshot, account);
            found.blocks += account->listed;
        }
    }
    WORLD_REQUIRE(
        found.accounts == snapshot->account_count && found.blocks == snapshot->block_count,
        "%u accounts and %u blocks are in the entries, not %u and %u", (unsigned)found.accounts,
        (unsigned)found.blocks, (unsigned)snapshot->account_count, (unsigned)snapshot->block_count);
}

/* What all tasks that are shown need. */
static struct hl_snapshot_needs model_needs(const struct world *w, uint32_t only)
{
    struct hl_snapshot_needs needs = {0, 0, 0};

    for (uint32_t id = 0; id < model_ids(w); id++) {
        if (!is_shown(w, id) || (only != 0 && model_serial(w, id) != only)) {
            continue;
        }
        needs.tasks++;
        for (unsigned heap = 0; heap < w->heap_count; heap++) {
            needs.accounts += w->tasks[id].accounts[heap].peak != 0;
            needs.blocks += w->heaps[heap].foreign ? 0 : w->tasks[id].accounts[heap].blocks;
        }
    }
    return needs;
}

/* Entries add up in themselves, whatever changed. */
static void check_sums(const struct hl_snapshot *snapshot)
{
    const unsigned char *last = NULL;

    WORLD_REQUIRE(snapshot->task_count <= snapshot->task_room &&
                      snapshot->account_count <= snapshot->account_room &&
                      snapshot->block_count <= snapshot->block_room,
                  "a snapshot counts more than there is room for");
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct hl_task_info *task = &snapshot->tasks[i];
        uint32_t sum = 0;

        WORLD_REQUIRE(task->first_account + task->account_count <= snapshot->account_count,
                      "a task's accounts are not in the array");
        for (size_t k = 0; k < task->account_count; k++) {
            const struct hl_account_info *account = &snapshot->accounts[task->first_account + k];
            uint32_t bytes = 0;

            sum += account->current;
            last = NULL;
            WORLD_REQUIRE(account->first_block + account->listed <= snapshot->block_count,
                          "an account's blocks are not in the array");
            for (size_t j = 0; j < account->listed; j++) {
                const struct hl_block_info *block = &snapshot->blocks[account->first_block + j];

                WORLD_REQUIRE((const unsigned char *)block->address > last &&
                                  block->owner == task->serial,
                              "the blocks of an account are out of order");
                last = block->address;
                bytes += block->size;
            }
            WORLD_REQUIRE(snapshot->blocks_missing != 0 || account->listed == 0 ||
                              (bytes == account->current && account->listed == account->blocks),
                          "an account of %u bytes lists %u", (unsigned)account->current,
                          (unsigned)bytes);
            WORLD_REQUIRE(account->peak >= account->current, "a peak is below what is owned");
        }
        WORLD_REQUIRE(snapshot->accounts_missing != 0 || sum == task->current,
                      "a task of %u bytes has accounts of %u", (unsigned)task->current,
                      (unsigned)sum);
        WORLD_REQUIRE(task->peak >= task->current, "a task's peak is below what it owns");
    }
}

void op_snapshot(struct world *w, struct op op)
{
    uint32_t only =
        op.c >= 128 && is_shown(w, op.a % model_ids(w)) ? model_serial(w, op.a % model_ids(w)) : 0;
    struct hl_snapshot snapshot = empty_snapshot(op);
    struct hl_snapshot_needs needs, right;
    uint32_t changes = w->changes;
    uint32_t started = w->clock;
    int result;

    if (is_busy(w)) {
        WORLD_REQUIRE(hl_snapshot(w->hl, 0, &snapshot) == HL_ERR_BUSY, "hl_snapshot is not busy");
        return;
    }
    right = model_needs(w, only);
    result = hl_snapshot_needs(w->hl, only, &needs);
    WORLD_REQUIRE(result == 0 && memcmp(&needs, &right, sizeof needs) == 0,
                  "a snapshot needs %u tasks %u accounts %u blocks, not %u %u %u",
                  (unsigned)needs.tasks, (unsigned)needs.accounts, (unsigned)needs.blocks,
                  (unsigned)right.tasks, (unsigned)right.accounts, (unsigned)right.blocks);
    ops_between(w, op.b % 16);
    result = hl_snapshot(w->hl, only, &snapshot);
    ops_between_end();
    WORLD_REQUIRE(result == 0 || (result == HL_ERR_NOT_FOUND && only != 0), "hl_snapshot gives %d",
                  result);
    if (result != 0) {
        WORLD_REQUIRE(!unchanged_since(w, changes), "hl_snapshot does not find task %u",
                      (unsigned)only);
        return;
    }
    check_sums(&snapshot);
    WORLD_REQUIRE(snapshot.changed || unchanged_since(w, changes), "hl_snapshot misses a change");
    if (alone_since(w, started)) {
        check_snapshot(w, only, &snapshot);
        WORLD_REQUIRE(snapshot.task_count + snapshot.tasks_missing == right.tasks &&
                          snapshot.account_count + snapshot.accounts_missing == right.accounts &&
                          snapshot.block_count + snapshot.blocks_missing == right.blocks,
                      "a snapshot does not count what is missing");
    }
}

/* hl_visit_tasks. */

struct task_visit {
    struct world *w;
    uint32_t started;
    uint32_t changes;
    uint32_t serial; /* of the task visited last */
    uint32_t bytes;  /* of blocks since the last account */
    unsigned tasks;
    unsigned accounts;
    unsigned blocks;
};

static bool visit_task(void *context, const struct hl_task_info *task)
{
    struct task_visit *visit = context;

    WORLD_REQUIRE(task->serial < visit->serial, "a visit goes back to task %u",
                  (unsigned)task->serial);
    if (alone_since(visit->w, visit->started)) {
        uint32_t id = next_shown(visit->w, visit->serial);

        WORLD_REQUIRE(id < WORLD_IDS, "a visit sees too many tasks");
        check_task_info(visit->w, id, task);
    }
    visit->serial = task->serial;
    visit->tasks++;
    return true;
}

static bool visit_account(void *context, const struct hl_task_info *task,
                          const struct hl_account_info *account)
{
    struct task_visit *visit = context;

    WORLD_REQUIRE(task->serial == visit->serial, "a visit gives an account of another task");
    if (alone_since(visit->w, visit->started)) {
        check_account_info(visit->w, (uint32_t)task->id, account);
    }
    visit->accounts++;
    return true;
}

static bool visit_tasks_block(void *context, const struct hl_block_info *block)
{
    struct task_visit *visit = context;

    WORLD_REQUIRE(block->owner == visit->serial, "a visit gives a block of another task");
    visit->blocks++;
    return true;
}

static void visit_tasks(struct world *w, struct op op)
{
    struct task_visit visit = {
        .w = w, .started = w->clock, .changes = w->changes, .serial = UINT32_MAX};
    struct hl_visitor visitor = {visit_task, visit_account, visit_tasks_block, &visit};
    struct hl_snapshot_needs needs = model_needs(w, 0);
    bool busy = is_busy(w);
    int result;

    ops_between(w, busy ? 0 : op.b % 16);
    result = hl_visit_tasks(w->hl, 0, &visitor);
    ops_between_end();
    if (busy) {
        WORLD_REQUIRE(result == HL_ERR_BUSY, "hl_visit_tasks is not busy");
        return;
    }
    WORLD_REQUIRE(result == 1 || (result == 0 && unchanged_since(w, visit.changes)),
                  "hl_visit_tasks gives %d", result);
    WORLD_REQUIRE(!alone_since(w, visit.started) ||
                      (visit.tasks == needs.tasks && visit.accounts == needs.accounts &&
                       visit.blocks == needs.blocks),
                  "a visit sees %u tasks %u accounts %u blocks", visit.tasks, visit.accounts,
                  visit.blocks);
}

/* Looking tasks up. */

/* The newest task that matches, a live one before deleted ones. */
static uint32_t newest(const struct world *w, const void *handle, const char *name)
{
    uint32_t best = 0;
    bool best_alive = false;

    for (uint32_t id = HL_TASK_FIRST; id < model_ids(w); id++) {
        const struct model_task *task = &w->tasks[id];
        bool alive = task->state == MODEL_ALIVE;
        bool match = name != NULL ? strcmp(task->name, name) == 0
                                  : !task->is_folded && task->handle == handle;

        if (task->state != MODEL_GONE && match &&
            (alive == best_alive ? task->serial > best : alive)) {
            best = task->serial;
            best_alive = alive;
        }
    }
    return best;
}

static void check_lookups(struct world *w, struct op op)
{
    const void *handle = (const void *)(uintptr_t)(op.a % 8);
    const char *name = op.a % 2 != 0 ? "worker" : "conn";
    uint32_t id = op.a % model_ids(w);
    uint32_t found;

    found = hl_find_handle(w->hl, handle);
    WORLD_REQUIRE(found == newest(w, handle, NULL), "hl_find_handle gives %u, not %u",
                  (unsigned)found, (unsigned)newest(w, handle, NULL));
    found = hl_find_name(w->hl, name);
    WORLD_REQUIRE(found == newest(w, NULL, name), "hl_find_name gives %u, not %u", (unsigned)found,
                  (unsigned)newest(w, NULL, name));
    if (model_listed(w, id)) {
        WORLD_REQUIRE(hl_task_id(w->hl, model_serial(w, id)) == (int)id, "hl_task_id is wrong");
    } else if (w->tasks[id].serial != 0) {
        WORLD_REQUIRE(hl_task_id(w->hl, w->tasks[id].serial) == HL_ERR_NOT_FOUND,
                      "hl_task_id finds a task that is gone");
    }
    WORLD_REQUIRE(hl_task_id(w->hl, w->last_serial + 1) == HL_ERR_NOT_FOUND &&
                      hl_task_id(w->hl, 0) == HL_ERR_NOT_FOUND,
                  "hl_task_id finds nobody");
}

#else

void op_snapshot(struct world *w, struct op op)
{
    (void)w, (void)op;
    (void)is_shown;
}

#endif

void op_visit(struct world *w, struct op op)
{
#if HL_TASK_TRACKING
    if (op.a >= 128) {
        visit_tasks(w, op);
        return;
    }
#endif
    visit_blocks(w, op);
}

/* Facts. */

static void check_heap_facts(const struct world *w, unsigned index,
                             const struct hl_heap_facts *facts)
{
    const struct model_heap *heap = &w->heaps[index];
    size_t used = 0;
    uint32_t blocks = 0;

    for (uint32_t id = 0; id < model_ids(w); id++) {
        used += w->tasks[id].accounts[index].current;
        blocks += w->tasks[id].accounts[index].blocks;
    }
    WORLD_REQUIRE(facts->name == heap->desc.name && facts->start == heap->desc.start &&
                      facts->size == heap->desc.size &&
                      memcmp(facts->caps, heap->desc.caps, sizeof facts->caps) == 0,
                  "the facts of heap %u do not describe it", index);
    WORLD_REQUIRE((uintptr_t)facts->first == (heap->foreign ? 0 : heap->first) &&
                      (heap->foreign || (uintptr_t)facts->end == heap->end),
                  "the facts of heap %u: wrong bounds", index);
    WORLD_REQUIRE(facts->used == used && facts->blocks == blocks,
                  "the facts of heap %u: %u bytes in %u blocks, not %u in %u", index,
                  (unsigned)facts->used, (unsigned)facts->blocks, (unsigned)used, (unsigned)blocks);
    WORLD_REQUIRE(heap->foreign || (facts->free == heap->free && facts->min_free == heap->min_free),
                  "the facts of heap %u: %u bytes free, least %u", index, (unsigned)facts->free,
                  (unsigned)facts->min_free);
    if (heap->foreign || layout_sure(&w->hl->heaps[index]) == 0) {
        WORLD_REQUIRE(facts->sure == 0, "heap %u: %u bytes are sure", index, (unsigned)facts->sure);
        return;
    }
    WORLD_REQUIRE(facts->sure == layout_sure(&w->hl->heaps[index]) - LAYOUT_HEAD,
                  "heap %u: %u bytes are sure", index, (unsigned)facts->sure);
    /* What is sure to succeed at this size is so at any smaller one. */
    for (uint32_t part = 1; part <= 4; part++) {
        uintptr_t user;

        WORLD_REQUIRE(
            layout_predict(&w->hl->heaps[index], layout_need(facts->sure / part), 1, &user) != 0,
            "heap %u: %u bytes are not sure", index, (unsigned)facts->sure);
    }
}

/* The sums over all heaps that match. */
static void check_caps_facts(struct world *w, uint32_t caps)
{
    struct hl_heap_facts facts, one, right;
    int matching = 0;

    memset(&right, 0, sizeof right);
    for (unsigned i = 0; i < w->heap_count; i++) {
        const uint32_t *of = w->heaps[i].desc.caps;

        if (((of[0] | of[1] | of[2]) & caps) != caps) {
            continue;
        }
        WORLD_REQUIRE(hl_heap_facts(w->hl, (int)i, &one) == 0, "hl_heap_facts fails");
        matching++;
        right.free += one.free;
        right.min_free += one.min_free;
        right.size += one.size;
        right.blocks += one.blocks;
        right.used += one.used;
        right.sure = one.sure > right.sure ? one.sure : right.sure;
    }
    WORLD_REQUIRE(hl_caps_facts(w->hl, caps, &facts) == matching, "hl_caps_facts is wrong");
    WORLD_REQUIRE(facts.free == right.free && facts.min_free == right.min_free &&
                      facts.size == right.size && facts.blocks == right.blocks &&
                      facts.used == right.used && facts.sure == right.sure,
                  "hl_caps_facts: %u bytes free, %u sure, not %u and %u", (unsigned)facts.free,
                  (unsigned)facts.sure, (unsigned)right.free, (unsigned)right.sure);
}

static void check_classes(void)
{
    for (unsigned i = 0; i < LAYOUT_BINS; i++) {
        uint32_t least = hl_survey_class_bytes(i);

        WORLD_REQUIRE(layout_bin(least) == i && (i == 0 || layout_bin(least - 8) == i - 1),
                      "class %u begins with %u bytes", i, (unsigned)least);
    }
}

struct free_facts {
    uint32_t free_blocks;
    uint32_t free;
    uint32_t largest;
    uint32_t smallest;
    uint32_t used_blocks;
    uint32_t used;
    uint32_t histogram[LAYOUT_BINS];
};

static void add_free_facts(const struct world *w, unsigned index, struct free_facts *facts)
{
    struct layout_tag tag;

    for (uintptr_t at = w->heaps[index].first; at < w->heaps[index].end; at += tag.span) {
        tag = layout_tag(at);
        if (tag.used) {
            facts->used_blocks++;
            facts->used += tag.span - LAYOUT_HEAD;
            continue;
        }
        facts->free_blocks++;
        facts->free += tag.span;
        facts->largest = tag.span > facts->largest ? tag.span : facts->largest;
        facts->smallest =
            facts->smallest == 0 || tag.span < facts->smallest ? tag.span : facts->smallest;
        facts->histogram[layout_bin(tag.span)]++;
    }
}

static void check_survey(const struct hl_heap_survey *survey, const struct free_facts *right)
{
    uint64_t outside = right->free - right->largest;
    uint32_t fragmentation = right->free == 0 ? 0 : (uint32_t)(outside * 1000 / right->free);

    WORLD_REQUIRE(!survey->changed, "a survey sees a change");
    WORLD_REQUIRE(survey->free_blocks == right->free_blocks && survey->free == right->free &&
                      survey->used_blocks == right->used_blocks && survey->used == right->used,
                  "a survey sees %u bytes free in %u blocks, not %u in %u", (unsigned)survey->free,
                  (unsigned)survey->free_blocks, (unsigned)right->free,
                  (unsigned)right->free_blocks);
    WORLD_REQUIRE(
        survey->largest_free == (right->largest == 0 ? 0 : right->largest - LAYOUT_HEAD) &&
            survey->smallest_free == (right->smallest == 0 ? 0 : right->smallest - LAYOUT_HEAD),
        "a survey sees free blocks of %u to %u bytes", (unsigned)survey->smallest_free,
        (unsigned)survey->largest_free);
    WORLD_REQUIRE(survey->fragmentation == fragmentation, "fragmentation %u, not %u",
                  (unsigned)survey->fragmentation, (unsigned)fragmentation);
    WORLD_REQUIRE(memcmp(survey->histogram, right->histogram, sizeof right->histogram) == 0,
                  "the histogram is wrong");
}

static void check_surveys(struct world *w, unsigned heap)
{
    struct free_facts one, all;
    struct hl_heap_survey survey;
    unsigned ours = 0;
    int result;

    memset(&one, 0, sizeof one);
    memset(&all, 0, sizeof all);
    for (unsigned i = 0; i < w->heap_count; i++) {
        if (!w->heaps[i].foreign) {
            add_free_facts(w, i, &all);
            ours++;
        }
    }
    result = hl_caps_survey(w->hl, 0, &survey);
    WORLD_REQUIRE(result == (ours != 0 ? 0 : HL_ERR_NOT_FOUND), "hl_caps_survey gives %d", result);
    if (ours != 0) {
        check_survey(&survey, &all);
    }
    if (!w->heaps[heap].foreign) {
        add_free_facts(w, heap, &one);
        WORLD_REQUIRE(hl_heap_survey(w->hl, (int)heap, &survey) == 0, "hl_heap_survey fails");
        check_survey(&survey, &one);
    }
}

static void check_block_facts(struct world *w, uint8_t from)
{
    unsigned slot = model_used_slot(w, from);
    const struct model_block *block = model_block(w, slot);

    if (slot == WORLD_NO_SLOT) {
        return;
    }
    WORLD_REQUIRE(hl_usable_size(w->hl, block->ptr) == block->size, "hl_usable_size is wrong");
    WORLD_REQUIRE(hl_heap_of(w->hl, block->ptr) == block->heap, "hl_heap_of is wrong");
#if HL_TASK_TRACKING
    WORLD_REQUIRE(hl_owner(w->hl, block->ptr) == block->owner, "hl_owner is wrong");
#endif
}

void op_facts(struct world *w, struct op op)
{
    unsigned heap = w->heap_count == 0 ? 0 : op.b % w->heap_count;
    struct hl_heap_facts facts;
    struct hl_fault fault;
    uint32_t changes = w->changes;
    bool foreign;
    int result;

    WORLD_REQUIRE(hl_heap_count(w->hl) == (int)w->heap_count, "hl_heap_count is wrong");
    WORLD_REQUIRE(hl_heap_facts(w->hl, (int)w->heap_count, &facts) == HL_ERR_NOT_FOUND &&
                      hl_heap_facts(w->hl, -1, &facts) == HL_ERR_NOT_FOUND,
                  "facts of a heap that is not there");
    check_block_facts(w, op.a);
#if HL_TASK_TRACKING
    check_lookups(w, op);
#endif
    if (w->heap_count == 0) {
        return;
    }
    foreign = w->heaps[heap].foreign;
    WORLD_REQUIRE(hl_heap_facts(w->hl, (int)heap, &facts) == 0, "hl_heap_facts fails");
    check_heap_facts(w, heap, &facts);
    check_caps_facts(w, op_caps(op.c));
    check_classes();
    if (is_busy(w)) {
        return;
    }
    check_surveys(w, heap);
    ops_between(w, op.c % 8);
    result = hl_check(w->hl, (int)heap, &fault);
    ops_between_end();
    WORLD_REQUIRE(result == (foreign ? HL_ERR_NOT_FOUND : 0) ||
                      (result == HL_ERR_CHANGED && !unchanged_since(w, changes)),
                  "hl_check gives %d, reason %d", result,
                  result == HL_ERR_DAMAGED ? (int)fault.reason : 0);
}
