/* SPDX-License-Identifier: MIT */
/* Writes snapshots to stdout, for the reader to judge: write_dump KIND SEED. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heapledger/writers.h"

#include "writers/desk.h"

static struct desk desk;
static struct desk_use use = {.desk = &desk};
static bool meddle;  /* the heap is used while the sink writes */
static bool in_sink; /* and that is not interrupted */

static int put(void *context, const char *bytes, size_t count)
{
    (void)context;
    if (desk.port.locked) {
        abort(); /* the lock is not held while something is written */
    }
    in_sink = true;
    for (int i = 0; meddle && i < 3; i++) {
        desk_use_once(&use);
    }
    in_sink = false;
    return fwrite(bytes, 1, count, stdout) == count ? 0 : -1;
}

static void meddle_after_unlock(void *context)
{
    (void)context;
    if (!in_sink && desk_random(&desk, 4) == 0) {
        desk_use_once(&use);
    }
}

static int write_snapshot(uint32_t number, bool blocks)
{
    const struct hl_sink sink = {.write = put};
    struct hl_wire_header header = {.boot = 3735928559,
                                    .number = number,
                                    .uptime_ms = 1000 * number,
                                    .build = "write_dump",
                                    .blocks = blocks};

    return hl_wire_snapshot(desk.hl, &header, &sink);
}

static void start(uint32_t seed)
{
    desk_start(&desk, true);
    desk.random = seed != 0 ? seed : 1;
    desk_heap(&desk, "RAM", DESK_ARENA - 65536, 1);
    desk_heap(&desk, "DMA", 65536, 2);
    for (int i = 0; i < 6; i++) {
        desk_task(&desk, "first");
    }
}

/* Snapshots of a heap that is used between them, but not while they are taken. */
static int still(uint32_t seed)
{
    int result = 0;

    start(seed);
    for (uint32_t number = 1; number <= 5 && result == 0; number++) {
        use.target = desk_random(&desk, 300);
        for (int i = 0; i < 2000; i++) {
            desk_use_once(&use);
        }
        result = write_snapshot(number, number != 3);
    }
    return result;
}

/* Snapshots of a heap that the sink uses; and that is used between all steps, if the port can. */
static int restless(uint32_t seed)
{
    int result = 1;

    start(seed);
    use.target = 200;
    meddle = true;
    desk.port.after_unlock = meddle_after_unlock;
    for (uint32_t number = 1; number <= 5 && result == 1; number++) {
        result = write_snapshot(number, true);
    }
    return result == 1 ? 0 : -1;
}

/* 1,000 blocks of ten tasks, after a while of use. */
static int thousand(uint32_t seed, uint32_t tasks_before)
{
    start(seed);
    while (tasks_before-- > 0) {
        desk_end(&desk, desk_task(&desk, "worker"));
    }
    for (int i = 0; i < 6; i++) {
        desk_task(&desk, "sensor");
    }
    use.target = 1000;
    for (int i = 0; i < 20000 || use.live != 1000; i++) {
        desk_use_once(&use);
    }
    return write_snapshot(1, true);
}

/* Nothing of ours: a foreign allocator is booked. */
static int foreign(void)
{
    struct hl_heap_desc desc = {
        .start = (void *)(uintptr_t)0x1000, .size = SIZE_MAX - 0x1000, .name = "@HL1 {\"}"};
    int heap;

    desk_start(&desk, true);
    heap = hl_add_foreign_heap(desk.hl, &desc);
    return heap < 0 || hl_charge(desk.hl, heap, HL_TASK_ISR, UINT32_MAX) != 0
               ? -1
               : write_snapshot(UINT32_MAX, true);
}

int main(int argc, char **argv)
{
    const char *kind = argc == 3 ? argv[1] : "";
    uint32_t seed = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    int result = -1;

    if (strcmp(kind, "still") == 0) {
        result = still(seed);
    } else if (strcmp(kind, "restless") == 0) {
        result = restless(seed);
    } else if (strcmp(kind, "thousand") == 0) {
        result = thousand(seed, 0);
    } else if (strcmp(kind, "old") == 0) {
        result = thousand(seed, 100000);
    } else if (strcmp(kind, "foreign") == 0) {
        result = foreign();
    } else {
        fprintf(stderr, "usage: write_dump still|restless|thousand|old|foreign SEED\n");
    }
    if (result != 0) {
        fprintf(stderr, "write_dump: %s %u: the snapshot returned %d\n", kind, seed, result);
    }
    return result == 0 ? 0 : 1;
}
