/* SPDX-License-Identifier: MIT */
/* The end of the story in plain words: which tasks died owing what, and which gave everything back. */
#ifndef VERDICT_H
#define VERDICT_H

#include <stddef.h>
#include <stdint.h>

/* A task that the verdict must name, even when it is no longer listed because it owes nothing. */
struct verdict_task {
    const char *name;
    uint32_t serial;
};

/* Writes the verdict with board_message. 0, or an error of heapledger's (negative). */
int verdict_print(const struct verdict_task *tasks, size_t count);

#endif
