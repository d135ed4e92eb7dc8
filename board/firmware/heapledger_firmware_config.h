/* SPDX-License-Identifier: MIT */
/* The options of heapledger on all boards of firmware, so that the examples show what there is. */
#ifndef HEAPLEDGER_FIRMWARE_CONFIG_H
#define HEAPLEDGER_FIRMWARE_CONFIG_H

#define HL_TRACK_DELETED_TASKS 1
#define HL_CHARGE_CREATOR      1 /* as in the simulation */
#define HL_COUNT_EVENTS        1
#define HL_COUNT_FAILURES      1
#define HL_LIMITS              1
#define HL_CHECK_LINKS         1
#define HL_MAX_TASKS           32
#define HL_FREERTOS_CAPS       0x1000 /* ordinary memory (start.c) */

#endif
