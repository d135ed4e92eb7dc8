/* SPDX-License-Identifier: MIT */
/* What the unit tests of the writing side work on: an instance, memory for heaps, and a plain check. */
#ifndef TEST_UNIT_RIG_H
#define TEST_UNIT_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"

#include "port_hook/hook_port.h"
#include "instance.h"

#ifndef TEST_PORT_HAS_HOOK
#define TEST_PORT_HAS_HOOK 0
#endif

enum {
    RIG_TASKS = 11,
    RIG_HEAPS = 4,
    RIG_ARENA_BYTES = 65536,
    RIG_GUARD = 256, /* untouched bytes on both sides of the arena */
    RIG_GUARD_BYTE = 0x6b,
    RIG_CAP = 1, /* the capability of heaps added without any */
};

struct rig {
    struct hook_port port;
    struct hl *hl;
    unsigned faults; /* calls of the hook since rig_start or rig_fault */
    struct hl_fault fault;
    unsigned limits;
    struct hl_limit_event limit;
    _Alignas(16) unsigned char memory[HL_BYTES(RIG_TASKS, RIG_HEAPS)];
    _Alignas(16) unsigned char before[RIG_GUARD];
    _Alignas(4096) unsigned char arena[RIG_ARENA_BYTES];
    unsigned char behind[RIG_GUARD];
};

extern struct rig rig; /* one per program: tests read better without a pointer handed through */

/* For cmocka's setup: an instance without heaps. The teardown requires that heaps and books are sound,
 * that nothing was written outside, and that no call of a hook was left unexplained. */
int rig_setup(void **state);
int rig_setup_keeping(void **state); /* keeps deleted tasks */
int rig_teardown(void **state);

void rig_start(bool keep_deleted);

/* Adds a heap of `bytes` bytes at arena + offset. Returns its index, or an error. */
int rig_heap(size_t offset, size_t bytes);
int rig_heap_with(size_t offset, size_t bytes, uint32_t first, uint32_t second, uint32_t third);

/* Allocation on behalf of a task; what runs otherwise stays the same. */
void *rig_alloc(uint32_t id, size_t size);
void *rig_realloc(uint32_t id, void *ptr, size_t size);

/* Exactly one fault was told, and it is this one. Forgets it. */
void rig_fault(int reason, const void *address, int heap);
void rig_no_fault(void);

/* What is wrong with heaps and books, read by itself and the slow way; NULL: nothing. */
const char *rig_unsound(void);
void rig_sound(void);

/* The same for heaps alone: no instance around them. */
const char *rig_heap_unsound(const struct hl_heap *heap);

/* The layout, read by itself. */
struct rig_tag {
    uint32_t span;
    uint32_t owner;
    bool used;
    bool prev_free;
};
uint32_t rig_word(const void *at);
void rig_set_word(void *at, uint32_t word);
struct rig_tag rig_tag(const void *head);
uint32_t rig_span_for(size_t size); /* the span that a request is given */
unsigned rig_bin(uint32_t span);    /* the bin of a free block */

/* What the first block in a bin has as the offset of the word that leads to it. */
uint32_t rig_head_link(const struct hl_heap *heap, unsigned bin);

#endif
