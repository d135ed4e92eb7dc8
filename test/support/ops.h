/* SPDX-License-Identifier: MIT */
/* The interpreter: four bytes are an operation; a list of them is a program that makes a world. */
#ifndef TEST_OPS_H
#define TEST_OPS_H

#include "support/world.h"

struct op {
    uint8_t kind; /* modulo OP_KINDS */
    uint8_t a;
    uint8_t b;
    uint8_t c;
};

enum op_kind {
    OP_MALLOC,
    OP_CALLOC,
    OP_ALIGNED,
    OP_REALLOC,
    OP_FREE,
    OP_ODD, /* requests that must fail, and others that are rarely made */
    OP_SWITCH,
    OP_CREATE,
    OP_DELETE,
    OP_RENAME,
    OP_TRANSFER,
    OP_LIMIT,
    OP_CHARGE,
    OP_CREDIT,
    OP_MAINTAIN,
    OP_SETTLE, /* hl_maintain until there is nothing left to do */
    OP_KEEP,
    OP_RESET,
    OP_ADD_HEAP,
    OP_WRONG,  /* a wrong pointer */
    OP_DAMAGE, /* a damaged header or link, mended afterwards */
    OP_WALK,   /* begins a walk, or goes a step further */
    OP_VISIT,  /* what reads, with other operations in between */
    OP_SNAPSHOT,
    OP_FACTS,
    OP_KINDS,
};

/* The first operation of a program says what world it is for: kind: tasks, a: layout, b: bit 0
 * keep_deleted, bit 1 no hooks, c: heaps to begin with. */
struct world_shape ops_shape(struct op first);

/* Makes the world of a program and does its operations, checking all after each. Inside world_try;
 * ops_done says how far it came. */
void ops_run(struct world *w, const struct op *ops, size_t count);
extern size_t ops_done;

/* Does one operation and checks everything. */
void ops_step(struct world *w, struct op op);

/* Says what an operation is. */
void ops_describe(struct say *to, struct op op, bool first);

/* For the kinds that let others run in between: while it reads, up to `count` operations are done. */
void ops_between(struct world *w, unsigned count);
void ops_between_end(void);

/* What the bytes of an operation mean. */
uint32_t op_size(uint8_t code);
uint32_t op_caps(uint8_t code);
int op_task(const struct world *w, uint8_t code);

/* The kinds, by file. */
void op_allocate(struct world *w, struct op op);
void op_realloc(struct world *w, struct op op);
void op_free(struct world *w, struct op op);
void op_odd(struct world *w, struct op op);

void op_switch(struct world *w, struct op op);
void op_create(struct world *w, struct op op);
void op_delete(struct world *w, struct op op);
void op_rename(struct world *w, struct op op);
void op_transfer(struct world *w, struct op op);
void op_limit(struct world *w, struct op op);
void op_charge(struct world *w, struct op op);
void op_credit(struct world *w, struct op op);
void op_maintain(struct world *w, struct op op);
void op_settle(struct world *w, struct op op);
void op_keep(struct world *w, struct op op);
void op_reset(struct world *w, struct op op);
void op_add_heap(struct world *w, struct op op);

void op_wrong(struct world *w, struct op op);
void op_damage(struct world *w, struct op op);
void free_again(struct world *w, void *ptr, uint8_t how); /* right after it was freed */

void op_walk(struct world *w, struct op op);
void end_walk(struct world *w); /* if there is one under way */
void op_visit(struct world *w, struct op op);
void op_snapshot(struct world *w, struct op op);
void op_facts(struct world *w, struct op op);

#endif
