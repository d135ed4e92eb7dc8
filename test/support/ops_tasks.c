/* SPDX-License-Identifier: MIT */
/* Operations on tasks and books. */
#include "support/ops.h"

#include <string.h>

#include "instance.h"

#include "support/layout.h"
#include "support/model.h"

/* A task id out of a byte: mostly one that has been used, sometimes none at all. */
int op_task(const struct world *w, uint8_t code)
{
    if (code == 255) {
        return -1;
    }
    return code == 254 ? (int)model_ids(w) : code % (int)model_ids(w);
}

void op_switch(struct world *w, struct op op)
{
    uint32_t id = op.a % model_ids(w);

    while (id >= HL_TASK_FIRST && w->tasks[id].serial == 0) {
        id--; /* never used: no port would name it */
    }
    /* Mostly a task that is alive; some go on for a while after they were deleted. */
    if (op.b % 8 != 0) {
        while (id >= HL_TASK_FIRST && w->tasks[id].state != MODEL_ALIVE) {
            id--;
        }
    }
    w->running = id;
}

#if HL_TASK_TRACKING

static const char *name_of(uint8_t code)
{
    static const char *const names[] = {"worker", "worker", "conn", "a name that is much too long",
                                        "",       NULL,     "idle", "worker"};

    return names[code % 8];
}

/* Which slots a new task may get: a vacant one that is not listed, failing that the one that was kept
 * for the longest. */
static void check_new_id(const struct world *w, uint32_t id)
{
    uint32_t oldest = HL_TASK_OVERFLOW;
    bool gone = false;
    bool late = false;

    for (uint32_t i = HL_TASK_FIRST; i < model_ids(w); i++) {
        gone = gone || w->tasks[i].state == MODEL_GONE;
        late = late || (w->tasks[i].state == MODEL_KEPT && w->tasks[i].late);
        if (w->tasks[i].state == MODEL_KEPT &&
            (oldest == HL_TASK_OVERFLOW || w->tasks[i].vacated < w->tasks[oldest].vacated)) {
            oldest = i;
        }
    }
    if (gone) {
        WORLD_REQUIRE(id >= HL_TASK_FIRST && id < model_ids(w) && w->tasks[id].state == MODEL_GONE,
                      "a new task gets id %u, though a slot is free", (unsigned)id);
    } else if (late) {
        WORLD_REQUIRE(id >= HL_TASK_FIRST && id < model_ids(w) && w->tasks[id].state == MODEL_KEPT,
                      "a new task gets id %u, which is not vacant", (unsigned)id);
    } else {
        WORLD_REQUIRE(id == oldest, "a new task gets id %u, not %u", (unsigned)id,
                      (unsigned)oldest);
    }
}

void op_create(struct world *w, struct op op)
{
    void *handle = (void *)(uintptr_t)(op.a % 8); /* few, NULL among them: they are used again */
    uint32_t id = (uint32_t)hl_task_register(w->hl, handle, name_of(op.b));

    check_new_id(w, id);
    if (id == HL_TASK_OVERFLOW) {
        w->overflowed++;
    } else {
        w->evicted += w->tasks[id].state == MODEL_KEPT;
        model_open(w, id, handle, name_of(op.b));
    }
    if (op.c % 2 != 0) {
        w->running = id;
    }
    w->changes++;
}

/* What functions for real, live tasks return. */
static int live_error(const struct world *w, int task)
{
    if (task >= 0 && task < HL_TASK_FIRST) {
        return HL_ERR_ARGUMENT;
    }
    return model_is_open(w, task) ? 0 : HL_ERR_NOT_FOUND;
}

static void check_result(const char *what, int result, int right)
{
    WORLD_REQUIRE(result == right, "%s gives %d, not %d", what, result, right);
}

void op_delete(struct world *w, struct op op)
{
    int task = op_task(w, op.a);

    if (task == HL_TASK_OVERFLOW) {
        check_result("hl_task_delete", hl_task_delete(w->hl, task), 0);
        return;
    }
    int error = live_error(w, task);
    check_result("hl_task_delete", hl_task_delete(w->hl, task), error);
    if (error == 0) {
        model_delete(w, (uint32_t)task);
    }
}

void op_rename(struct world *w, struct op op)
{
    int task = op_task(w, op.a);
    int error = live_error(w, task);

    check_result("hl_task_rename", hl_task_rename(w->hl, task, name_of(op.b)), error);
    if (error == 0) {
        model_rename(w, (uint32_t)task, name_of(op.b));
    }
}

void op_transfer(struct world *w, struct op op)
{
    unsigned slot = model_used_slot(w, op.a);
    int task = op_task(w, op.b);
    struct model_block *block = model_block(w, slot);
    bool open = model_is_open(w, task);

    if (slot == WORLD_NO_SLOT) {
        return;
    }
    if (open && (uint32_t)task != block->owner) {
        model_within_limits(w, (uint32_t)task, block->size, w->tasks[task].current + block->size,
                            false);
    }
    check_result("hl_transfer", hl_transfer(w->hl, block->ptr, task), open ? 0 : HL_ERR_NOT_FOUND);
    if (open) {
        model_hand_over(w, slot, (uint32_t)task);
    }
}

void op_limit(struct world *w, struct op op)
{
#if HL_LIMITS
    int task = op.b % 2 != 0 ? (int)w->running : op_task(w, op.a);
    int error = live_error(w, task);
    uint32_t current = error == 0 ? w->tasks[task].current : 0;
    /* From half of what it holds to some more. */
    uint32_t limit = op.b >= 240 ? HL_NO_LIMIT : current / 2 + op.b * (1 + current / 256);
    uint32_t warning = op.c >= 240 ? HL_NO_LIMIT : current / 2 + op.c * (1 + current / 256);
    bool refuse = op.c % 2 != 0;

    check_result("hl_task_limit", hl_task_limit(w->hl, task, limit, warning, refuse), error);
    if (error == 0) {
        w->tasks[task].limit = limit;
        w->tasks[task].warning = warning;
        w->tasks[task].refuse = refuse;
    }
#else
    (void)w, (void)op;
#endif
}

/* Foreign heaps. */

static int foreign_heap(const struct world *w, uint8_t code)
{
    if (code >= 240) {
        return (int)(code % (WORLD_HEAPS + 2U)) - 1;
    }
    for (unsigned i = 0; i < w->heap_count; i++) {
        if (w->heaps[i].foreign) {
            return (int)i;
        }
    }
    return HL_ERR_NOT_FOUND;
}

static bool is_foreign(const struct world *w, int heap)
{
    return heap >= 0 && (unsigned)heap < w->heap_count && w->heaps[heap].foreign;
}

void op_charge(struct world *w, struct op op)
{
    int heap = foreign_heap(w, op.c);
    int task = op_task(w, op.a);
    uint32_t size = op.b == 255 ? UINT32_MAX - op.c * 256U : op.b == 254 ? 0 : op_size(op.b);
    bool listed = task >= 0 && model_listed(w, (uint32_t)task);
    int error = 0;

    if (!is_foreign(w, heap) || size == 0) {
        error = HL_ERR_ARGUMENT;
    } else if (!listed) {
        error = HL_ERR_NOT_FOUND;
    } else if (!model_fits(w, size) ||
               !model_within_limits(w, (uint32_t)task, size, w->tasks[task].current + size, true)) {
        error = HL_ERR_TOO_LARGE;
        model_count_failure(w, (uint32_t)task, size);
    }
    check_result("hl_charge", hl_charge(w->hl, heap, task, size), error);
    if (error == 0) {
        model_charge(w, (uint32_t)task, (unsigned)heap, size);
        MODEL_COUNT(w, task, allocations);
        w->changes++;
    }
}

/* Mostly what can be given back, sometimes not. */
static uint32_t credit_size(const struct world *w, int heap, int task, uint8_t code)
{
    if (code < 192 && is_foreign(w, heap) && task >= 0 && task < (int)model_ids(w)) {
        const struct model_account *account = &w->tasks[task].accounts[heap];

        return account->blocks <= 1 ? account->current : account->current / account->blocks;
    }
    return code == 254 ? 0 : op_size(code);
}

void op_credit(struct world *w, struct op op)
{
    int heap = foreign_heap(w, op.c);
    int task = op_task(w, op.a);
    uint32_t size = credit_size(w, heap, task, op.b);
    bool listed = task >= 0 && model_listed(w, (uint32_t)task);
    int error = 0;

    if (!is_foreign(w, heap) || size == 0) {
        error = HL_ERR_ARGUMENT;
    } else if (!listed) {
        error = HL_ERR_NOT_FOUND;
    } else {
        const struct model_account *account = &w->tasks[task].accounts[heap];

        /* All bytes go with the last block, and only with that one. */
        if (size > account->current || (size == account->current) != (account->blocks == 1)) {
            error = HL_ERR_DAMAGED;
            model_expect_fault(w, HL_FAULT_OWNER, NULL, heap);
        }
    }
    check_result("hl_credit", hl_credit(w->hl, heap, task, size), error);
    if (error == 0) {
        model_credit(w, (uint32_t)task, (unsigned)heap, size);
        MODEL_COUNT(w, task, frees);
        w->changes++;
    }
}

/* Folding: which blocks get a new owner shows in their heads; the rest follows from it. */

static bool may_fold(const struct world *w, uint32_t id)
{
    if (id < HL_TASK_FIRST || id >= model_ids(w) || w->tasks[id].state != MODEL_OWING) {
        return false;
    }
    for (unsigned i = 0; i < w->heap_count; i++) {
        if (w->heaps[i].foreign && w->tasks[id].accounts[i].current != 0) {
            return false;
        }
    }
    return true;
}

static bool slots_are_short(const struct world *w)
{
    return 4 * w->hl->ledger.vacant < w->shape.tasks;
}

static bool is_pair(const struct world *w, uint32_t from, uint32_t to)
{
    return w->fold.from == from && w->fold.to == to &&
           w->fold.from_serial == w->tasks[from].serial && w->fold.to_serial == w->tasks[to].serial;
}

/* Before the first block moves, `to` takes over what `from` stands for. */
static void begin_pair(struct world *w, uint32_t from, uint32_t to)
{
    struct model_task *source = &w->tasks[from];
    struct model_task *target = &w->tasks[to];

    WORLD_REQUIRE(may_fold(w, from) && target->state == MODEL_OWING &&
                      memcmp(source->name, target->name, HL_NAME_LEN) == 0 &&
                      target->serial < source->serial,
                  "task %u is folded into %u", (unsigned)from, (unsigned)to);
    w->fold.from = (uint8_t)from;
    w->fold.to = (uint8_t)to;
    w->fold.from_serial = source->serial;
    w->fold.to_serial = target->serial;
    if (source->is_folded && source->folded == 0) {
        return; /* was begun before */
    }
    target->folded =
        (target->is_folded ? target->folded : 1) + (source->is_folded ? source->folded : 1);
    target->is_folded = true;
    source->folded = 0;
    source->is_folded = true;
    w->folded++;
#define ADD(name)                                                                                  \
    target->name += source->name;                                                                  \
    source->name = 0;
#define LARGER(name)                                                                               \
    target->name = source->name > target->name ? source->name : target->name;                      \
    source->name = 0;
    HL_TASK_SUMS(ADD)
    HL_TASK_MAXIMA(LARGER)
#undef ADD
#undef LARGER
}

/* One call of hl_maintain. */
static bool maintain(struct world *w)
{
    bool was_short = slots_are_short(w);
    bool folding = w->hl->fold.from != 0;
    unsigned moved = 0;
    bool more = hl_maintain(w->hl);

    for (unsigned i = 0; i < w->live; i++) {
        struct model_block *block = &w->slots[w->order[i]];
        uint32_t owner = layout_tag((uintptr_t)block->ptr - LAYOUT_HEAD).owner;

        if (owner == block->owner) {
            continue;
        }
        if (!is_pair(w, block->owner, owner)) {
            begin_pair(w, block->owner, owner);
        }
        model_hand_over(w, w->order[i], owner);
        moved++;
    }
    WORLD_REQUIRE(moved == 0 || !w->hl->walking, "folding goes on during a walk");
    WORLD_REQUIRE(moved <= HL_WALK_STEP, "hl_maintain moves %u blocks in one step", moved);
    WORLD_REQUIRE(was_short || folding || (moved == 0 && !more), "folding without need");
    return more;
}

void op_maintain(struct world *w, struct op op)
{
    for (unsigned i = 0; i < op.a % 8U + 1; i++) {
        maintain(w);
    }
}

/* Until nothing is left to do: then slots are not short, or no two dead tasks have one name. */
void op_settle(struct world *w, struct op op)
{
    unsigned steps = 0;

    (void)op;
    end_walk(w);
    if (w->hl->walking) {
        return; /* within a reader */
    }
    while (maintain(w)) {
        WORLD_REQUIRE(++steps < 20000, "hl_maintain comes to no end");
    }
    maintain(w); /* it may have looked at a part only before it was needed */
    while (maintain(w)) {
        WORLD_REQUIRE(++steps < 20000, "hl_maintain comes to no end");
    }
    for (uint32_t a = HL_TASK_FIRST; slots_are_short(w) && a < model_ids(w); a++) {
        for (uint32_t b = a + 1; may_fold(w, a) && b < model_ids(w); b++) {
            WORLD_REQUIRE(!may_fold(w, b) || w->tasks[a].late || w->tasks[b].late ||
                              memcmp(w->tasks[a].name, w->tasks[b].name, HL_NAME_LEN) != 0,
                          "tasks %u and %u could be folded", (unsigned)a, (unsigned)b);
        }
    }
}

void op_keep(struct world *w, struct op op)
{
    w->keep_deleted = op.a % 2 != 0;
    for (uint32_t id = HL_TASK_FIRST; !w->keep_deleted && id < model_ids(w); id++) {
        /* Also in the cards of those that were charged late, where it does not show. */
        w->changes += w->hl->ledger.cards[id - HL_TASK_FIRST].state == CARD_KEPT;
        if (w->tasks[id].state == MODEL_KEPT) {
            w->tasks[id].state = MODEL_GONE;
        }
    }
    hl_keep_deleted(w->hl, w->keep_deleted);
}

#endif /* HL_TASK_TRACKING */

/* Everything is forgotten but the serial numbers. */
void op_reset(struct world *w, struct op op)
{
    if (op.a >= 16) {
        return; /* rarely */
    }
    hl_reset(w->hl);
    memset(w->tasks, 0, sizeof w->tasks);
    memset(w->heaps, 0, sizeof w->heaps);
    memset(w->slots, 0, sizeof w->slots);
    memset(w->stale, 0, sizeof w->stale);
    memset(&w->walk, 0, sizeof w->walk);
    memset(&w->fold, 0, sizeof w->fold);
    memset(w->arena, 0xA5, sizeof w->arena);
    for (uint32_t id = 0; id < WORLD_IDS; id++) {
        w->tasks[id].limit = UINT32_MAX;
        w->tasks[id].warning = UINT32_MAX;
    }
    w->live = 0;
    w->heap_count = 0;
    w->planned = 0;
    w->overflowed = 0;
    w->evicted = 0;
    w->folded = 0;
    w->registered = 0;
    w->running = 0;
    w->changes++;
    for (unsigned i = 0; i < op.b % 4U + 1; i++) {
        world_add_heap(w);
    }
}

/* Adding heaps: those of the layout, and those that must be refused. */

static void refused(struct world *w, const struct hl_heap_desc *desc, int right)
{
    int result = hl_add_heap(w->hl, desc);

    WORLD_REQUIRE(result == right, "hl_add_heap gives %d, not %d", result, right);
}

void op_add_heap(struct world *w, struct op op)
{
    static unsigned char outside[64];
    struct hl_heap_desc desc = {.start = outside, .size = sizeof outside, .name = "refused"};

    switch (op.a % 8) {
    case 0:
        desc.start = outside + op.c % 16;
        desc.size = op.b % ((0 - (uintptr_t)desc.start - 4) % HL_ALIGN + 16 + 4);
        refused(w, &desc,
                w->heap_count == WORLD_HEAPS ? HL_ERR_TOO_MANY
                : model_fits(w, desc.size)   ? HL_ERR_TOO_SMALL
                                             : HL_ERR_TOO_LARGE);
        break;
    case 1:
        desc.size = UINTPTR_MAX - (uintptr_t)outside;
        if (w->heap_count == 0) {
            refused(w, &desc, HL_ERR_TOO_LARGE);
        }
        break;
    case 2:
        if (w->heap_count != 0) {
            const struct hl_heap_desc *there = &w->heaps[op.b % w->heap_count].desc;

            desc.start = (unsigned char *)there->start + (op.c % 2 ? there->size - 1 : 0);
            desc.size = op.c % 2 ? 64 : 1;
            refused(w, &desc, HL_ERR_OVERLAP);
        }
        break;
    case 3:
        desc.name = NULL;
        refused(w, &desc, HL_ERR_ARGUMENT);
        refused(w, NULL, HL_ERR_ARGUMENT);
        break;
    default:
        world_add_heap(w);
        break;
    }
}
