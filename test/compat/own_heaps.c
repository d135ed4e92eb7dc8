/* SPDX-License-Identifier: MIT */
/* Memory for a test's own heaps. */
#include "own_heaps.h"

char own_memory[OWN_HEAPS][OWN_HEAP_BYTES] __attribute__((aligned(16)));
