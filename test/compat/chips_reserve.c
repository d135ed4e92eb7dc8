/* SPDX-License-Identifier: MIT */
/* SOC_RESERVE_MEMORY_REGION: a program keeps ranges free of heaps. And addresses that are taken. */
#define _GNU_SOURCE /* glibc's switch, for MAP_FIXED_NOREPLACE */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "heap_memory_layout.h"

#include "support/task_checks.h"

#include "heaps.h"

/* In the middle of the largest heap of esp32s3: leaves two of one size. */
SOC_RESERVE_MEMORY_REGION(0x3fcbf661, 0x3fcbf66d, of_esp32s3);

/* Overlaps what the ROM of esp32c6 has, so that this program does not start on that chip. */
SOC_RESERVE_MEMORY_REGION(0x4087f560, 0x4087f570, of_esp32c6);

/* Takes a page of what is LP RAM on esp32p4, so that it does not start on that chip either.
 * Before start.c makes the heaps. */
__attribute__((constructor(101))) static void take_a_page(void)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): the chip's address */
    CHECK(mmap((void *)0x5010c000, 4096, PROT_READ,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != MAP_FAILED);
}

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
    const struct esp_heap *behind = heap_at(0x3fcbf670);

    CHECK(before != NULL && before->end == 0x3fcbf660);
    CHECK(behind != NULL && behind->end == 0x3fce9710);
    CHECK(behind != NULL && behind->next == before); /* of one size: the later is listed before */
    fflush(stdout);
    if (failures != 0) {
        abort();
    }
}
