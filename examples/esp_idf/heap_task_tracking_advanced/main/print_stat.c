/* SPDX-License-Identifier: MIT */
/* Own printing of what heap task tracking knows. */
#include "print_stat.h"

#include <inttypes.h>
#include <stdio.h>

static void print_blocks(const heap_stat_t *heap)
{
    if (heap->alloc_stat == NULL) { /* the array had no room for all of this heap's */
        printf("        (%u blocks not listed)\n", (unsigned)heap->alloc_count);
        return;
    }
    for (size_t i = 0; i < heap->alloc_count; i++) {
        printf("        %p: Size: %" PRIu32 "\n", heap->alloc_stat[i].address,
               heap->alloc_stat[i].size);
    }
}

void print_task_stat(const task_stat_t *task, const heap_stat_t *heaps, size_t heap_count)
{
    printf("%s: %s: Peak Usage %u, Current Usage %u\n", task->name,
           task->is_alive ? "ALIVE  " : "DELETED", (unsigned)task->overall_peak_usage,
           (unsigned)task->overall_current_usage);
    for (size_t i = 0; i < heap_count; i++) {
        const heap_stat_t *heap = &heaps[i];

        printf("    %s: Caps: %" PRIu32
               ". Size %u, Current Usage %u, Peak Usage %u, alloc count %u\n",
               heap->name, heap->caps, (unsigned)heap->size, (unsigned)heap->current_usage,
               (unsigned)heap->peak_usage, (unsigned)heap->alloc_count);
        print_blocks(heap);
    }
}
