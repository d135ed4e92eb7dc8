/* SPDX-License-Identifier: MIT */
/* An hour in the life of a gateway: some of its tasks leak, grow, come and go. Main writes snapshots. */
#include <stdio.h>
#include <string.h>

#include "heapledger/writers.h"
#include "heapledger_freertos.h"

#include "tasks.h"

#define NAME "night_shift"

enum {
    ROUNDS = 120,
    ROUND_MS = 30 * 1000,
    UPDATE_ROUND = 36,       /* the update begins */
    PARSER_DIES_ROUND = 100, /* a watchdog deletes the parser; what it forgot stays */
    TASK_STACK_BYTES = 1024,
    TASK_PRIORITY = tskIDLE_PRIORITY + 1,
    QUEUE_LENGTH = 64,
};

QueueHandle_t night_readings;

static int write_to_board(void *unused, const char *bytes, size_t count)
{
    (void)unused;
    board_write(bytes, count);
    return 0;
}

bool night_start(TaskFunction_t run, const char *name, TaskHandle_t *handle)
{
    return xTaskCreate(run, name, TASK_STACK_BYTES / sizeof(StackType_t), NULL, TASK_PRIORITY,
                       handle) == pdPASS;
}

/* A line of the firmware's own log: the report has to find its way between such lines. */
static void say(const char *tag, const char *what)
{
    char line[100];
    int length = snprintf(line, sizeof(line), "I (%lu) %s: %s\n", (unsigned long)board_uptime_ms(),
                          tag, what);

    board_write(line, (size_t)length);
}

static int send_snapshot(const struct board_options *options, uint32_t number)
{
    static const struct hl_sink sink = {.write = write_to_board};
    const struct hl_wire_header header = {
        .boot = options->seed,
        .number = number,
        .uptime_ms = board_uptime_ms(),
        .build = NAME " " EXAMPLE_VERSION,
        .blocks = true,
    };

    return hl_wire_snapshot(hl_freertos_instance(), &header, &sink);
}

static int run(const struct board_options *options)
{
    TaskHandle_t parser = NULL;
    bool started;

    night_readings = xQueueCreate(QUEUE_LENGTH, sizeof(void *));
    started = night_readings != NULL && night_start(sensors_run, "sensors", NULL) &&
              night_start(uplink_run, "uplink", NULL) && night_start(logger_run, "logger", NULL) &&
              night_start(parser_run, "parser", &parser) &&
              night_start(sessions_run, "sessions", NULL) &&
              night_start(server_run, "server", NULL);
    if (!started) {
        say(NAME, "no memory for the tasks");
        return BOARD_EXIT_FAILED;
    }
    for (uint32_t round = 0; round <= options->rounds; round++) {
        if (send_snapshot(options, round) != 0) {
            say(NAME, "no snapshot could be taken");
            return BOARD_EXIT_FAILED;
        }
        if (round == UPDATE_ROUND && night_start(update_run, "update", NULL)) {
            say("update", "a new image is there");
        }
        if (round == PARSER_DIES_ROUND) {
            say("watchdog", "the parser does not answer; it is deleted");
            vTaskDelete(parser);
        }
        wait_ms(ROUND_MS);
    }
    return BOARD_EXIT_OK;
}

int main(int argc, char **argv)
{
    static const struct board_app app = {
        .name = NAME,
        .version = EXAMPLE_VERSION,
        .summary =
            "Runs a gateway for an hour (a round is half a minute) and writes a snapshot of all "
            "its\n"
            "blocks after each round, whatever --format says: a log for 'heapledger report'.",
        .rounds = ROUNDS,
        .run = run,
    };

    return board_run(argc, argv, &app);
}
