/* SPDX-License-Identifier: MIT */
/* Two tasks allocate round after round; one forgets a block each time. Main looks into the books. */
#include <stdio.h>
#include <string.h>

#include "FreeRTOS.h"
#include "task.h"

#include "heapledger/writers.h"
#include "heapledger_freertos.h"

#include "scenario.h"
#include "verdict.h"

enum {
    FEWEST_BLOCKS = 2, /* that a task allocates in a round */
    MOST_BLOCKS = 5,
    SMALLEST_BYTES = 64,
    LARGEST_BYTES = 6144,
    SHORTEST_PAUSE_MS = 50, /* after each of them */
    LONGEST_PAUSE_MS = 250,
    CLEAN_UP_MS = 100, /* for the idle task to free the stacks of tasks that ended */
    TASK_STACK_BYTES = 2048,
    TASK_PRIORITY = tskIDLE_PRIORITY + 1,
};

/* What main tells the tasks, by task notification. */
enum order {
    RUN_A_ROUND,
    END,
};

static TaskHandle_t main_task;

static enum order wait_for_order(void)
{
    uint32_t order = END;

    (void)xTaskNotifyWait(0, 0, &order, portMAX_DELAY);
    return (enum order)order;
}

static void round_is_over(void)
{
    xTaskNotifyGive(main_task);
}

static uint32_t random_between(uint32_t least, uint32_t most)
{
    return least + board_random_below(most - least + 1);
}

/* Allocates a few blocks, with pauses. Returns how many; where memory ran out there is a NULL. */
static uint32_t allocate_some(void *blocks[MOST_BLOCKS])
{
    uint32_t count = random_between(FEWEST_BLOCKS, MOST_BLOCKS);

    for (uint32_t i = 0; i < count; i++) {
        blocks[i] = pvPortMalloc(random_between(SMALLEST_BYTES, LARGEST_BYTES));
        vTaskDelay(pdMS_TO_TICKS(random_between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS)));
    }
    return count;
}

/* Gives everything back. */
static void no_leak_task(void *unused)
{
    void *blocks[MOST_BLOCKS];

    (void)unused;
    while (wait_for_order() == RUN_A_ROUND) {
        uint32_t count = allocate_some(blocks);

        for (uint32_t i = 0; i < count; i++) {
            vPortFree(blocks[i]);
        }
        round_is_over();
    }
    vTaskDelete(NULL);
}

/* Forgets one block in each round. */
static void leaking_task(void *unused)
{
    void *blocks[MOST_BLOCKS];

    (void)unused;
    while (wait_for_order() == RUN_A_ROUND) {
        uint32_t count = allocate_some(blocks);
        uint32_t forgotten = board_random_below(count);

        for (uint32_t i = 0; i < count; i++) {
            if (i != forgotten) {
                vPortFree(blocks[i]);
            }
        }
        round_is_over();
    }
    vTaskDelete(NULL);
}

enum {
    WORKERS = 2
};

static struct worker {
    const char *name;
    TaskFunction_t run;
    TaskHandle_t handle;
    uint32_t serial; /* names the task in the ledger, also when the handle is no more */
} workers[WORKERS] = {
    {.name = "no_leak_task", .run = no_leak_task},
    {.name = "leaking_task", .run = leaking_task},
};

static bool create_workers(void)
{
    main_task = xTaskGetCurrentTaskHandle();
    for (int i = 0; i < WORKERS; i++) {
        struct worker *w = &workers[i];

        if (xTaskCreate(w->run, w->name, TASK_STACK_BYTES / sizeof(StackType_t), NULL,
                        TASK_PRIORITY, &w->handle) != pdPASS) {
            return false;
        }
        w->serial = hl_freertos_serial(w->handle);
    }
    return true;
}

static void order_workers(enum order order)
{
    for (int i = 0; i < WORKERS; i++) {
        (void)xTaskNotify(workers[i].handle, (uint32_t)order, eSetValueWithOverwrite);
    }
}

static void run_a_round(void)
{
    order_workers(RUN_A_ROUND);
    for (int i = 0; i < WORKERS; i++) {
        (void)ulTaskNotifyTake(pdFALSE, portMAX_DELAY);
    }
}

static void write_string(const char *string)
{
    board_write(string, strlen(string));
}

static int write_to_board(void *unused, const char *bytes, size_t count)
{
    (void)unused;
    board_write(bytes, count);
    return 0;
}

/* One table: a heading, and what the program's own function shows. */
static int show_table(const char *heading, uint32_t serial, scenario_show *show)
{
#define RULE "--------------------------------------------------------------------------------\n"
    int result;

    write_string(RULE);
    write_string(heading);
    write_string("\n" RULE);
    result = show(serial);
    write_string("\n");
    return result;
}

/* For the program on the computer: all there is, in lines that it knows how to read. */
static int send_snapshot(const char *name, const struct board_options *options)
{
    static const struct hl_sink sink = {.write = write_to_board};
    static uint32_t number;
    char build[40];
    struct hl_wire_header header = {
        .boot = options->seed,
        .number = number++,
        .uptime_ms = board_uptime_ms(),
        .build = build,
        .blocks = true,
    };

    (void)snprintf(build, sizeof(build), "%s %s", name, EXAMPLE_VERSION);
    return hl_wire_snapshot(hl_freertos_instance(), &header, &sink);
}

/* What is reported after a round, about both tasks. */
static int report_round(const char *name, const struct board_options *options, scenario_show *show)
{
    int result = 0;

    if (options->format == BOARD_FORMAT_WIRE) {
        return send_snapshot(name, options);
    }
    for (int i = 0; i < WORKERS && result >= 0; i++) {
        result = show_table("PRINTING SINGLE TASK INFO", workers[i].serial, show);
    }
    return result;
}

static int report_end(const char *name, const struct board_options *options, scenario_show *show)
{
    if (options->format == BOARD_FORMAT_WIRE) {
        return send_snapshot(name, options);
    }
    return show_table("PRINTING ALL TASKS INFO", 0, show);
}

static int fail(const char *what, int error)
{
    char line[80];
    int length = snprintf(line, sizeof(line), "%s (error %d)\n", what, error);

    board_message(line, (size_t)length);
    return BOARD_EXIT_FAILED;
}

int scenario_run(const char *name, const struct board_options *options, scenario_show *show)
{
    struct verdict_task names[WORKERS];
    int result = 0;

    if (!create_workers()) {
        return fail("no memory for the tasks", 0);
    }
    for (uint32_t round = 0; round < options->rounds && result >= 0; round++) {
        run_a_round();
        result = report_round(name, options, show);
    }
    order_workers(END);
    vTaskDelay(pdMS_TO_TICKS(CLEAN_UP_MS));
    if (result >= 0) {
        result = report_end(name, options, show);
    }
    if (result < 0) {
        return fail("no report could be made", result);
    }
    for (int i = 0; i < WORKERS; i++) {
        names[i] = (struct verdict_task){.name = workers[i].name, .serial = workers[i].serial};
    }
    result = verdict_print(names, WORKERS);
    return result < 0 ? fail("no verdict could be reached", result) : BOARD_EXIT_OK;
}
