/* SPDX-License-Identifier: MIT */
/* Random operations by 8 tasks on each other's blocks: the books balance throughout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_test.h"

/*
 * Workers pick a slot of a common table at random, take what is in it, do something with it and put
 * back what is left. So blocks are freed, resized and handed over by tasks that did not allocate
 * them. The task `test` stops them now and then and compares the ledger with the table, slot by
 * slot; and more often it looks at the books alone, in the middle of whatever the workers are
 * doing.
 */
enum {
    WORKERS = 8,
    SLOTS = 160,
    OPS = 100000,
    OPS_PER_LOOK = 250,    /* between two looks at the books */
    LOOKS_PER_COMPARE = 8, /* and at the table */
    CHILDREN = 3,
    CHILD_STACK = 128,
};

struct slot {
    unsigned char *block; /* NULL: empty */
    size_t size;          /* filled with `fill` */
    unsigned char fill;
    int owner; /* id */
};

static struct slot table[SLOTS];
static TaskHandle_t workers[WORKERS];
static volatile uint32_t ops_left;
static volatile uint32_t ops_done;
static volatile bool stop_wanted;
static volatile unsigned stopped;
static volatile unsigned refused;
static bool realtime;
static uint32_t ticks_allocated;

#ifdef TEST_YIELDS
static unsigned yields;

void test_maybe_yield(void)
{
    if (hl_freertos_running == HL_TASK_PRE_SCHEDULER || hl_port_in_isr() ||
        test_interrupts_masked() || xTaskGetSchedulerState() != taskSCHEDULER_RUNNING) {
        return; /* where a yield is not allowed, none is possible */
    }
    if (test_random_below(4) == 0) {
        yields++;
        taskYIELD();
    }
}
#endif

static uint32_t random_below(uint32_t limit)
{
    uint32_t number;

    taskENTER_CRITICAL();
    number = test_random_below(limit);
    taskEXIT_CRITICAL();
    return number;
}

/* Small mostly, large sometimes; never 0. */
static size_t random_size(void)
{
    return 1 + random_below(1U << (3 + random_below(11)));
}

static struct slot take(unsigned i)
{
    struct slot slot;

    taskENTER_CRITICAL();
    slot = table[i];
    table[i].block = NULL;
    taskEXIT_CRITICAL();
    return slot;
}

/* Puts a block into an empty slot from i on. There is one: each worker has one slot in hand. */
static void put(unsigned i, const struct slot *slot)
{
    taskENTER_CRITICAL();
    for (unsigned n = 0; table[i].block != NULL; n++) {
        CHECK(n < SLOTS);
        i = (i + 1) % SLOTS;
    }
    table[i] = *slot;
    taskEXIT_CRITICAL();
}

static void check_content(const struct slot *slot, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        CHECK(slot->block[i] == slot->fill);
    }
}

/* A block that this task has got from the heap. */
static void own(struct slot *slot, void *block, size_t size)
{
    slot->block = block;
    slot->size = size;
    slot->fill = (unsigned char)random_below(256);
    slot->owner = hl_freertos_id(NULL);
    memset(block, slot->fill, size);
}

static void allocate(struct slot *slot)
{
    size_t size = random_size();
    unsigned char *block;

    switch (random_below(4)) {
    case 0:
        block = pvPortCalloc(1, size);
        for (size_t i = 0; block != NULL && i < size; i++) {
            CHECK(block[i] == 0);
        }
        break;
    case 1:
        block = hl_aligned_alloc(hl_freertos_instance(), 64, size, HL_FREERTOS_CAPS);
        CHECK((uintptr_t)block % 64 == 0);
        break;
    default:
        block = pvPortMalloc(size);
        break;
    }
    if (block == NULL) {
        refused = refused + 1;
        return;
    }
    own(slot, block, size);
}

static void resize(struct slot *slot)
{
    size_t size = random_size();
    void *block = hl_realloc(hl_freertos_instance(), slot->block, size, HL_FREERTOS_CAPS);

    if (block == NULL) {
        refused = refused + 1;
        check_content(slot, slot->size);
        return;
    }
    slot->block = block;
    check_content(slot, size < slot->size ? size : slot->size);
    own(slot, block, size);
}

static void hand_over(struct slot *slot)
{
    int id = hl_freertos_id(workers[random_below(WORKERS)]);

    CHECK(hl_transfer(hl_freertos_instance(), slot->block, id) == 0);
    slot->owner = id;
}

static void operate(void)
{
    unsigned i = random_below(SLOTS);
    struct slot slot = take(i);

    if (slot.block == NULL) {
        allocate(&slot);
    } else {
        check_content(&slot, slot.size);
        switch (random_below(8)) {
        case 0:
            hand_over(&slot);
            break;
        case 1:
        case 2:
            resize(&slot);
            break;
        default:
            vPortFree(slot.block);
            slot.block = NULL;
            break;
        }
    }
    if (slot.block != NULL) {
        put(i, &slot);
    }
}

static void wait_while_stopped(void)
{
    taskENTER_CRITICAL();
    stopped++;
    taskEXIT_CRITICAL();
    while (stop_wanted) {
        vTaskDelay(1);
    }
    taskENTER_CRITICAL();
    stopped--;
    taskEXIT_CRITICAL();
}

static void work(void *unused)
{
    (void)unused;
    for (;;) {
        if (stop_wanted || ops_left == 0) {
            wait_while_stopped();
            if (ops_left == 0) {
                vTaskDelay(1);
                continue;
            }
        }
        taskENTER_CRITICAL();
        ops_left = ops_left != 0 ? ops_left - 1 : 0;
        ops_done++;
        taskEXIT_CRITICAL();
        operate();
        if (random_below(16) == 0) {
            vTaskDelay(1);
        }
    }
}

static void tick_allocates(void)
{
    static void *blocks[4];
    unsigned i = ticks_allocated++ % 4;

    vPortFree(blocks[i]);
    blocks[i] = pvPortMalloc(24 + 8 * i);
}

/* Children come and go, and leave blocks behind for the workers. In real time they do not delete
 * themselves: the idle task would hold a lock of the C library while it cleans up after them. */
static void live_briefly(void *argument)
{
    struct slot slot = {.block = NULL};

    allocate(&slot);
    if (slot.block != NULL) {
        put(random_below(SLOTS), &slot);
    }
    if (argument != NULL) {
        vTaskDelete(NULL);
    }
    vTaskSuspend(NULL);
}

static void change_children(void)
{
    static TaskHandle_t children[CHILDREN];
    unsigned i = random_below(CHILDREN);
    bool deletes_itself = !realtime && random_below(2) == 0;

    if (children[i] != NULL) {
        vTaskDelete(children[i]);
        children[i] = NULL;
    }
    if (xTaskCreate(live_briefly, "child", CHILD_STACK, deletes_itself ? table : NULL,
                    TEST_PRIORITY, &children[i]) != pdPASS) {
        refused = refused + 1;
        return;
    }
    if (deletes_itself) {
        children[i] = NULL;
    }
}

/* With all workers between two operations, the ledger says of every block what the table says. */
static void compare_table(void)
{
    struct hl *hl = hl_freertos_instance();
    struct hl_heap_facts facts;
    uint32_t blocks = 0;

    stop_wanted = true;
    while (stopped < WORKERS) {
        vTaskDelay(1);
    }
    vTaskDelay(5); /* children, and the idle task */
    for (int i = 0; i < SLOTS; i++) {
        const struct slot *slot = &table[i];

        if (slot->block != NULL) {
            blocks++;
            check_content(slot, slot->size);
            CHECK(hl_owner(hl, slot->block) == slot->owner ||
                  slot->owner > hl_freertos_id(workers[WORKERS - 1])); /* a child: may be folded */
            CHECK(hl_usable_size(hl, slot->block) >= slot->size);
        }
    }
    (void)hl_caps_facts(hl, HL_FREERTOS_CAPS, &facts);
    CHECK(facts.blocks >= blocks);
    stop_wanted = false;
}

/* No worker is in an operation, none holds a block: every worker's account is what the table
 * says. */
static void compare_accounts(void)
{
    struct hl *hl = hl_freertos_instance();

    for (int w = 0; w < WORKERS; w++) {
        uint32_t serial = hl_freertos_serial(workers[w]);
        int id = hl_freertos_id(workers[w]);
        size_t bytes = 0;

        for (int i = 0; i < SLOTS; i++) {
            if (table[i].block != NULL && table[i].owner == id) {
                bytes += hl_usable_size(hl, table[i].block);
            }
        }
        CHECK(test_current(serial) == bytes);
    }
}

static void free_everything(void)
{
    for (int i = 0; i < SLOTS; i++) {
        vPortFree(table[i].block);
        table[i].block = NULL;
    }
}

static void create_workers(void)
{
    static StaticTask_t tcbs[WORKERS];
    static StackType_t stacks[WORKERS][512];

    for (int i = 0; i < WORKERS; i++) {
        workers[i] =
            xTaskCreateStatic(work, "worker", 512, NULL, TEST_PRIORITY, stacks[i], &tcbs[i]);
    }
}

static void look_at_books(uint32_t look)
{
    test_tick = NULL; /* an interrupt would change the ledger in the middle of a look */
    test_check_books();
    test_tick = tick_allocates;
    change_children();
    if (look % LOOKS_PER_COMPARE == 0) {
        compare_table();
    }
}

static int run(void)
{
    uint32_t ops = test_ops(OPS);
    uint32_t looks = 0;

    ops_left = ops;
    create_workers();
    test_tick = tick_allocates;
    while (ops_left > 0) {
        uint32_t next = ops_done + OPS_PER_LOOK;

        while (ops_left > 0 && ops_done < next) {
            vTaskDelay(1);
        }
        look_at_books(looks++);
    }
    compare_table(); /* no worker begins another operation after this */
    compare_accounts();
    free_everything();
    compare_accounts();
    test_tick = NULL;
    test_check_books();
    printf("%lu operations, %lu looks at the books, %u refused, %lu ticks that allocated\n",
           (unsigned long)ops, (unsigned long)looks, refused, (unsigned long)ticks_allocated);
    CHECK(ticks_allocated > 0);
#ifdef TEST_YIELDS
    printf("%u yields after an unlock\n", yields);
    CHECK(yields > ops / 10);
#endif
    return 0;
}

int main(int argc, char **argv)
{
    realtime = argc > 1 && strcmp(argv[1], "--realtime") == 0;
    return test_run(realtime, run);
}
