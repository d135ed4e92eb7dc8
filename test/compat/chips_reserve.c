/* SPDX-License-Identifier: MIT */
/* SOC_RESERVE_MEMORY_REGION: a program keeps ranges free of heaps. */
#include <stdio.h>
#include <stdlib.h>

#include "heap_memory_layout.h"

#include "support/task_checks.h"

#include "heaps.h"

SOC_RESERVE_MEMORY_REGION(0x3fcb0001, 0x3fcb0011, of_esp32s3);

/* Overlaps what the ROM of esp32c6 has, so that this program does not start on that chip. */
SOC_RESERVE_MEMORY_REGION(0x4087f560, 0x4087f570, of_esp32c6);

static const struct esp_heap *heap_at(intptr_t start)
{
    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        if (heap->start == start) {
            return heap;
        }
    }
    return NULL;
}

void app_main(void)
{
    const struct esp_heap *before = heap_at(0x3fc955c0);
    const struct esp_heap *behind = heap_at(0x3fcb0014);

    CHECK(before != NULL && before->end == 0x3fcb0000);
    CHECK(behind != NULL && behind->end == 0x3fce9710);
    fflush(stdout);
    if (failures != 0) {
        abort();
    }
}
