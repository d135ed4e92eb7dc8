/* SPDX-License-Identifier: MIT */
/* The smallest program of POSIX threads: built outside the tree by the package tests. */
#include <stdio.h>

#include <heapledger_posix.h>

#define MAX_TASKS 4
#define MAX_HEAPS 1

static struct hl_posix posix;
static void *ledger[HL_BYTES(MAX_TASKS, MAX_HEAPS) / sizeof(void *) + 1];
static void *memory[1024];
static struct hl *hl;

/* Returns a block that it owns. */
static void *worker(void *argument)
{
    (void)argument;
    return hl_posix_thread_begin(hl, "worker") == HL_TASK_FIRST ? hl_malloc(hl, 100, 1) : NULL;
}

int main(void)
{
    const struct hl_config config = {
        .max_tasks = MAX_TASKS, .max_heaps = MAX_HEAPS, .port = &posix};
    const struct hl_heap_desc heap = {
        .start = memory, .size = sizeof memory, .name = "RAM", .caps = {1, 0, 0}};
    pthread_t thread;
    void *block;

    if (hl_posix_setup(&posix) != 0) {
        return 1;
    }
    hl = hl_init(ledger, sizeof ledger, &config);
    if (hl == NULL || hl_add_heap(hl, &heap) != 0 ||
        pthread_create(&thread, NULL, worker, NULL) != 0 || pthread_join(thread, &block) != 0) {
        return 1;
    }
    if (block == NULL || hl_owner(hl, block) != HL_TASK_FIRST) {
        return 1;
    }
    hl_free(hl, block);
    puts("heapledger works with threads");
    return 0;
}
