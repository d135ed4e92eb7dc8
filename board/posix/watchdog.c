/* SPDX-License-Identifier: MIT */
/* Ends a simulation whose time stands still, and names the task that is to blame. */
#define _GNU_SOURCE /* glibc's switch, for nanosleep */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "FreeRTOS.h"
#include "task.h"

#include "posix_board.h"

/* The thread is none of the kernel's, and must not become the simulation's tick thread by mistake: it
 * goes past the wrapper in virtual_time.c. */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

#define LIMIT_VARIABLE "HEAPLEDGER_WATCHDOG_MS"

enum {
    DEFAULT_LIMIT_MS = 5000,
    MAX_LIMIT_MS = 24 * 60 * 60 * 1000,
    LOOKS = 20, /* looks per limit */
};

static atomic_int pauses;
static uint32_t limit;
static bool ticks_are_real;

uint32_t board_watchdog_limit(void)
{
    const char *text = getenv(LIMIT_VARIABLE);
    uint32_t limit_ms = DEFAULT_LIMIT_MS;

    if (text != NULL && !board_parse_number(text, 0, MAX_LIMIT_MS, &limit_ms)) {
        board_fail(BOARD_EXIT_USAGE, LIMIT_VARIABLE ": '%s' is not a number from 0 to %d", text,
                   MAX_LIMIT_MS);
    }
    return limit_ms;
}

void board_watchdog_pause(void)
{
    atomic_fetch_add(&pauses, 1);
}

void board_watchdog_resume(void)
{
    atomic_fetch_sub(&pauses, 1);
}

/* The task that runs has run ever since the last tick, or takes turns with others that never wait: its
 * control block is there, or was a moment ago, in memory that stays. Names are cut in case of that. */
_Noreturn static void end_simulation(void)
{
    TaskHandle_t running = xTaskGetCurrentTaskHandle();
    const char *name = running != NULL ? pcTaskGetName(running) : "(none)";
    char time[32];

    if (limit % 1000 == 0) {
        (void)snprintf(time, sizeof(time), "%u s", (unsigned)(limit / 1000));
    } else {
        (void)snprintf(time, sizeof(time), "%u ms", (unsigned)limit);
    }
    if (ticks_are_real) {
        board_say("task '%.*s' has kept ticks away for %s: in a critical section, or with the "
                  "scheduler suspended",
                  configMAX_TASK_NAME_LEN, name, time);
    } else {
        board_say("task '%.*s' has not blocked for %s: virtual time stands still",
                  configMAX_TASK_NAME_LEN, name, time);
    }
    _exit(BOARD_EXIT_FAILED); /* exit() could wait for what the stuck task holds */
}

static void sleep_ms(uint32_t ms)
{
    struct timespec time = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000L};

    (void)nanosleep(&time, NULL); /* no signal reaches this thread */
}

/* Counts its own looks, and does not ask the clock: a program that was halted by a debugger for an hour
 * has then not been stuck for an hour. */
static void *watch(void *unused)
{
    uint32_t interval = (limit + LOOKS - 1) / LOOKS;
    uint32_t waited = 0;
    TickType_t last = xTaskGetTickCount();

    (void)unused;
    while (waited < limit) {
        TickType_t now;

        sleep_ms(interval);
        now = xTaskGetTickCount();
        if (now != last || atomic_load(&pauses) > 0) {
            last = now;
            waited = 0;
        } else {
            waited += interval;
        }
    }
    end_simulation();
}

void board_watchdog_start(uint32_t limit_ms, bool realtime)
{
    sigset_t all, before;
    pthread_t thread;
    int error;

    if (limit_ms == 0) {
        return;
    }
    limit = limit_ms;
    ticks_are_real = realtime;
    /* The port's signals are for tasks only. */
    sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    error = __real_pthread_create(&thread, NULL, watch, NULL);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        board_fail(BOARD_EXIT_SYSTEM, "cannot start the watchdog: %s", strerror(error));
    }
    (void)pthread_detach(thread);
}
