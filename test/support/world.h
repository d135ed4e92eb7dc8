/* SPDX-License-Identifier: MIT */
/* An instance with heaps, and beside it the naive model of what must be in it. */
#ifndef TEST_WORLD_H
#define TEST_WORLD_H

#include "heapledger/facts.h"
#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"
#include "heapledger/snapshot.h"

#include "support/say.h"

/*
 * Everything lies in one struct without pointers to the outside: it can be copied away and back, as the
 * exhaustive test does. A program makes it smaller or larger with these definitions.
 */
#ifndef WORLD_ARENA_BYTES
#define WORLD_ARENA_BYTES 20480 /* memory that the heaps lie in */
#endif
#ifndef WORLD_ALIGN
#define WORLD_ALIGN 4096 /* of the arena: up to here, what happens is the same on every run */
#endif
#ifndef WORLD_SLOTS
#define WORLD_SLOTS 256 /* live blocks at most */
#endif
#ifndef WORLD_MAX_TASKS
#define WORLD_MAX_TASKS ((1 << HL_OWNER_BITS) - 5 < 40 ? (1 << HL_OWNER_BITS) - 5 : 40)
#endif
enum {
    WORLD_HEAPS = 5, /* the last one is foreign */
    WORLD_IDS = WORLD_MAX_TASKS + HL_TASK_FIRST,
    WORLD_STALE = 16, /* freed pointers that are remembered, to free them again */
    WORLD_GUARD = 64, /* bytes around heaps and instance that nobody may touch */
    WORLD_NO_SLOT = 0xffff,
};

/* What a task holds on a heap. */
struct model_account {
    uint32_t current;
    uint32_t peak;
    uint32_t blocks;
};

enum model_state {
    MODEL_GONE,
    MODEL_KEPT, /* deleted, owes nothing, still listed */
    MODEL_OWING,
    MODEL_ALIVE,
};

struct model_task {
    enum model_state state;
    uint32_t serial;
    void *handle;
    char name[HL_NAME_LEN];
    bool is_folded;
    uint32_t folded; /* the tasks that it stands for then */
    uint32_t current;
    uint32_t peak;
    uint32_t limit;
    uint32_t warning;
    bool refuse;
    uint32_t vacated; /* when its slot began to be vacant: a number that grows */
    bool late;        /* was charged when it was deleted and owed nothing */
#define HL_FIELD(name) uint32_t name;
    HL_TASK_COUNTERS(HL_FIELD)
#undef HL_FIELD
    struct model_account accounts[WORLD_HEAPS];
};

struct model_block {
    unsigned char *ptr; /* NULL: an empty slot */
    uint32_t size;
    uint32_t born;    /* number of the operation that made it, or changed it last */
    uint16_t pattern; /* what it is filled with */
    uint8_t owner;
    uint8_t heap;
};

struct model_heap {
    struct hl_heap_desc desc;
    bool foreign;
    uintptr_t first; /* the head of the first block, and the sentinel */
    uintptr_t end;
    uint32_t free;
    uint32_t min_free;
};

/* What the hooks were told during one operation, and what they should have been told. */
struct world_events {
    unsigned faults;
    unsigned limits;
    struct hl_fault fault;
    struct hl_limit_event limit;
};

/* How a world is made. */
struct world_shape {
    uint8_t tasks;  /* 1 to WORLD_MAX_TASKS */
    uint8_t layout; /* which heaps */
    bool keep_deleted;
    bool hooks;
};

/* A walk over the blocks of a heap that is under way. */
struct world_walk {
    bool active;
    uint8_t heap;
    uint32_t started;          /* number of the operation */
    uint32_t changes;          /* as they were then */
    const unsigned char *last; /* the block seen last */
    bool seen[WORLD_SLOTS];
};

/* What folding is at, as far as it shows. */
struct world_fold {
    uint8_t from; /* 0: nothing was moved yet */
    uint8_t to;
    uint32_t from_serial;
    uint32_t to_serial;
};

struct world {
    /* Memory, the arena first: it is aligned most. */
    _Alignas(WORLD_ALIGN) unsigned char arena[WORLD_ARENA_BYTES + 2U * WORLD_GUARD];
    _Alignas(64) unsigned char memory[HL_BYTES(WORLD_MAX_TASKS, WORLD_HEAPS) + 2UL * WORLD_GUARD];

    /* The thing itself. */
    struct hl *hl;
    uint32_t running; /* id of the task that is running */
    struct world_shape shape;

    /* The model. */
    struct model_task tasks[WORLD_IDS];
    struct model_heap heaps[WORLD_HEAPS];
    struct model_block slots[WORLD_SLOTS];
    uint16_t order[WORLD_SLOTS]; /* slots in use, by address */
    unsigned live;               /* and their number */
    unsigned heap_count;
    unsigned planned; /* heaps of the layout that were added */
    bool keep_deleted;
    uint32_t last_serial;
    uint32_t overflowed;
    uint32_t evicted;
    uint32_t folded;
    uint32_t registered;
    uint32_t changes; /* of the ledger: what ends a clean walk */
    uint32_t clock;   /* operations done */
    uint32_t vacancies;
    unsigned char *stale[WORLD_STALE];
    uint32_t freed;
    struct world_walk walk;
    struct world_fold fold;
    struct world_events seen;
    struct world_events expected;
};

/* The world that the port and the hooks mean: set by world_make. */
extern struct world *world_now;

/* Makes a new world, without heaps. */
void world_make(struct world *w, const struct world_shape *shape);

/* Adds the next heap of the layout to instance and model, as WORLD_REQUIREd. False: all are there. */
bool world_add_heap(struct world *w);

/* Describes a heap of the layout; false when there is none with that number. */
bool world_plan(struct world *w, unsigned number, struct hl_heap_desc *desc, bool *foreign);

/* The heap that an address lies in, by the model; -1: none of ours. */
int world_heap_at(const struct world *w, const void *ptr);

/* Requires that nothing was written around heaps and instance. */
void world_check_guards(const struct world *w);

/* Called after each unlock while it is set: the place to run other operations. */
extern void (*world_between)(void);

/*
 * Failing: what is wrong is said in world_failure, and world_try returns false.
 */
extern struct say world_failure;
void world_fail(const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 1, 2), noreturn))
#endif
    ;
#define WORLD_REQUIRE(condition, ...)                                                              \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            world_fail(__VA_ARGS__);                                                               \
        }                                                                                          \
    } while (0)
bool world_try(void (*function)(void *context), void *context);

/* From a signal handler: what ran in world_try has crashed. */
void world_crashed(const char *how);

#endif
