/* SPDX-License-Identifier: MIT */
/* Programs of the board that go wrong; the environment variable MISBEHAVE says how. */
#define _GNU_SOURCE /* for MAP_FIXED_NOREPLACE */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "FreeRTOS.h"
#include "task.h"

#include "board.h"

static const char *how = "";

static bool asked_for(const char *what)
{
    return strcmp(how, what) == 0;
}

_Noreturn static void spin(void)
{
    volatile bool for_ever = true;

    while (for_ever) {
    }
    board_exit(BOARD_EXIT_OK); /* never */
}

static void spinner(void *unused)
{
    (void)unused;
    spin();
}

static void yielder(void *unused)
{
    (void)unused;
    for (;;) {
        taskYIELD();
    }
}

static int start(TaskFunction_t code, const char *name)
{
    if (xTaskCreate(code, name, configMINIMAL_STACK_SIZE, NULL, 2, NULL) != pdPASS) {
        return BOARD_EXIT_FAILED;
    }
    vTaskDelay(portMAX_DELAY); /* the task never lets time pass */
    return BOARD_EXIT_FAILED;
}

static int run(const struct board_options *options)
{
    (void)options;
    if (asked_for("spin-in-task")) {
        return start(spinner, "hog");
    }
    if (asked_for("yield-in-task")) {
        return start(yielder, "polite_hog");
    }
    if (asked_for("spin-in-critical-section")) {
        taskENTER_CRITICAL();
        spin();
    }
    if (asked_for("spin-suspended")) {
        vTaskSuspendAll();
        spin();
    }
    if (asked_for("spin-in-main")) {
        spin();
    }
    if (asked_for("fail-assertion")) {
        configASSERT(how == NULL);
    }
    if (asked_for("write-much")) {
        static char text[1000 * 1000];

        for (size_t i = 0; i < sizeof(text); i++) {
            text[i] = (char)('a' + i % 26);
        }
        board_write(text, sizeof(text)); /* in one call, and more than a pipe holds */
        return BOARD_EXIT_OK;
    }
    if (asked_for("wait")) {
        vTaskDelay(pdMS_TO_TICKS(60 * 1000)); /* of virtual time */
        return BOARD_EXIT_OK;
    }
    return 42; /* what an app returns is the exit code */
}

/* Something lies already where the heaps are to be. */
static void take(unsigned long address)
{
    void *place = (void *)address;

    if (mmap(place, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) !=
        place) {
        (void)fprintf(stderr, "the place was taken before\n");
        exit(99);
    }
}

int main(int argc, char **argv)
{
    static const struct board_app app = {
        .name = "misbehave",
        .version = "0",
        .summary = "Goes wrong as the environment variable MISBEHAVE says.",
        .rounds = 1,
        .run = run,
    };
    const char *asked = getenv("MISBEHAVE");

    if (asked != NULL) {
        how = asked;
    }
    if (asked_for("take-first-page")) {
        take(0x3fc95000UL);
    }
    if (asked_for("take-last-page")) {
        take(0x3fcee000UL);
    }
    if (asked_for("take-behind")) {
        take(0x3fcef000UL); /* not ours: must not matter */
    }
    return board_run(argc, argv, &app);
}
