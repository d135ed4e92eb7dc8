/* SPDX-License-Identifier: MIT */
/* Shared by the parts of the stress test: the instance, the blocks in flight, the expected books. */
#ifndef STRESS_H
#define STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heapledger_posix.h"

enum {
    WORKERS = 4,     /* threads that live for the whole test */
    WATCHERS = 2,    /* threads that report and check */
    SPAWNERS = 1,    /* threads that start short-lived ones, the visitors */
    PHASES = 8,      /* between two of them everybody rests and the books are checked exactly */
    POOL = 96,       /* blocks that anybody may take */
    MAX_TASKS = 16,  /* too few for all the visitors that die in debt */
    HEAPS = 3,       /* the last is added while the others are in use */
    OTHERS = WORKERS /* in `expected`: visitors, and who never began */
};

/* A live block. Whoever took it out of the pool is the only one to touch it. */
struct parcel {
    unsigned char *bytes; /* NULL: no block */
    size_t asked;         /* these bytes are filled ... */
    unsigned char fill;   /* ... with this */
    uint32_t size;        /* usable */
    int owner;            /* index into `expected` */
};

/* One thread's place in the test. */
struct actor {
    int owner;         /* index into `expected` that its allocations are charged to */
    uint32_t random;   /* state of its generator */
    long operations;   /* of one phase */
    long adds_heap_in; /* spawners: acts before the last heap is added */
};

struct stress {
    struct hl *hl;
    int worker_ids[WORKERS];
    uint32_t worker_serials[WORKERS];
    atomic_uint expected[WORKERS + 1]; /* bytes */
    atomic_int wrong;                  /* what must not have happened */
    atomic_int faults;
    atomic_int reports; /* snapshots, texts, ... that were not turned away as busy */
};
extern struct stress stress;

uint32_t random_below(uint32_t *state, uint32_t limit);

/* Notes that something is wrong, from any thread, if it is. */
void expect(bool right, const char *what);

/* The pool, safe for all threads: swaps what is at a random place with the parcel. */
void pool_swap(struct actor *actor, struct parcel *parcel);
struct parcel *pool_at_rest(void); /* POOL parcels, when nobody else runs */

/* Adds the next heap; no more than HEAPS. */
void add_heap(void);

/* One random operation. */
void actor_operate(struct actor *actor);
void parcel_free(struct parcel *parcel);
void parcel_verify(const struct parcel *parcel);

/* Starts and joins one visitor, which may or may not begin and end as a thread should. */
void spawn_visitor(struct actor *spawner);

/* One look at everything. */
void watch(struct actor *watcher);

/* A snapshot of everything while nobody else runs; checked against the parcels and `expected`. */
void watch_at_rest(void);

#endif
