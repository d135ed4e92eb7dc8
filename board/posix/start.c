/* SPDX-License-Identifier: MIT */
/* From the command line to the example's first task. */
#include "FreeRTOS.h"
#include "task.h"

#include "heapledger_freertos.h"
#include "posix_board.h"

#define MAIN_STACK_BYTES 4096

static const struct board_app *the_app;
static struct board_options the_options;

static void main_task(void *unused)
{
    (void)unused;
    board_exit(the_app->run(&the_options));
}

static void give_heaps(void)
{
    const struct hl_heap_desc *heaps;
    size_t count = board_map_heaps(&heaps);
    int error = hl_freertos_define_heaps(heaps, count);

    if (error < 0) {
        board_fail(BOARD_EXIT_SYSTEM, "cannot set up the heaps: error %d", error);
    }
#if HL_TASK_TRACKING
    hl_keep_deleted(hl_freertos_instance(), the_options.keep_deleted);
#endif
}

int board_run(int argc, char **argv, const struct board_app *app)
{
    uint32_t watchdog_ms;

    the_app = app;
    board_console_open(app->name);
    board_read_options(argc, argv, app, &the_options);
    watchdog_ms = board_watchdog_limit();
    board_random_seed(the_options.seed);
    give_heaps();
    board_watchdog_start(watchdog_ms, the_options.realtime);
    if (xTaskCreate(main_task, "main", MAIN_STACK_BYTES / sizeof(StackType_t), NULL,
                    tskIDLE_PRIORITY + 1, NULL) != pdPASS) {
        board_fail(BOARD_EXIT_SYSTEM, "no memory for the task 'main'");
    }
    board_choose_time(the_options.realtime);
    vTaskStartScheduler();
    board_fail(BOARD_EXIT_FAILED, "the scheduler has ended");
}
