/* SPDX-License-Identifier: MIT */
/* What the tests of the writers write about: an instance with heaps, tasks and blocks. */
#ifndef TEST_WRITERS_DESK_H
#define TEST_WRITERS_DESK_H

#include <string.h>

#include "heapledger/facts.h"
#include "heapledger/ledger.h"
#include "heapledger/snapshot.h"

#include "unit/port_hook/hook_port.h"

enum {
    DESK_TASKS = 12,
    DESK_HEAPS = 4,
    DESK_BLOCKS = 1200,
    DESK_ARENA = 1 << 20,
};

struct desk {
    struct hook_port port;
    struct hl *hl;
    unsigned faults;
    uint32_t random;
    size_t used; /* bytes of the arena given to heaps */
    bool alive[DESK_TASKS + HL_TASK_FIRST];
    _Alignas(16) unsigned char memory[HL_BYTES(DESK_TASKS, DESK_HEAPS)];
    _Alignas(4096) unsigned char arena[DESK_ARENA];
};

static void desk_fault(void *context, const struct hl_fault *fault)
{
    (void)fault;
    ((struct desk *)context)->faults++;
}

static void desk_start(struct desk *desk, bool keep_deleted)
{
    struct hl_config config = {
        .max_tasks = DESK_TASKS,
        .max_heaps = DESK_HEAPS,
        .keep_deleted = keep_deleted,
        .port = &desk->port,
        .context = desk,
        .on_fault = desk_fault,
    };

    memset(&desk->port, 0, sizeof(desk->port));
    desk->faults = 0;
    desk->random = 1;
    desk->used = 0;
    memset(desk->alive, 0, sizeof(desk->alive));
    desk->hl = hl_init(desk->memory, sizeof(desk->memory), &config);
}

/* Adds the next `bytes` bytes of the arena as a heap. Returns its index, or an error. */
static inline int desk_heap(struct desk *desk, const char *name, size_t bytes, uint32_t caps)
{
    struct hl_heap_desc desc = {.start = desk->arena + desk->used,
                                .size = bytes,
                                .name = name,
                                .caps = {caps, 0x10, 0x100000}};

    desk->used += bytes;
    return hl_add_heap(desk->hl, &desc);
}

/* Returns the id, which may be HL_TASK_OVERFLOW. */
static inline int desk_task(struct desk *desk, const char *name)
{
    int task = hl_task_register(desk->hl, NULL, name);

    desk->alive[task] = task >= HL_TASK_FIRST;
    return task;
}

static inline void desk_end(struct desk *desk, int task)
{
    desk->alive[task] = false;
    hl_task_delete(desk->hl, task);
}

static inline void *desk_alloc(struct desk *desk, int task, size_t size, uint32_t caps)
{
    desk->port.running = (uint32_t)task;
    return hl_malloc(desk->hl, size, caps);
}

/* A number below `below`, the same ones after each start (xorshift32). */
static inline uint32_t desk_random(struct desk *desk, uint32_t below)
{
    desk->random ^= desk->random << 13;
    desk->random ^= desk->random >> 17;
    desk->random ^= desk->random << 5;
    return desk->random % below;
}

/*
 * Use at random: tasks that come and go, blocks of 8 to 2048 bytes (every power of two as often)
 * that are allocated and freed by anybody.
 */
struct desk_use {
    struct desk *desk;
    unsigned live;   /* blocks */
    unsigned target; /* their number goes towards this */
    void *blocks[DESK_BLOCKS];
};

static inline void desk_use_tasks(struct desk *desk)
{
    int task = HL_TASK_FIRST + (int)desk_random(desk, DESK_TASKS);

    if (desk->alive[task] && desk_random(desk, 2) == 0) {
        desk_end(desk, task);
    } else {
        desk_task(desk, desk_random(desk, 2) == 0 ? "worker" : "sensor");
    }
}

/* Somebody who can run: a live task, or a pseudo-task. */
static inline int desk_anybody(struct desk *desk)
{
    int task = (int)desk_random(desk, DESK_TASKS + HL_TASK_FIRST);

    return desk->alive[task] ? task : task % HL_TASK_FIRST;
}

static inline void desk_use_once(struct desk_use *use)
{
    struct desk *desk = use->desk;
    bool more = use->live < use->target ? desk_random(desk, 4) != 0 : desk_random(desk, 4) == 0;
    uint32_t size = 8u << desk_random(desk, 8);
    void *ptr;

    if (desk_random(desk, 100) == 0) {
        desk_use_tasks(desk);
    }
    if (more && use->live < DESK_BLOCKS) {
        ptr = desk_alloc(desk, desk_anybody(desk), size + desk_random(desk, size),
                         1u << desk_random(desk, 2));
        if (ptr != NULL) {
            use->blocks[use->live++] = ptr;
        }
    } else if (use->live > 0) {
        uint32_t i = desk_random(desk, use->live);

        hl_free(desk->hl, use->blocks[i]);
        use->blocks[i] = use->blocks[--use->live];
    }
}

#endif
