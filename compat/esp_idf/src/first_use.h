/* SPDX-License-Identifier: MIT */
/* In which order a task has used its heaps: the order in which reports list them. */
#ifndef COMPAT_FIRST_USE_H
#define COMPAT_FIRST_USE_H

#include <stddef.h>

#include "heaps.h"

/* The running task was given a block. */
void first_use_note(const void *block);

/* The place of a heap in the order of a task (its id in the ledger); a large number: it was not
 * noted. */
size_t first_use_place(int task, const struct esp_heap *heap);

#endif
