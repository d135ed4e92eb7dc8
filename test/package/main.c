/* SPDX-License-Identifier: MIT */
/* The smallest program that uses heapledger: built outside the tree by the package tests. */
#include <stdio.h>

#include <heapledger/heapledger.h>

#define MAX_TASKS 4
#define MAX_HEAPS 1

static void *ledger[HL_BYTES(MAX_TASKS, MAX_HEAPS) / sizeof(void *) + 1];
static void *memory[1024];

int main(void)
{
    const struct hl_config config = {.max_tasks = MAX_TASKS, .max_heaps = MAX_HEAPS};
    const struct hl_heap_desc heap = {
        .start = memory, .size = sizeof memory, .name = "RAM", .caps = {1, 0, 0}};

    struct hl *hl = hl_init(ledger, sizeof ledger, &config);
    if (hl == NULL || hl_add_heap(hl, &heap) != 0) {
        return 1;
    }
    void *block = hl_malloc(hl, 100, 1);
    if (block == NULL || hl_usable_size(hl, block) < 100) {
        return 1;
    }
    hl_free(hl, block);
    puts("heapledger works");
    return 0;
}
