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

/* Says what a report costs in all; 0 for one that is not what it should be. */
#define REPORT(name, call, is_right)                                                               \
    do {                                                                                           \
        uint32_t before = meter_read();                                                            \
        int result = (call);                                                                       \
        uint32_t count = meter_between(before, meter_read());                                      \
                                                                                                   \
        printf("%s %lu\n", name, (unsigned long)(result == 0 && (is_right) ? count : 0));          \
    } while (0)

static void report_snapshots(void)
{
    struct hl_snapshot snapshot = {
        .tasks = tasks,
        .task_room = sizeof(tasks) / sizeof(tasks[0]),
        .accounts = accounts,
        .account_room = sizeof(accounts) / sizeof(accounts[0]),
        .blocks = blocks,
        .block_room = sizeof(blocks) / sizeof(blocks[0]),
    };

    REPORT("hl_snapshot", hl_snapshot(hl, 0, &snapshot), snapshot.block_count == BLOCKS);
    snapshot.blocks = NULL;
    snapshot.block_room = 0;
    REPORT("hl_snapshot, without blocks", hl_snapshot(hl, 0, &snapshot), snapshot.block_count == 0);
}

static uint32_t seen;

static bool see_block(void *context, const struct hl_block_info *block)
{
    (void)context, (void)block;
    seen++;
    return true;
}

static void report_visits(void)
{
    struct hl_visitor visitor = {.block = NULL};

    REPORT("hl_visit_blocks", hl_visit_blocks(hl, 0, see_block, NULL), seen == BLOCKS + HOLES + 1);
    REPORT("hl_visit_tasks, without blocks", hl_visit_tasks(hl, 0, &visitor), true);
    visitor.block = see_block;
    REPORT("hl_visit_tasks", hl_visit_tasks(hl, 0, &visitor), true);
}

static int drop(void *context, const char *bytes, size_t count)
{
    (void)context, (void)bytes, (void)count;
    return 0;
}

static void report_writers(void)
{
    struct hl_wire_header header = {.boot = 1, .blocks = true};
    const struct hl_sink sink = {drop, NULL};

    REPORT("hl_text_print", hl_text_print(hl, 0, &sink), true);
    REPORT("hl_wire_snapshot", hl_wire_snapshot(hl, &header, &sink), true);
    header.blocks = false;
    REPORT("hl_wire_snapshot, without blocks", hl_wire_snapshot(hl, &header, &sink), true);
}

int main(void)
{
    struct hl_heap_survey survey;
    struct hl_fault fault;

    meter_start();
    fill();
    report_snapshots();
    report_visits();
    report_writers();
    REPORT("hl_heap_survey", hl_heap_survey(hl, 0, &survey), true);
    REPORT("hl_check", hl_check(hl, 0, &fault), true);
    return 0;
}
