/* SPDX-License-Identifier: MIT */
/* What the unit tests of the reading side work on: an instance with heaps, and who allocated what. */
#ifndef TEST_UNIT_BENCH_H
#define TEST_UNIT_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "heapledger/facts.h"
#include "heapledger/snapshot.h"

#include "port_hook/hook_port.h"
#include "instance.h"

#ifndef TEST_PORT_HAS_HOOK
#define TEST_PORT_HAS_HOOK 0
#endif

enum {
    BENCH_HEAPS = 3, /* ours; tests may add a foreign one */
    BENCH_HEAP_BYTES = 4096,
    BENCH_TASKS = 8,
    BENCH_BLOCKS = 400,
    BENCH_ANYWHERE = 8, /* a capability that all heaps have; heap i alone has 1 << i */
};

/* A live block, as the test knows it. */
struct bench_block {
    unsigned char *ptr; /* NULL: an empty entry */
    uint32_t size;      /* usable */
    uint32_t serial;    /* of the owner */
    int heap;
    unsigned since; /* number of the operation that made it, or changed it last */
};

struct bench {
    struct hook_port port;
    struct hl *hl;
    unsigned faults;
    struct hl_fault fault; /* the last one */
    unsigned operations;   /* that changed something */
    uint32_t random;       /* state of bench_random */
    uint32_t seed;         /* of the random scene under way; 0: none */
    bool alive[BENCH_TASKS + HL_TASK_FIRST];
    struct bench_block blocks[BENCH_BLOCKS];
    _Alignas(16) unsigned char memory[HL_BYTES(BENCH_TASKS, BENCH_HEAPS + 1)];
    _Alignas(64) unsigned char arena[BENCH_HEAPS][BENCH_HEAP_BYTES];
};

/* For cmocka: *state becomes a bench with its heaps; bench_teardown requires that no fault was seen that
 * the test has not taken back from `faults`. */
int bench_setup(void **state);
int bench_teardown(void **state);
void bench_reset(struct bench *bench, bool keep_deleted);

/* Random scenes: seeds 1 to `last` in turn, or the one in the environment's HL_TEST_SEED alone. Sets
 * bench->seed, which the teardown prints when the test has failed. False: no more. */
bool bench_next_seed(struct bench *bench, uint32_t last);

/* A fresh bench, after some random operations (fewer than `most`), for that seed. */
void bench_random_scene(struct bench *bench, uint32_t most);
uint32_t bench_random(struct bench *bench, uint32_t below);

/* Operations that keep the list of blocks up to date. An id of 0 to 2 is a pseudo-task. */
unsigned char *bench_alloc(struct bench *bench, uint32_t id, size_t size, uint32_t caps);
void bench_free(struct bench *bench, unsigned char *ptr);
void bench_free_all(struct bench *bench);
struct bench_block *bench_find(struct bench *bench, const void *ptr);

#if HL_TASK_TRACKING
uint32_t bench_task(struct bench *bench, const char *name); /* returns the id */
void bench_delete(struct bench *bench, uint32_t id);
#endif

/* Any operation: allocate, free, resize, and with tracking hand over, start and end tasks. */
void bench_anything(struct bench *bench);

#endif
