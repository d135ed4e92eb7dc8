/* SPDX-License-Identifier: MIT */
/* Heap task tracking in its simplest form: one call prints what a task holds. */
#include "board.h"
#include "heapledger/writers.h"
#include "heapledger_freertos.h"

#include "scenario.h"

#define NAME "heap_task_tracking"

/* Where the text goes: here, to the board's console. */
static int write_to_board(void *unused, const char *bytes, size_t count)
{
    (void)unused;
    board_write(bytes, count);
    return 0;
}

static int show(uint32_t serial)
{
    static const struct hl_sink sink = {.write = write_to_board};

    return hl_text_print(hl_freertos_instance(), serial, &sink);
}

static int run(const struct board_options *options)
{
    return scenario_run(NAME, options, show);
}

int main(int argc, char **argv)
{
    static const struct board_app app = {
        .name = NAME,
        .version = EXAMPLE_VERSION,
        .summary =
            "Runs a task that leaks and one that does not, and prints after each round which\n"
            "bytes of the heaps are whose; at the end, those of all tasks, dead ones too.",
        .rounds = SCENARIO_ROUNDS,
        .run = run,
    };

    return board_run(argc, argv, &app);
}
