/* SPDX-License-Identifier: MIT */
/* What each kind of report costs in all: 10 tasks with 1000 blocks each, on one heap. */
#include <stdio.h>

#include "heapledger/facts.h"
#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"
#include "heapledger/writers.h"

#include "meter.h"
#include "random.h"

enum {
    TASKS = 10,
    BLOCKS = 10000,
    HOLES = 500, /* blocks freed between those that stay */
};

static _Alignas(16) char pool[2 << 20];
static _Alignas(8) char books[HL_BYTES(TASKS, 1)];
static struct hl *hl;
static uint32_t running;

static struct hl_task_info tasks[TASKS + HL_TASK_FIRST];
static struct hl_account_info accounts[TASKS + HL_TASK_FIRST];
static struct hl_block_info blocks[BLOCKS + 1];

static void fill(void)
{
    const struct hl_config config = {.max_tasks = TASKS, .max_heaps = 1, .port = &running};
    const struct hl_heap_desc heap = {pool, sizeof(pool), "RAM", {1, 0, 0}};
    static void *holes[HOLES];

    hl = hl_init(books, sizeof(books), &config);
    (void)hl_add_heap(hl, &heap);
    for (unsigned i = 0; i < TASKS; i++) {
        (void)hl_task_register(hl, NULL, "worker");
    }
    for (unsigned i = 0; i < BLOCKS + HOLES; i++) {
        void *ptr;

        running = HL_TASK_FIRST + i % TASKS;
        ptr = hl_malloc(hl, random_size(8, 5), 1);
        if (i % (BLOCKS / HOLES + 1) == 0) {
            holes[i / (BLOCKS / HOLES + 1)] = ptr;
        }
    }
    for (unsigned i = 0; i < HOLES; i++) {
        hl_free(hl, holes[i]);
    }
}

static uint32_t take(size_t block_room)
{
    struct hl_snapshot snapshot = {
        .tasks = tasks,
        .task_room = sizeof(tasks) / sizeof(tasks[0]),
        .accounts = accounts,
        .account_room = sizeof(accounts) / sizeof(accounts[0]),
        .blocks = block_room != 0 ? blocks : NULL,
        .block_room = block_room,
    };
    uint32_t before = meter_read();
    int result = hl_snapshot(hl, 0, &snapshot);
    uint32_t count = meter_between(before, meter_read());

    return result == 0 && snapshot.block_count == (block_room != 0 ? BLOCKS : 0) ? count : 0;
}

static uint32_t seen;

static bool see_block(void *context, const struct hl_block_info *block)
{
    (void)context, (void)block;
    seen++;
    return true;
}

static uint32_t visit_blocks(void)
{
    uint32_t before = meter_read();
    int result = hl_visit_blocks(hl, 0, see_block, NULL);
    uint32_t count = meter_between(before, meter_read());

    return result == 0 && seen == BLOCKS + HOLES + 1 ? count : 0;
}

static uint32_t visit_tasks(bool with_blocks)
{
    const struct hl_visitor visitor = {.block = with_blocks ? see_block : NULL};
    uint32_t before = meter_read();
    int result = hl_visit_tasks(hl, 0, &visitor);
    uint32_t count = meter_between(before, meter_read());

    return result == 0 ? count : 0;
}

static int drop(void *context, const char *bytes, size_t count)
{
    (void)context, (void)bytes, (void)count;
    return 0;
}

static uint32_t write_text(void)
{
    const struct hl_sink sink = {drop, NULL};
    uint32_t before = meter_read();
    int result = hl_text_print(hl, 0, &sink);
    uint32_t count = meter_between(before, meter_read());

    return result == 0 ? count : 0;
}

static uint32_t write_wire(bool with_blocks)
{
    const struct hl_wire_header header = {.boot = 1, .blocks = with_blocks};
    const struct hl_sink sink = {drop, NULL};
    uint32_t before = meter_read();
    int result = hl_wire_snapshot(hl, &header, &sink);
    uint32_t count = meter_between(before, meter_read());

    return result == 0 ? count : 0;
}

static uint32_t survey(void)
{
    struct hl_heap_survey of;
    uint32_t before = meter_read();
    int result = hl_heap_survey(hl, 0, &of);
    uint32_t count = meter_between(before, meter_read());

    return result == 0 ? count : 0;
}

static uint32_t check(void)
{
    struct hl_fault fault;
    uint32_t before = meter_read();
    int result = hl_check(hl, 0, &fault);
    uint32_t count = meter_between(before, meter_read());

    return result == 0 ? count : 0;
}

/* 0 stands for a report that was not what it should be. */
int main(void)
{
    meter_start();
    fill();
    printf("hl_snapshot %lu\n", (unsigned long)take(BLOCKS + 1));
    printf("hl_snapshot, without blocks %lu\n", (unsigned long)take(0));
    printf("hl_visit_blocks %lu\n", (unsigned long)visit_blocks());
    printf("hl_visit_tasks, without blocks %lu\n", (unsigned long)visit_tasks(false));
    printf("hl_visit_tasks %lu\n", (unsigned long)visit_tasks(true));
    printf("hl_text_print %lu\n", (unsigned long)write_text());
    printf("hl_wire_snapshot %lu\n", (unsigned long)write_wire(true));
    printf("hl_wire_snapshot, without blocks %lu\n", (unsigned long)write_wire(false));
    printf("hl_heap_survey %lu\n", (unsigned long)survey());
    printf("hl_check %lu\n", (unsigned long)check());
    return 0;
}
