/* SPDX-License-Identifier: MIT */
/* Reports as text for people and as lines for the computer, into any sink. */
#ifndef HEAPLEDGER_WRITERS_H
#define HEAPLEDGER_WRITERS_H

#include "heapledger/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A sink takes bytes: a UART, a file, a buffer. Returns 0, or anything else when it cannot take
 * them: the report ends there with HL_ERR_SINK. Runs without the lock, in the caller's context.
 * Writers need no heap and no stdio, and beside the sink's own less than 300 bytes of stack on
 * Cortex-M3 and RV32 (with every build option on Cortex-M0 312; on Xtensa lx106 336; x86-64 424).
 */
struct hl_sink {
    int (*write)(void *context, const char *bytes, size_t count);
    void *context;
};

#if HL_TASK_TRACKING

/*
 * Text. One line each, in the form of the reference's heap task tracking example:
 *
 *   no_leak_task: ALIVE  : Peak Usage 10128, Current Usage 0
 *       RAM: Caps: 1071118. Size 22308, Current Usage 0, Peak Usage 10128, alloc count 0
 *           0x3fceb878: Size: 6656
 *
 * 0 or HL_ERR_SINK.
 */
int hl_text_task(const struct hl_sink *sink, const struct hl_task_info *task);
int hl_text_account(const struct hl_sink *sink, const struct hl_account_info *account);
int hl_text_block(const struct hl_sink *sink, const struct hl_block_info *block);

/* All entries of a snapshot: each task, its accounts, their blocks. 0 or HL_ERR_SINK. */
int hl_text_snapshot(const struct hl_sink *sink, const struct hl_snapshot *snapshot);

/* The same without arrays, straight from the books; `serial` 0: all tasks. When something changed
 * meanwhile, so that an entry may not add up, it returns 1 (else 0), or HL_ERR_NOT_FOUND,
 * HL_ERR_BUSY, HL_ERR_DAMAGED, HL_ERR_SINK. Time: hl_visit_tasks. Where: tasks. */
int hl_text_print(struct hl *hl, uint32_t serial, const struct hl_sink *sink);

/*
 * Wire format: docs/wire-format.md. What the core cannot know, the caller gives.
 */
struct hl_wire_header {
    uint32_t boot;      /* differs from boot to boot: a random number, or a counter kept in flash */
    uint32_t number;    /* of the snapshot, counted from the boot */
    uint32_t uptime_ms; /* since the boot */
    const char *build;  /* name of the firmware's build, or NULL; a long one is cut */
    bool blocks;        /* the blocks as well, not only tasks, heaps and accounts */
};

/* Writes a snapshot of all heaps and tasks, in lines of at most 200 bytes, each in one call of the
 * sink. 1 when something changed meanwhile (the last line says so too), 0, HL_ERR_BUSY,
 * HL_ERR_DAMAGED, or HL_ERR_SINK. Time: linear in tasks * heaps and blocks. Where: tasks. */
int hl_wire_snapshot(struct hl *hl, const struct hl_wire_header *header,
                     const struct hl_sink *sink);

#endif /* HL_TASK_TRACKING */

#ifdef __cplusplus
}
#endif

#endif
