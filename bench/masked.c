/* SPDX-License-Identifier: MIT */
/* The longest stretch that each public operation holds the lock, in states that make it long. */
#include <stdio.h>
#include <string.h>

#include "heapledger/facts.h"
#include "heapledger/heapledger.h"
#include "heapledger/ledger.h"
#include "heapledger/port.h"
#include "heapledger/writers.h"

#include "random.h"

enum {
    MAX_HEAPS = 10, /* the last one is foreign */
    MAX_TASKS = 32,
    POOL_BYTES = 48 << 20,
    LIVE_TASKS = 8,
    SLOTS = 1024,
    OPERATIONS = 4000,
    MAX_FIGURES = 64,
    CAPS = 7, /* in all three words of a heap: a search that fails looks at each heap three times */
};

struct figure {
    const char *name;
    uint32_t longest;
};

uint32_t masked_longest, masked_running;

static _Alignas(16) char pool[POOL_BYTES];
static _Alignas(8) char books[HL_BYTES(MAX_TASKS, MAX_HEAPS)];
static struct hl *hl;
static int heaps; /* ours */
static int foreign;
static int task[MAX_TASKS];
static void *slot[SLOTS];
static struct figure figures[MAX_FIGURES];

static struct hl_task_info tasks[MAX_TASKS + HL_TASK_FIRST];
static struct hl_account_info accounts[(MAX_TASKS + HL_TASK_FIRST) * MAX_HEAPS];
static struct hl_block_info blocks[12000];

/* Keeps the larger figure of each name. */
static void note(const char *name)
{
    struct figure *figure = figures;

    while (figure->name != NULL && strcmp(figure->name, name) != 0) {
        figure++;
    }
    figure->name = name;
    if (masked_longest > figure->longest) {
        figure->longest = masked_longest;
    }
}

#define MEASURE(name, call)                                                                        \
    do {                                                                                           \
        masked_longest = 0;                                                                        \
        call;                                                                                      \
        note(name);                                                                                \
    } while (0)

/* States. */

static struct hl_heap_desc description(int heap, size_t size)
{
    size_t share = POOL_BYTES / (unsigned)heaps & ~(size_t)15;
    struct hl_heap_desc desc = {pool + (size_t)heap * share,
                                size != 0 ? size : share,
                                "RAM",
                                {CAPS & 1, CAPS & 2, CAPS & 4}};

    return desc;
}

static void add_heaps(size_t size)
{
    for (int heap = 0; heap < heaps; heap++) {
        struct hl_heap_desc desc = description(heap, size);

        MEASURE("hl_add_heap", (void)hl_add_heap(hl, &desc));
    }
    struct hl_heap_desc other = {NULL, 4096, "PSRAM", {8, 0, 0}};

    MEASURE("hl_add_foreign_heap", foreign = hl_add_foreign_heap(hl, &other));
}

/* An instance with all slots taken: some by live tasks, the rest by dead namesakes, who may owe. */
static void begin(size_t heap_size, bool debts)
{
    const struct hl_config config = {
        .max_tasks = MAX_TASKS, .max_heaps = (uint8_t)(heaps + 2), .keep_deleted = true};

    hl = hl_init(books, sizeof(books), &config);
    memset(slot, 0, sizeof(slot));
    masked_running = HL_TASK_PRE_SCHEDULER;
    add_heaps(heap_size);
    for (int i = 0; i < MAX_TASKS; i++) {
        MEASURE("hl_task_register", task[i] = hl_task_register(hl, &task[i], "connection work"));
        if (debts && i >= LIVE_TASKS) {
            masked_running = (uint32_t)task[i];
            for (int k = 0; k < 3 * heaps; k++) {
                (void)hl_malloc(hl, 24, CAPS);
            }
            MEASURE("hl_charge", (void)hl_charge(hl, foreign, task[0], 24));
        }
        if (i >= LIVE_TASKS) {
            MEASURE("hl_task_delete", (void)hl_task_delete(hl, task[i]));
        }
    }
    masked_running = (uint32_t)task[0];
}

/* Malloc, free and their like. */

static void use_slot(void **ptr)
{
    size_t size = random_size(8, 8);

    if (*ptr == NULL) {
        MEASURE("hl_malloc", *ptr = hl_malloc(hl, size, CAPS));
        return;
    }
    switch (random_below(12)) {
    case 0: {
        void *moved;

        MEASURE("hl_realloc", moved = hl_realloc(hl, *ptr, size, CAPS));
        *ptr = moved != NULL ? moved : *ptr;
        break;
    }
    case 1:
        MEASURE("hl_transfer", (void)hl_transfer(hl, *ptr, task[random_below(LIVE_TASKS)]));
        break;
    case 2:
        MEASURE("hl_usable_size", (void)hl_usable_size(hl, *ptr));
        MEASURE("hl_owner", (void)hl_owner(hl, *ptr));
        MEASURE("hl_heap_of", (void)hl_heap_of(hl, *ptr));
        break;
    default:
        MEASURE("hl_free", hl_free(hl, *ptr));
        *ptr = NULL;
    }
}

static void use_memory(void)
{
    for (unsigned i = 0; i < OPERATIONS; i++) {
        masked_running = (uint32_t)task[random_below(LIVE_TASKS)];
        use_slot(&slot[random_below(SLOTS)]);
    }
}

/* Sizes that no heap has room for, in every bin; and alignments. */
static void ask_too_much(void)
{
    for (size_t size = 8; size < POOL_BYTES / 2; size += size / 4) {
        void *ptr;

        MEASURE("hl_malloc", ptr = hl_malloc(hl, size, CAPS));
        hl_free(hl, ptr);
        MEASURE("hl_malloc", ptr = hl_malloc(hl, size, CAPS & 4));
        hl_free(hl, ptr);
        MEASURE("hl_aligned_alloc_offset", ptr = hl_aligned_alloc_offset(hl, 256, 16, size, CAPS));
        hl_free(hl, ptr);
        MEASURE("hl_malloc_in", ptr = hl_malloc_in(hl, heaps - 1, size, task[1]));
        MEASURE("hl_realloc_within", (void)hl_realloc_within(hl, ptr, POOL_BYTES));
        hl_free(hl, ptr);
        MEASURE("hl_aligned_alloc", ptr = hl_aligned_alloc(hl, 256, size, CAPS));
        if (size < 65536) {
            void *other;

            MEASURE("hl_realloc", other = hl_realloc(hl, ptr, 2 * size, CAPS));
            ptr = other != NULL ? other : ptr;
        }
        MEASURE("hl_free", hl_free(hl, ptr));
        if (size < 65536) {
            MEASURE("hl_calloc", ptr = hl_calloc(hl, 1, size, CAPS));
            hl_free(hl, ptr);
        }
    }
}

static void use_wrong_pointers(void)
{
    char *last = pool + POOL_BYTES - 64;

    for (unsigned i = 0; i < 64; i++) {
        void *wrong = i < 16 ? (char *)&hl : i < 32 ? last + i : pool + 8 * random_below(0x10000);

        MEASURE("hl_usable_size", (void)hl_usable_size(hl, wrong));
        MEASURE("hl_owner", (void)hl_owner(hl, wrong));
        MEASURE("hl_transfer", (void)hl_transfer(hl, wrong, task[1]));
        if (hl_usable_size(hl, wrong) == 0) {
            MEASURE("hl_free", hl_free(hl, wrong));
            MEASURE("hl_realloc", (void)hl_realloc(hl, wrong, 100, CAPS));
        }
        MEASURE("hl_heap_of", (void)hl_heap_of(hl, wrong));
    }
}

/* The ledger. */

static void ask_ledger(void)
{
    struct hl_ledger_facts facts;
    int new;

    MEASURE("hl_task_id", (void)hl_task_id(hl, 4));
    MEASURE("hl_find_handle", (void)hl_find_handle(hl, &hl));
    MEASURE("hl_find_name", (void)hl_find_name(hl, "connection work"));
    MEASURE("hl_find_name", (void)hl_find_name(hl, "connection worx"));
    MEASURE("hl_task_rename", (void)hl_task_rename(hl, task[1], "connection work"));
    MEASURE("hl_ledger_facts", hl_ledger_facts(hl, &facts));
    MEASURE("hl_charge", (void)hl_charge(hl, foreign, task[2], 100));
    MEASURE("hl_credit", (void)hl_credit(hl, foreign, task[2], 100));
    MEASURE("hl_charge", (void)hl_charge(hl, foreign, task[2], UINT32_MAX));
#if HL_LIMITS
    MEASURE("hl_task_limit", (void)hl_task_limit(hl, task[3], 1000, 500, true));
#endif
    MEASURE("hl_task_register", new = hl_task_register(hl, &new, "connection work"));
    MEASURE("hl_task_delete", (void)hl_task_delete(hl, new));
}

/* Tasks that died and were charged afterwards: their slots look vacant. */
static void owe_late(void)
{
    begin(0, false);
    for (int i = LIVE_TASKS; i < MAX_TASKS; i++) {
        masked_running = (uint32_t)task[i];
        MEASURE("hl_malloc", (void)hl_malloc(hl, 24, CAPS));
    }
    ask_ledger();
    MEASURE("hl_keep_deleted", hl_keep_deleted(hl, false));
}

static void fold(void)
{
    bool more = true;

    for (unsigned i = 0; more && i < 1000000; i++) {
        MEASURE("hl_maintain", more = hl_maintain(hl));
    }
}

/* Reports. */

static bool see_task(void *context, const struct hl_task_info *info)
{
    (void)context, (void)info;
    return true;
}

static bool see_account(void *context, const struct hl_task_info *of,
                        const struct hl_account_info *info)
{
    (void)context, (void)of, (void)info;
    return true;
}

static bool see_block(void *context, const struct hl_block_info *info)
{
    (void)context, (void)info;
    return true;
}

static int drop(void *context, const char *bytes, size_t count)
{
    (void)context, (void)bytes, (void)count;
    return 0;
}

static void ask_heaps(void)
{
    struct hl_heap_survey survey;
    struct hl_heap_facts facts;
    struct hl_fault fault;

    MEASURE("hl_heap_count", (void)hl_heap_count(hl));
    for (int heap = 0; heap < heaps; heap++) {
        MEASURE("hl_heap_facts", (void)hl_heap_facts(hl, heap, &facts));
        MEASURE("hl_heap_survey", (void)hl_heap_survey(hl, heap, &survey));
        MEASURE("hl_check", (void)hl_check(hl, heap, &fault));
    }
    MEASURE("hl_heap_facts", (void)hl_heap_facts(hl, foreign, &facts));
    MEASURE("hl_caps_facts", (void)hl_caps_facts(hl, CAPS, &facts));
    MEASURE("hl_caps_survey", (void)hl_caps_survey(hl, CAPS, &survey));
    MEASURE("hl_reset_min_free", hl_reset_min_free(hl, CAPS));
}

static void report(void)
{
    const struct hl_visitor visitor = {see_task, see_account, see_block, NULL};
    const struct hl_wire_header header = {.boot = 1, .blocks = true};
    const struct hl_sink sink = {drop, NULL};
    struct hl_snapshot snapshot = {
        .tasks = tasks,
        .task_room = sizeof(tasks) / sizeof(tasks[0]),
        .accounts = accounts,
        .account_room = sizeof(accounts) / sizeof(accounts[0]),
        .blocks = blocks,
        .block_room = sizeof(blocks) / sizeof(blocks[0]),
    };
    struct hl_snapshot_needs needs;

    MEASURE("hl_snapshot_needs", (void)hl_snapshot_needs(hl, 0, &needs));
    MEASURE("hl_snapshot", (void)hl_snapshot(hl, 0, &snapshot));
    MEASURE("hl_visit_tasks", (void)hl_visit_tasks(hl, 0, &visitor));
    for (int heap = 0; heap < heaps; heap++) {
        MEASURE("hl_visit_blocks", (void)hl_visit_blocks(hl, heap, see_block, NULL));
    }
    MEASURE("hl_text_print", (void)hl_text_print(hl, 0, &sink));
    MEASURE("hl_wire_snapshot", (void)hl_wire_snapshot(hl, &header, &sink));
}

/* Full bins: small heaps, used at random. */
static void crowd(void)
{
    begin(0x10000, true);
    for (unsigned round = 0; round < 3; round++) {
        use_memory();
        ask_too_much();
        ask_ledger();
        ask_heaps();
        report();
    }
    use_wrong_pointers();
    MEASURE("hl_keep_deleted", hl_keep_deleted(hl, true));
    fold();
    MEASURE("hl_keep_deleted", hl_keep_deleted(hl, false));
    report();
}

/* The last bin, in which more blocks are looked at: free blocks of 400 KB. */
static void spread(void)
{
    void *large[128], *small[128];
    unsigned count = 0;

    begin(0, false);
    while (count < 128 && (large[count] = hl_malloc(hl, 400000, CAPS)) != NULL) {
        small[count++] = hl_malloc(hl, 8, CAPS);
    }
    for (unsigned i = 0; i < count; i++) {
        MEASURE("hl_free", hl_free(hl, large[i]));
    }
    ask_too_much();
    MEASURE("hl_realloc", (void)hl_realloc(hl, small[0], 500000, CAPS));
    ask_heaps();
    report();
}

/* 10 tasks with 1000 blocks each. */
static void thousands(void)
{
    begin(0, false);
    for (unsigned i = 0; i < 10000; i++) {
        masked_running = (uint32_t)task[random_below(LIVE_TASKS + 2)];
        MEASURE("hl_malloc", (void)hl_malloc(hl, random_size(8, 5), CAPS));
    }
    ask_heaps();
    report();
}

/* A heap that comes before all others. */
static void put_in_front(void)
{
    static char memory[4096];
    const struct hl_heap_desc desc = {memory, sizeof(memory), "first", {CAPS, 0, 0}};

    begin(0, false);
    MEASURE("hl_insert_heap", (void)hl_insert_heap(hl, &desc, 0, NULL));
}

int main(void)
{
    heaps = *(volatile int *)BENCH_PARAMETER;
    meter_start();
    crowd();
    spread();
    thousands();
    owe_late();
    put_in_front();
    for (const struct figure *f = figures; f->name != NULL; f++) {
        printf("%s %lu\n", f->name, (unsigned long)f->longest);
    }
    return 0;
}
