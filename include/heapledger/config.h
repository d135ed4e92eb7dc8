/* SPDX-License-Identifier: MIT */
/* The build options of heapledger, their defaults and their costs. */
#ifndef HEAPLEDGER_CONFIG_H
#define HEAPLEDGER_CONFIG_H

/*
 * Costs are of a 32-bit machine; instructions are the mean over a random trace of malloc and free on
 * RV32, gcc 12 -O2.
 *
 * Every option is 0/1 or a number. To change one, name a header of your own:
 *
 *     -DHL_CONFIG_FILE='"my_heapledger.h"'
 *
 * and define there what differs. The library and everything that calls it must be built with the
 * same options: a mismatch does not link (see HL_ABI at the end).
 */
#ifdef HL_CONFIG_FILE
#include HL_CONFIG_FILE
#endif

/* "Enable heap task tracking": 0 builds the bare allocator, with no owner and no account.
 * Costs about 17 instructions per operation, and the bytes named at HL_MAX_TASKS. */
#ifndef HL_TASK_TRACKING
#define HL_TASK_TRACKING 1
#endif

/* "Keep information about the memory usage of deleted tasks": the default of hl_config.keep_deleted
 * in the ports. A deleted task that still owes bytes is listed either way. */
#ifndef HL_TRACK_DELETED_TASKS
#define HL_TRACK_DELETED_TASKS 0
#endif

/* Alignment in bytes of every block and of its size: 4, 8 or 16. */
#ifndef HL_ALIGN
#define HL_ALIGN 8
#endif

/* Bits of a block's header that name its owner: 4 to 8. 8 bits are 254 tasks, the three
 * pseudo-tasks among them, and leave 22 bits of size: heaps up to 4,194,303 * HL_ALIGN bytes. */
#ifndef HL_OWNER_BITS
#define HL_OWNER_BITS 8
#endif

/* Bytes kept of a task's name, the end mark included: a multiple of 4, 8 to 64. */
#ifndef HL_NAME_LEN
#define HL_NAME_LEN 16
#endif

/* Per task: allocations, frees, frees done by other tasks, resizes.
 * Costs 16 bytes per task and pseudo-task, and about 9 instructions per operation. */
#ifndef HL_COUNT_EVENTS
#define HL_COUNT_EVENTS 0
#endif

/* Per task: failed allocations and the largest size refused.
 * Costs 8 bytes per task, and nothing while allocations succeed. */
#ifndef HL_COUNT_FAILURES
#define HL_COUNT_FAILURES 0
#endif

/* Per task: a limit and a warning threshold (hl_task_limit). Costs 12 bytes per task, and about 6
 * instructions per operation: one comparison serves both. */
#ifndef HL_LIMITS
#define HL_LIMITS 0
#endif

/* Check a free block, and its links, before an allocation takes it or it leaves its list, and the
 * size of the block behind one that is freed: so a write into freed memory, or far past the end of
 * a block, is found before it spreads. 0 leaves the checks of pointers, headers and neighbours in
 * place. Costs about 25 instructions per operation: meant for development. */
#ifndef HL_CHECK_LINKS
#define HL_CHECK_LINKS 0
#endif

/* Blocks, or ids, looked at under one hold of the lock by surveys, folding and other walks: 1 to
 * 64. hl_check, which looks closely, takes a third of it, and hl_snapshot, where it only lists
 * blocks, five thirds. With 6 each of them stays under 300 instructions on RV32. */
#ifndef HL_WALK_STEP
#define HL_WALK_STEP 6
#endif

/* Put before each function, and each constant table, that malloc, free and realloc need: for
 * example __attribute__((section(".iram"))) to place them in fast memory. */
#ifndef HL_FN
#define HL_FN
#endif
#ifndef HL_DATA
#define HL_DATA
#endif

#if HL_ALIGN != 4 && HL_ALIGN != 8 && HL_ALIGN != 16
#error "heapledger: HL_ALIGN must be 4, 8 or 16"
#endif
#if HL_OWNER_BITS < 4 || HL_OWNER_BITS > 8
#error "heapledger: HL_OWNER_BITS must be 4 to 8"
#endif
#if HL_NAME_LEN < 8 || HL_NAME_LEN > 64 || HL_NAME_LEN % 4 != 0
#error "heapledger: HL_NAME_LEN must be a multiple of 4 from 8 to 64"
#endif
#if HL_WALK_STEP < 1 || HL_WALK_STEP > 64
#error "heapledger: HL_WALK_STEP must be 1 to 64"
#endif
#if (HL_TASK_TRACKING | HL_TRACK_DELETED_TASKS | HL_CHECK_LINKS) & ~1
#error "heapledger: HL_TASK_TRACKING, HL_TRACK_DELETED_TASKS and HL_CHECK_LINKS must be 0 or 1"
#endif
#if (HL_COUNT_EVENTS | HL_COUNT_FAILURES | HL_LIMITS) & ~1
#error "heapledger: HL_COUNT_EVENTS, HL_COUNT_FAILURES and HL_LIMITS must be 0 or 1"
#endif
#if !HL_TASK_TRACKING && (HL_COUNT_EVENTS || HL_COUNT_FAILURES || HL_LIMITS)
#error "heapledger: counters and limits need HL_TASK_TRACKING"
#endif

/*
 * Options of the ports, which set up an instance by themselves.
 */

/* Tasks that can be told apart at a time, dead ones that owe bytes among them: 1 to
 * (1 << HL_OWNER_BITS) - 5. Each costs 28 bytes with 32-bit pointers (more with counters and
 * limits), and 16 bytes for each of HL_MAX_HEAPS, plus 16 if that is more than 1. */
#ifndef HL_MAX_TASKS
#define HL_MAX_TASKS 16
#endif

/* Heaps that can be added: 1 to 255. Each costs 184 bytes with 32-bit pointers, and 16 bytes for
 * each task and pseudo-task. */
#ifndef HL_MAX_HEAPS
#define HL_MAX_HEAPS 4
#endif

/* 1 charges the stack and the control block of a new task to the task that creates it, as the
 * reference does; 0 to the new task itself, at the cost of two transfers per task created. */
#ifndef HL_CHARGE_CREATOR
#define HL_CHARGE_CREATOR 0
#endif
#if HL_CHARGE_CREATOR & ~1
#error "heapledger: HL_CHARGE_CREATOR must be 0 or 1"
#endif

/* FreeRTOS: the capabilities that pvPortMalloc asks for, and that heaps have which were given
 * without any (ucHeap, vPortDefineHeapRegions). Not 0. */
#ifndef HL_FREERTOS_CAPS
#define HL_FREERTOS_CAPS 1
#endif

/* A name that spells the options which shape memory. The functions that give an instance carry it,
 * so that a library and a caller built with different options fail to link. */
#define HL_ABI_PASTE(name, t, a, o, n, e, f, l)                                                    \
    name##_t##t##_a##a##_o##o##_n##n##_e##e##_f##f##_l##l
#define HL_ABI_EXPAND(name, t, a, o, n, e, f, l) HL_ABI_PASTE(name, t, a, o, n, e, f, l)
#define HL_ABI(name)                                                                               \
    HL_ABI_EXPAND(name, HL_TASK_TRACKING, HL_ALIGN, HL_OWNER_BITS, HL_NAME_LEN, HL_COUNT_EVENTS,   \
                  HL_COUNT_FAILURES, HL_LIMITS)

#endif
