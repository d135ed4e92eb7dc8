/* SPDX-License-Identifier: MIT */
/* The interpreter of operations. */
#include "support/ops.h"

#include <string.h>

#include "instance.h"

#include "support/check.h"
#include "support/model.h"

size_t ops_done;

/* The program that runs, and how many of its operations may still run within the present one. */
static const struct op *program;
static size_t program_count;
static struct world *between_world;
static unsigned between_left;

uint32_t op_size(uint8_t code)
{
    uint32_t fine = code % 32U;
    unsigned octave = code / 32U;

    if (octave == 0) {
        return fine + 1;
    }
    if (WORLD_ARENA_BYTES >= 1 << 20 && fine >= 24) {
        return (uint32_t)WORLD_ARENA_BYTES / 64 * octave + code; /* where there is room for it */
    }
    return ((32 + fine) << octave >> 3) + fine % 3;
}

uint32_t op_caps(uint8_t code)
{
    static const uint8_t caps[] = {2, 2, 2, 1, 4, 8, 2 | 4, 2 | 8};

    return caps[code / 4 % 8];
}

struct world_shape ops_shape(struct op first)
{
    struct world_shape shape = {
        .tasks = (uint8_t)(1 + first.kind % WORLD_MAX_TASKS),
        .layout = first.a,
        .keep_deleted = (first.b & 1) != 0,
        .hooks = (first.b & 14) != 2,
    };

    if (!HL_TASK_TRACKING) {
        shape.tasks = 1;
    }
    return shape;
}

typedef void operation(struct world *w, struct op op);

static operation *const operations[OP_KINDS] = {
    [OP_MALLOC] = op_allocate,   [OP_CALLOC] = op_allocate,   [OP_ALIGNED] = op_allocate,
    [OP_REALLOC] = op_realloc,   [OP_FREE] = op_free,         [OP_ODD] = op_odd,
    [OP_SWITCH] = op_switch,
#if HL_TASK_TRACKING
    [OP_CREATE] = op_create,     [OP_DELETE] = op_delete,     [OP_RENAME] = op_rename,
    [OP_TRANSFER] = op_transfer, [OP_LIMIT] = op_limit,       [OP_CHARGE] = op_charge,
    [OP_CREDIT] = op_credit,     [OP_MAINTAIN] = op_maintain, [OP_SETTLE] = op_settle,
    [OP_KEEP] = op_keep,
#endif
    [OP_RESET] = op_reset,       [OP_ADD_HEAP] = op_add_heap, [OP_WRONG] = op_wrong,
    [OP_DAMAGE] = op_damage,     [OP_WALK] = op_walk,         [OP_VISIT] = op_visit,
    [OP_SNAPSHOT] = op_snapshot, [OP_FACTS] = op_facts,
};

/* What must not happen, or makes no sense, while another operation waits for a reader to come back. */
static bool may_run_between(unsigned kind)
{
    return kind != OP_RESET && kind != OP_ADD_HEAP && kind != OP_DAMAGE && kind != OP_WALK;
}

static void perform(struct world *w, struct op op)
{
    unsigned kind = op.kind % OP_KINDS;

    memset(&w->seen, 0, sizeof w->seen);
    memset(&w->expected, 0, sizeof w->expected);
    w->clock++;
    if (operations[kind] != NULL) {
        operations[kind](w, op);
    }
    check_world(w);
}

void ops_step(struct world *w, struct op op)
{
    perform(w, op);
}

/* After an unlock of a reader: within its walk, not before it begins or when it has ended. */
static void run_between(void)
{
    struct op op;

    if (between_left == 0 || ops_done == program_count || !between_world->hl->walking) {
        return;
    }
    op = program[ops_done];
    if (!may_run_between(op.kind % OP_KINDS)) {
        between_left = 0; /* it comes next, when the reader is done */
        return;
    }
    between_left--;
    ops_done++;
    world_between = NULL;
    perform(between_world, op);
    memset(&between_world->seen, 0, sizeof between_world->seen);
    memset(&between_world->expected, 0, sizeof between_world->expected);
    world_between = run_between;
}

void ops_between(struct world *w, unsigned count)
{
    if (count == 0 || world_between != NULL || program == NULL) {
        return;
    }
    between_world = w;
    between_left = count;
    world_between = run_between;
}

void ops_between_end(void)
{
    world_between = NULL;
    between_left = 0;
}

void ops_run(struct world *w, const struct op *ops, size_t count)
{
    struct world_shape shape;

    ops_done = 0;
    if (count == 0) {
        return;
    }
    shape = ops_shape(ops[0]);
    world_make(w, &shape);
    for (unsigned i = 0; i < ops[0].c % 6U; i++) {
        world_add_heap(w);
    }
    check_world(w);
    program = ops;
    program_count = count;
    for (ops_done = 1; ops_done < count;) {
        perform(w, ops[ops_done++]);
    }
    program = NULL;
}

/* For people. */

static const char *const names[OP_KINDS] = {
    "malloc",   "calloc", "aligned_alloc", "realloc",  "free",     "odd request", "switch",
    "create",   "delete", "rename",        "transfer", "limit",    "charge",      "credit",
    "maintain", "settle", "keep_deleted",  "reset",    "add heap", "wrong",       "damage",
    "walk",     "visit",  "snapshot",      "facts",
};

static void describe_first(struct say *to, struct op op)
{
    struct world_shape shape = ops_shape(op);

    say(to, "world: %u tasks, layout %u, %u heaps, keep_deleted %u, hooks %u", shape.tasks,
        shape.layout % 4U, op.c % 6U, shape.keep_deleted, shape.hooks);
}

void ops_describe(struct say *to, struct op op, bool first)
{
    unsigned kind = op.kind % OP_KINDS;

    if (first) {
        describe_first(to, op);
        return;
    }
    say(to, "%s: ", names[kind]);
    switch (kind) {
    case OP_MALLOC:
    case OP_CALLOC:
        say(to, "%u bytes, caps %x", (unsigned)op_size(op.b), (unsigned)op_caps(op.c));
        break;
    case OP_ALIGNED:
        say(to, "%u bytes at %u, caps %x", (unsigned)op_size(op.b), 1U << op.a % 11,
            (unsigned)op_caps(op.c));
        break;
    case OP_REALLOC:
        say(to, "block %u to %u bytes, caps %x", op.a, (unsigned)op_size(op.b),
            (unsigned)op_caps(op.c));
        break;
    case OP_CHARGE:
        say(to, "task %u, %u bytes", op.a, (unsigned)op_size(op.b));
        break;
    default:
        say(to, "%u %u %u", op.a, op.b, op.c);
        break;
    }
}
