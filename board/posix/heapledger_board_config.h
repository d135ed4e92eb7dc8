/* SPDX-License-Identifier: MIT */
/* The options of heapledger in the simulation: everything on, to show what there is. */
#ifndef HEAPLEDGER_BOARD_CONFIG_H
#define HEAPLEDGER_BOARD_CONFIG_H

/* The two options of the reference; --keep-deleted=no switches the second one off again. */
#define HL_TASK_TRACKING       1
#define HL_TRACK_DELETED_TASKS 1

/* A creator pays for control blocks and stacks, so that figures read like the reference's. */
#define HL_CHARGE_CREATOR 1

#define HL_COUNT_EVENTS   1
#define HL_COUNT_FAILURES 1
#define HL_LIMITS         1

/* Tasks at a time, dead ones that are still listed among them. */
#define HL_MAX_TASKS 32

/* What pvPortMalloc asks for: ordinary memory, as malloc does on the chip. Both heaps are of that kind
 * (heaps.c). */
#define HL_FREERTOS_CAPS 0x1000

#endif
