/* SPDX-License-Identifier: MIT */
/* From main() to the example's first task, on a machine without an operating system. */
#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "heapledger_freertos.h"

enum {
    MAIN_STACK_BYTES = 4096,
    SEED = 7,
    LARGE_BYTES = 344400, /* as in the simulation */
    SMALL_BYTES = 22308,
};

/* What there is to say in the board's place: see the options of the simulation. */
static struct board_options the_options = {
    .realtime = true,
    .keep_deleted = true,
    .format = BOARD_FORMAT_TEXT,
    .seed = SEED,
};
static const struct board_app *the_app;

static _Alignas(HL_ALIGN) char large[LARGE_BYTES], small[SMALL_BYTES];

static void main_task(void *unused)
{
    (void)unused;
    board_exit(the_app->run(&the_options));
}

static void give_heaps(void)
{
    /* Internal memory, for data of any width and for DMA: as on an ESP32-S3. */
    static const uint32_t caps = 0x0010580eUL;
    const struct hl_heap_desc heaps[] = {
        {.start = small, .size = sizeof(small), .name = "RAM", .caps = {caps, 0, 0}},
        {.start = large, .size = sizeof(large), .name = "RAM", .caps = {caps, 0, 0}},
    };

    configASSERT(hl_freertos_define_heaps(heaps, sizeof(heaps) / sizeof(heaps[0])) == 0);
}

int board_run(int argc, char **argv, const struct board_app *app)
{
    BaseType_t created;

    (void)argc; /* no command line */
    (void)argv;
    the_app = app;
    the_options.rounds = app->rounds;
    board_random_seed(the_options.seed);
    give_heaps();
    created = xTaskCreate(main_task, "main", MAIN_STACK_BYTES / sizeof(StackType_t), NULL,
                          tskIDLE_PRIORITY + 1, NULL);
    configASSERT(created == pdPASS);
    (void)created;
    vTaskStartScheduler();
    board_exit(BOARD_EXIT_FAILED);
}
