/* SPDX-License-Identifier: MIT */
/* How time passes in the simulation: as fast as the tasks allow, or as on the clock. */
#define _GNU_SOURCE /* glibc's switch, for nanosleep */
#include <pthread.h>
#include <time.h>

#include "FreeRTOS.h"
#include "task.h"

#include "posix_board.h"

/*
 * The kernel's POSIX port makes its ticks in a thread that sends a signal to the running task, at
 * moments that the computer's load decides. In virtual time that thread does nothing, and the idle
 * task makes the next tick: time passes when every task waits, and only then. Nothing depends on the
 * clock any more, so a run repeats exactly, and waiting costs nothing.
 *
 * The port creates its tick thread like any other. The linker sends its calls of pthread_create here
 * (-Wl,--wrap=pthread_create).
 */

/* The names that the linker's --wrap prescribes. */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

static bool ticks_are_real;
static bool tick_thread_expected;

static void *do_nothing(void *unused)
{
    (void)unused;
    return NULL;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    /* Tasks are created with attributes, the tick thread without. */
    if (attributes == NULL && tick_thread_expected) {
        tick_thread_expected = false;
        start = do_nothing;
    }
    return __real_pthread_create(thread, attributes, start, argument);
}

void board_choose_time(bool realtime)
{
    ticks_are_real = realtime;
    tick_thread_expected = !realtime;
}

/* What the tick interrupt does, in the place of which this stands. xTaskCatchUpTicks leaves the tick
 * hook out. As in the interrupt, nothing may come between, and a task that the hook wakes runs after
 * the tick is counted. */
static void make_tick(void)
{
    taskENTER_CRITICAL();
    vApplicationTickHook();
    taskEXIT_CRITICAL();
    (void)xTaskCatchUpTicks(1);
}

void vApplicationIdleHook(void)
{
    const struct timespec one_tick = {.tv_nsec = 1000000000L / configTICK_RATE_HZ};

    if (ticks_are_real) {
        (void)nanosleep(&one_tick, NULL); /* the signal of the next tick ends it early */
        return;
    }
    configASSERT(!tick_thread_expected); /* else real ticks come in between, and no run repeats */
    make_tick();
}

uint32_t board_uptime_ms(void)
{
    return (uint32_t)xTaskGetTickCount() * (1000U / configTICK_RATE_HZ);
}
