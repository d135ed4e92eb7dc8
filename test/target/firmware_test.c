/* SPDX-License-Identifier: MIT */
/* The port on a machine of its own: every context, pre-emption by a real tick, tasks by the thousand. */
#include <stdio.h>
#include <string.h>

#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "heapledger/facts.h"
#include "support/task_checks.h"

enum {
    WORKERS = 8,
    OPERATIONS = 25000, /* of each worker */
    SLOTS = 96,         /* shared by all of them */
    TASKS_CREATED = 10000,
    STACK_WORDS = 512,
    SEEN_HANDLES = 16,
};

static void check_heaps(void)
{
    for (int heap = 0; heap < hl_heap_count(books()); heap++) {
        struct hl_fault fault;
        int result = hl_check(books(), heap, &fault);

        if (result != 0 && result != HL_ERR_CHANGED) {
            printf("heap %d: check %d, reason %d at %p\n", heap, result, (int)fault.reason,
                   fault.address);
            failures++;
        }
    }
}

/* 1. Before the scheduler starts: main() allocates. */
static void *before;

static void test_before_the_scheduler(void)
{
    CHECK(hl_owner(books(), before) == HL_TASK_PRE_SCHEDULER);
    vPortFree(before);
}

/* 2. The tick interrupt allocates and frees, for as long as it is let. */
static volatile bool isr_allocates;
static volatile uint32_t isr_rounds, isr_strangers;
static void *isr_blocks[7];

void vApplicationTickHook(void)
{
    void **slot = &isr_blocks[isr_rounds % 7];

    if (!isr_allocates) {
        return;
    }
    vPortFree(*slot);
    *slot = pvPortMalloc(16 + isr_rounds % 200);
    if (*slot != NULL && hl_owner(books(), *slot) != HL_TASK_ISR) {
        isr_strangers = isr_strangers + 1;
    }
    isr_rounds = isr_rounds + 1;
}

static void test_interrupt(void)
{
    isr_allocates = true;
    vTaskDelay(pdMS_TO_TICKS(50));
    isr_allocates = false;
    CHECK(isr_rounds >= 40);
    CHECK(isr_strangers == 0);
    CHECK(held_by(HL_TASK_ISR + 1) != 0);
    for (int i = 0; i < 7; i++) {
        vPortFree(isr_blocks[i]);
        isr_blocks[i] = NULL;
    }
    CHECK(held_by(HL_TASK_ISR + 1) == 0);
}

/* 3. In a critical section, and with the scheduler suspended: both are as they were afterwards. */

/* Several ticks long. One instruction takes one nanosecond of the emulated machine's time. */
static void let_ticks_pass(void)
{
    for (volatile uint32_t i = 0; i < 1000000; i = i + 1) {
    }
}

static void test_masked(void)
{
    int me = hl_freertos_id(NULL);
    TickType_t tick = xTaskGetTickCount();
    void *a, *b;

    let_ticks_pass();
    CHECK(xTaskGetTickCount() > tick + 1);
    taskENTER_CRITICAL();
    tick = xTaskGetTickCount();
    a = pvPortMalloc(100);
    let_ticks_pass();
    CHECK(xTaskGetTickCount() == tick);
    taskEXIT_CRITICAL();
    vTaskSuspendAll();
    b = pvPortMalloc(200);
    CHECK(xTaskGetSchedulerState() == taskSCHEDULER_SUSPENDED);
    (void)xTaskResumeAll();
    CHECK(a != NULL && hl_owner(books(), a) == me);
    CHECK(b != NULL && hl_owner(books(), b) == me);
    vTaskSuspendAll();
    taskENTER_CRITICAL();
    vPortFree(a);
    vPortFree(b);
    taskEXIT_CRITICAL();
    (void)xTaskResumeAll();
    check_heaps();
}

/* 4. Workers that allocate, free and resize each other's blocks, pre-empted by the tick. */
struct slot {
    unsigned char *block;
    uint32_t size;
};
static struct slot slots[SLOTS];
static volatile int workers_left;
static uint32_t worker_serials[WORKERS];

/* Takes what is in a slot, and puts something else there. */
static struct slot exchange(uint32_t index, struct slot with)
{
    struct slot was;

    taskENTER_CRITICAL();
    was = slots[index];
    slots[index] = with;
    taskEXIT_CRITICAL();
    return was;
}

static void fill(struct slot slot)
{
    if (slot.block != NULL) {
        memset(slot.block, (int)(slot.size & 0xff), slot.size);
    }
}

static bool is_intact(struct slot slot)
{
    for (uint32_t i = 0; i < slot.size && slot.block != NULL; i++) {
        if (slot.block[i] != (unsigned char)slot.size) {
            return false;
        }
    }
    return true;
}

static void operate(void)
{
    struct slot slot = {NULL, 0};
    uint32_t size = 1 + board_random_below(400);

    slot = exchange(board_random_below(SLOTS), slot);
    CHECK(is_intact(slot));
    if (board_random_below(3) == 0) {
        unsigned char *moved = hl_realloc(books(), slot.block, size, HL_FREERTOS_CAPS);

        if (moved != NULL) {
            slot.block = moved;
            slot.size = size;
        }
    } else {
        vPortFree(slot.block);
        slot.block = pvPortMalloc(size);
        slot.size = size;
    }
    fill(slot);
    slot = exchange(board_random_below(SLOTS), slot);
    CHECK(is_intact(slot));
    vPortFree(slot.block);
}

static void worker(void *unused)
{
    (void)unused;
    for (int i = 0; i < OPERATIONS; i++) {
        operate();
        if (board_random_below(64) == 0) {
            taskYIELD();
        }
    }
    taskENTER_CRITICAL();
    workers_left = workers_left - 1;
    taskEXIT_CRITICAL();
    vTaskDelete(NULL);
}

static void test_preemption(void)
{
    uint32_t checks = 0;

    workers_left = WORKERS;
    isr_allocates = true;
    for (int i = 0; i < WORKERS; i++) {
        TaskHandle_t handle = NULL;

        CHECK(xTaskCreate(worker, "worker", STACK_WORDS, NULL, tskIDLE_PRIORITY + 1, &handle) ==
              pdPASS);
        worker_serials[i] = hl_freertos_serial(handle);
    }
    while (workers_left > 0) {
        vTaskDelay(1);
        check_heaps(); /* the books balance while they work */
        checks++;
    }
    isr_allocates = false;
    vTaskDelay(pdMS_TO_TICKS(20)); /* the idle task frees their stacks */
    for (int i = 0; i < SLOTS; i++) {
        vPortFree(slots[i].block);
    }
    for (int i = 0; i < WORKERS; i++) {
        CHECK(held_by(worker_serials[i]) == 0);
    }
    check_heaps();
    printf("pre-emption: %d operations, %lu ticks with allocations, %lu checks meanwhile\n",
           WORKERS * OPERATIONS, (unsigned long)isr_rounds, (unsigned long)checks);
}

/* 5. Tasks by the thousand: dynamic ones that end by themselves, static ones that are deleted. */
static volatile uint32_t ended;
static void *leaked;

static void short_task(void *leak)
{
    void *block = pvPortMalloc(40);

    if (leak != NULL) {
        leaked = block;
    } else {
        vPortFree(block);
    }
    ended = ended + 1;
    vTaskDelete(NULL);
}

static void patient_task(void *unused)
{
    (void)unused;
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}

static bool is_among(TaskHandle_t handle, const TaskHandle_t *handles)
{
    for (int i = 0; i < SEEN_HANDLES; i++) {
        if (handles[i] == handle) {
            return true;
        }
    }
    return false;
}

static void test_many_tasks(void)
{
    static StackType_t stack[STACK_WORDS];
    static StaticTask_t tcb;
    uint32_t last = hl_freertos_serial(NULL), reused = 0;
    TaskHandle_t handle, seen[SEEN_HANDLES] = {NULL};

    for (uint32_t i = 0; i < TASKS_CREATED; i += 2) {
        uint32_t serial;

        ended = 0;
        CHECK(xTaskCreate(short_task, "short", STACK_WORDS, NULL, tskIDLE_PRIORITY + 2, &handle) ==
              pdPASS); /* it has run when we go on */
        reused += is_among(handle, seen) ? 1 : 0;
        seen[i / 2 % SEEN_HANDLES] = handle;
        CHECK(ended == 1);

        handle = xTaskCreateStatic(patient_task, "static", STACK_WORDS, NULL, tskIDLE_PRIORITY + 1,
                                   stack, &tcb);
        serial = hl_freertos_serial(handle);
        CHECK(serial > last + 1); /* the short one is in between */
        last = serial;
        vTaskDelete(handle);
        if (i % 8 == 0) {
            vTaskDelay(1); /* the idle task frees what the short ones leave */
        }
    }
    CHECK(reused > TASKS_CREATED / 4);
    printf("tasks: %d created and deleted, %lu with a handle that another one had before\n",
           TASKS_CREATED, (unsigned long)reused);
}

static void test_dead_task_that_owes(void)
{
    uint32_t serial;

    CHECK(xTaskCreate(short_task, "leaking", STACK_WORDS, &leaked, tskIDLE_PRIORITY + 2, NULL) ==
          pdPASS);
    vTaskDelay(pdMS_TO_TICKS(5));
    serial = hl_find_name(books(), "leaking");
    CHECK(serial != 0 && held_by(serial) >= 40);
    vPortFree(leaked);
    CHECK(held_by(serial) == 0);
}

static int run(const struct board_options *options)
{
    (void)options;
    test_before_the_scheduler();
    test_interrupt();
    test_masked();
    test_preemption();
    test_many_tasks();
    test_dead_task_that_owes();
    check_heaps();
    printf(failures == 0 ? "firmware_test: passed\n" : "firmware_test: FAILED\n");
    return failures == 0 ? BOARD_EXIT_OK : BOARD_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    static const struct board_app app = {
        .name = "firmware_test", .version = "", .summary = "", .rounds = 1, .run = run};

    before = pvPortMalloc(123);
    return board_run(argc, argv, &app);
}
