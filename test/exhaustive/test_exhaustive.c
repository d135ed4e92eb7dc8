/* SPDX-License-Identifier: MIT */
/* Every sequence of a few operations on tiny heaps, all invariants after each operation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/check.h"
#include "support/model.h"
#include "support/ops.h"
#include "support/shrink.h"

/*
 * The sequences form a tree: each node is one operation done in the world that its parent has left. The
 * world is copied away before a node's children are tried, and copied back between them, so that a node
 * costs one operation and not a whole sequence. Short sequences are tried first.
 */
enum {
    MOST_DEPTH = 12,
    STEPS = 8,
    FINE_SIZES = 256
};

/* HL_EXHAUSTIVE_DEPTH unless it is set: there is no environment on a machine of its own. */
#ifndef EXHAUSTIVE_DEPTH
#define EXHAUSTIVE_DEPTH 7
#endif

static struct world world;
static struct world saved[MOST_DEPTH];
static uint8_t path[MOST_DEPTH];
static unsigned path_length;
static unsigned long nodes;

/* The slot of the block that is there for the longest or the shortest time. */
static uint8_t slot_by_age(bool oldest)
{
    unsigned found = model_used_slot(&world, 0);

    for (unsigned i = 0; i < WORLD_SLOTS && found != WORLD_NO_SLOT; i++) {
        const struct model_block *block = &world.slots[i];

        if (block->ptr != NULL && (oldest ? block->born < world.slots[found].born
                                          : block->born > world.slots[found].born)) {
            found = i;
        }
    }
    return (uint8_t)found;
}

/* The code of at least so many bytes. */
static uint8_t size_code(uint32_t size)
{
    unsigned code = 0;

    while (code < FINE_SIZES - 1 && op_size((uint8_t)code) < size) {
        code++;
    }
    return (uint8_t)code;
}

static uint32_t size_of(uint8_t slot)
{
    return slot < WORLD_SLOTS ? world.slots[slot].size : 0;
}

static void next_task(void)
{
    uint32_t before = world.running;

    if (HL_TASK_TRACKING) {
        ops_step(&world, (struct op){OP_CREATE, 0, 0, 1});
        ops_step(&world, (struct op){OP_DELETE, (uint8_t)before, 0, 0});
        ops_step(&world, (struct op){OP_MAINTAIN, 3, 0, 0});
    }
}

static const char *const step_names[STEPS] = {
    "malloc 12 bytes",
    "malloc 40 bytes",
    "grow the oldest block by 30 bytes",
    "halve the newest block",
    "free the oldest",
    "free the newest",
    "next task, delete the last",
    "16 bytes aligned to 32",
};

static void do_step(unsigned step)
{
    uint8_t oldest = slot_by_age(true);
    uint8_t newest = slot_by_age(false);

    switch (step) {
    case 0:
        ops_step(&world, (struct op){OP_MALLOC, 1, size_code(12), 0});
        break;
    case 1:
        ops_step(&world, (struct op){OP_MALLOC, 1, size_code(40), 0});
        break;
    case 2:
        ops_step(&world, (struct op){OP_REALLOC, oldest, size_code(size_of(oldest) + 30), 0});
        break;
    case 3:
        ops_step(&world, (struct op){OP_REALLOC, newest, size_code(size_of(newest) / 2), 0});
        break;
    case 4:
        ops_step(&world, (struct op){OP_FREE, oldest, 1, 0});
        break;
    case 5:
        ops_step(&world, (struct op){OP_FREE, newest, 1, 0});
        break;
    case 6:
        next_task();
        break;
    default:
        ops_step(&world, (struct op){OP_ALIGNED, 5, size_code(16), 0});
        break;
    }
}

static void try_all(unsigned depth)
{
    memcpy(&saved[path_length], &world, sizeof world);
    for (unsigned step = 0; step < STEPS; step++) {
        path[path_length++] = (uint8_t)step;
        nodes++;
        do_step(step);
        if (depth > 1) {
            try_all(depth - 1);
        }
        path_length--;
        memcpy(&world, &saved[path_length], sizeof world);
    }
}

static void begin(const struct world_shape *shape, unsigned heaps)
{
    world_make(&world, shape);
    for (unsigned i = 0; i < heaps; i++) {
        world_add_heap(&world);
    }
    path_length = 0;
}

struct search {
    struct world_shape shape;
    unsigned heaps;
    unsigned depth;
};

static void search(void *context)
{
    const struct search *this_search = context;

    for (unsigned depth = 1; depth <= this_search->depth; depth++) {
        begin(&this_search->shape, this_search->heaps);
        try_all(depth);
    }
}

int main(void)
{
    /* One heap, which fills up, and two that touch; few tasks, so that ids run short. */
    static struct search searches[] = {
        {{.tasks = 3, .layout = 2, .keep_deleted = false, .hooks = true}, 1, 0},
        {{.tasks = 2, .layout = 0, .keep_deleted = true, .hooks = true}, 2, 0},
    };
    const char *text = getenv("HL_EXHAUSTIVE_DEPTH");
    unsigned long wanted = text != NULL && *text != 0 ? strtoul(text, NULL, 0) : EXHAUSTIVE_DEPTH;
    unsigned depth = wanted < 1 ? 1 : wanted > MOST_DEPTH ? MOST_DEPTH : (unsigned)wanted;

    shrink_catch_crashes();
    for (unsigned i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        /* The second one's tree is cut by one: most of it is the same. */
        searches[i].depth = i == 0 ? depth : depth > 1 ? depth - 1 : 1;
        nodes = 0;
        if (!world_try(search, &searches[i])) {
            fprintf(stderr, "failed: %s\n", world_failure.text);
            for (unsigned k = 0; k < path_length; k++) {
                fprintf(stderr, "  %u  %s\n", k + 1, step_names[path[k]]);
            }
            return EXIT_FAILURE;
        }
        printf("%lu operations: every sequence of up to %u out of %u\n", nodes, searches[i].depth,
               (unsigned)STEPS);
    }
    return EXIT_SUCCESS;
}
