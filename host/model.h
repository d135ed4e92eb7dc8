/* SPDX-License-Identifier: MIT */
/* What the command knows: snapshots of heaps, tasks, their accounts and blocks. Any figure may
 * be unknown. */
#ifndef HOST_MODEL_H
#define HOST_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNKNOWN UINT64_MAX

struct block {
    uint64_t address;
    uint64_t size;
};

struct blocks {
    struct block *item;
    size_t count;
    bool listed; /* the source lists blocks here; all of them, unless `partial` */
    bool partial;
};

struct heap {
    char *name; /* NULL: unknown */
    uint64_t caps;
    uint64_t size;
    uint64_t start;
    uint64_t free, min_free, largest_free, allocated; /* as the heap itself says */
    uint64_t block_count;  /* live blocks, where the heap itself says so */
    uint64_t size_mod_64k; /* what was printed in the place of `size`, with 16 bits; else UNKNOWN */
    bool foreign;
    struct blocks blocks; /* of owners that the source does not name */
};

struct account {
    size_t heap; /* index into the snapshot's heaps */
    uint64_t current, peak, block_count;
    struct blocks blocks;
};

/* What the firmware counts per task, if it is built to: named as in include/heapledger/stats.h. */
enum counter {
    COUNTER_ALLOCATIONS,
    COUNTER_FREES,
    COUNTER_FREED_BY_OTHERS,
    COUNTER_RESIZES,
    COUNTER_FAILURES,
    COUNTER_LARGEST_REFUSED,
    COUNTER_COUNT,
};

enum state {
    STATE_ALIVE,
    STATE_DELETED,
    STATE_UNKNOWN,
};

enum verdict {
    VERDICT_NONE, /* too little is known */
    VERDICT_LEAKED,
    VERDICT_HANDED_ON,
    VERDICT_GROWING,
    VERDICT_STEADY,
    VERDICT_SPIKY,
};

struct task {
    char *name;      /* NULL: unknown */
    uint64_t serial; /* UNKNOWN in formats without */
    enum state state;
    uint64_t current, peak;
    uint64_t folded;     /* stands for so many dead tasks of that name; 0: for itself */
    uint64_t heap_count; /* heaps that the source says it used */
    uint64_t counters[COUNTER_COUNT];
    struct account *accounts;
    size_t account_count;
    uint64_t line;
    bool hurt;   /* a line of it was damaged */
    size_t sure; /* accounts before that line */
    enum verdict verdict;
    char *reason; /* of the verdict, in words; NULL: no verdict */
    double slope; /* growing: bytes per second, or per snapshot when there are no times */
    bool slope_per_second;
    double seconds_left; /* growing: until its heap is full; negative: unknown */
};

struct snapshot {
    const char *format; /* of a reader: "wire", ... */
    char *source;
    uint64_t line;         /* where it began */
    uint64_t index;        /* counted from 1 in the source */
    uint64_t boot_index;   /* boots seen in the source, from 0 */
    uint64_t boot, number; /* as the wire format has them; else UNKNOWN */
    uint64_t uptime_ms;
    char *build;
    bool changed;     /* something changed while it was taken */
    bool partial;     /* of one task, asked for by itself: says nothing about others */
    bool cut_off;     /* the log ends within it */
    uint64_t damaged; /* reports of damage within it */
    uint64_t overflowed, evicted;
    struct heap *heaps;
    size_t heap_count;
    struct task *tasks;
    size_t task_count;
};

struct snapshot *snapshot_new(const char *format);
void snapshot_free(struct snapshot *snapshot);

struct heap *snapshot_add_heap(struct snapshot *snapshot);
struct task *snapshot_add_task(struct snapshot *snapshot);
struct account *task_add_account(struct task *task, size_t heap);
struct block *blocks_add(struct blocks *blocks, uint64_t address, uint64_t size);
/* Which task of other snapshots this one is: equal keys, to be freed. Where there are no serial
 * numbers, tasks of one name are told apart by their place, counted from the end, since new ones
 * come before old ones. */
char *snapshot_task_key(const struct snapshot *snapshot, size_t index);

void task_clear(struct task *task);
void task_drop_accounts(struct task *task, size_t from); /* that one and those behind it */
void blocks_clear(struct blocks *blocks);

/* Sums in which one unknown makes all unknown. */
uint64_t task_blocks(const struct task *task);
uint64_t heap_used(const struct snapshot *snapshot, size_t heap);

/* NAME, or NAME (n dead), or (unnamed task 5). The caller frees it. */
char *task_label(const struct task *task);
/* The heap's name or its address. The caller frees it. */
char *heap_label(const struct heap *heap);

const char *counter_name(enum counter counter);
const char *state_name(enum state state);
const char *verdict_name(enum verdict verdict); /* NULL for none */

#endif
