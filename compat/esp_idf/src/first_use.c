/* SPDX-License-Identifier: MIT */
/* In which order a task has used its heaps. */
#include "first_use.h"

#include <string.h>

#include "heap_extra.h"
#include "heapledger_freertos.h"
#include "kernel_events.h"

#if HL_TASK_TRACKING

/* Per task id the numbers of its heaps, plus 1; 0 ends them. */
static unsigned char orders[1 << HL_OWNER_BITS][HL_MAX_HEAPS];

void first_use_note(const void *block)
{
    size_t number = heap_extra_number(esp_heap_of(block));
    unsigned char *order = orders[hl_freertos_id(NULL)];
    size_t place = 0;

    taskENTER_CRITICAL();
    while (order[place] != 0 && order[place] != number + 1) {
        place++;
    }
    order[place] = (unsigned char)(number + 1);
    taskEXIT_CRITICAL();
}

size_t first_use_place(int task, const struct esp_heap *heap)
{
    const unsigned char *found =
        memchr(orders[task], (int)heap_extra_number(heap) + 1, sizeof(orders[task]));

    return found != NULL ? (size_t)(found - orders[task]) : HL_MAX_HEAPS;
}

/* The id may have been another task's. */
void esp_idf_task_created(void *task)
{
    memset(orders[hl_freertos_id(task)], 0, sizeof(orders[0]));
}

#else

void first_use_note(const void *block)
{
    (void)block;
}

void esp_idf_task_created(void *task)
{
    (void)task;
}

#endif
