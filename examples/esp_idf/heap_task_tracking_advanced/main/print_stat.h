/* SPDX-License-Identifier: MIT */
/* Own printing of what heap task tracking knows. */
#pragma once

#include "esp_heap_task_info.h"

/* A task: one line, one for each of its heaps, one for each block in them. The counts are of entries that
 * the arrays behind the pointers hold. */
void print_task_stat(const task_stat_t *task, const heap_stat_t *heaps, size_t heap_count);
