/* SPDX-License-Identifier: MIT */
/* Memory of the computer's, for what is no program's business on the chip: lists for reports. */
#ifndef COMPAT_HOST_MEMORY_H
#define COMPAT_HOST_MEMORY_H

#include <stddef.h>

/* Zeroed memory, from no heap of the chip and not by malloc: another task may be in the middle of
 * that, and cannot go on while the scheduler is suspended. Ends the program when the computer has
 * none left. */
void *host_memory(size_t bytes);
void host_memory_free(void *memory, size_t bytes);

#endif
