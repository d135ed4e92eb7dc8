/* SPDX-License-Identifier: MIT */
/* The options of config.h, taken from Kconfig: for -DHL_CONFIG_FILE='"heapledger/kconfig.h"'. */
#ifndef HEAPLEDGER_KCONFIG_H
#define HEAPLEDGER_KCONFIG_H

/* The header that Kconfig generates: "sdkconfig.h" in ESP-IDF, <zephyr/autoconf.h> in Zephyr. */
#ifndef HL_KCONFIG_FILE
#define HL_KCONFIG_FILE "sdkconfig.h"
#endif
#include HL_KCONFIG_FILE

#ifndef CONFIG_HEAPLEDGER_ALIGN
#error "heapledger: HL_KCONFIG_FILE holds no values of heapledger's Kconfig"
#endif

/* Kconfig defines what is on as 1, and does not define what is off. */
#ifdef CONFIG_HEAP_TASK_TRACKING
#define HL_TASK_TRACKING 1
#else
#define HL_TASK_TRACKING 0
#endif
#ifdef CONFIG_HEAP_TRACK_DELETED_TASKS
#define HL_TRACK_DELETED_TASKS 1
#else
#define HL_TRACK_DELETED_TASKS 0
#endif
#ifdef CONFIG_HEAPLEDGER_COUNT_EVENTS
#define HL_COUNT_EVENTS 1
#else
#define HL_COUNT_EVENTS 0
#endif
#ifdef CONFIG_HEAPLEDGER_COUNT_FAILURES
#define HL_COUNT_FAILURES 1
#else
#define HL_COUNT_FAILURES 0
#endif
#ifdef CONFIG_HEAPLEDGER_LIMITS
#define HL_LIMITS 1
#else
#define HL_LIMITS 0
#endif
#ifdef CONFIG_HEAPLEDGER_CHECK_LINKS
#define HL_CHECK_LINKS 1
#else
#define HL_CHECK_LINKS 0
#endif
#ifdef CONFIG_HEAPLEDGER_CHARGE_CREATOR
#define HL_CHARGE_CREATOR 1
#else
#define HL_CHARGE_CREATOR 0
#endif

#define HL_ALIGN         CONFIG_HEAPLEDGER_ALIGN
#define HL_OWNER_BITS    CONFIG_HEAPLEDGER_OWNER_BITS
#define HL_NAME_LEN      CONFIG_HEAPLEDGER_NAME_LEN
#define HL_WALK_STEP     CONFIG_HEAPLEDGER_WALK_STEP
#define HL_MAX_TASKS     CONFIG_HEAPLEDGER_MAX_TASKS
#define HL_MAX_HEAPS     CONFIG_HEAPLEDGER_MAX_HEAPS
#define HL_FREERTOS_CAPS CONFIG_HEAPLEDGER_FREERTOS_CAPS

#ifdef CONFIG_HEAPLEDGER_PLACE
#define HL_FN   __attribute__((section(CONFIG_HEAPLEDGER_FN_SECTION)))
#define HL_DATA __attribute__((section(CONFIG_HEAPLEDGER_DATA_SECTION)))
#endif

#endif
