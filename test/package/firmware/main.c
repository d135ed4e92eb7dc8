/* SPDX-License-Identifier: MIT */
/* A user's own firmware: a task that keeps a block, and the report that says so. */
#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "heapledger/writers.h"
#include "heapledger_freertos.h"

static void keeper(void *unused)
{
    static void *kept;

    (void)unused;
    kept = pvPortMalloc(1000);
    (void)kept;
    vTaskDelete(NULL);
}

static int to_console(void *context, const char *bytes, size_t count)
{
    (void)context;
    board_write(bytes, count);
    return 0;
}

static int run(const struct board_options *options)
{
    const struct hl_sink console = {.write = to_console};

    (void)options;
    if (xTaskCreate(keeper, "keeper", configMINIMAL_STACK_SIZE, NULL, 2, NULL) != pdPASS) {
        return BOARD_EXIT_SYSTEM;
    }
    return hl_text_print(hl_freertos_instance(), 0, &console) == 0 ? BOARD_EXIT_OK
                                                                   : BOARD_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    static const struct board_app app = {
        .name = "my_firmware", .version = "1", .summary = "", .rounds = 1, .run = run};

    return board_run(argc, argv, &app);
}
