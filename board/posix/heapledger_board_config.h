/* SPDX-License-Identifier: MIT */
/* The options of heapledger in the simulation: everything on, to show what there is. */
#ifndef HEAPLEDGER_BOARD_CONFIG_H
#define HEAPLEDGER_BOARD_CONFIG_H

/* The options that the project was configured with (-DHL_CONFIG_FILE=...) win. */
#ifdef HL_BOARD_CONFIG_FILE
#include HL_BOARD_CONFIG_FILE
#endif

/* The default of --keep-deleted. */
#ifndef HL_TRACK_DELETED_TASKS
#define HL_TRACK_DELETED_TASKS 1
#endif

/* A creator pays for control blocks and stacks, so that figures read like the reference's. */
#ifndef HL_CHARGE_CREATOR
#define HL_CHARGE_CREATOR 1
#endif

#ifndef HL_COUNT_EVENTS
#define HL_COUNT_EVENTS 1
#endif
#ifndef HL_COUNT_FAILURES
#define HL_COUNT_FAILURES 1
#endif
#ifndef HL_LIMITS
#define HL_LIMITS 1
#endif
#ifndef HL_CHECK_LINKS
#define HL_CHECK_LINKS 1
#endif

/* Tasks at a time, dead ones that are still listed among them. */
#ifndef HL_MAX_TASKS
#define HL_MAX_TASKS 32
#endif

/* What pvPortMalloc asks for: ordinary memory, as malloc does on the chip. Both heaps are of that kind
 * (heaps.c), whatever else they are. */
#undef HL_FREERTOS_CAPS
#define HL_FREERTOS_CAPS 0x1000

#endif
