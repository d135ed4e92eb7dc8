/* SPDX-License-Identifier: MIT */
/* The seeded generator of the examples: the same numbers on every board. */
#include <stdint.h>

#include "FreeRTOS.h"
#include "task.h"

#include "board.h"

/* xorshift32 (G. Marsaglia, Xorshift RNGs, 2003, shifts 13, 17, 5): period 2^32 - 1, never 0. Good
 * enough to vary a scenario; not for secrets. */
static uint32_t state = 1;

static uint32_t step(uint32_t x)
{
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x;
}

void board_random_seed(uint32_t seed)
{
    /* Seeds are small numbers mostly, and neighbours: spread their bits before the first use. */
    uint32_t x = (seed + 1U) * 0x9e3779b1U;

    if (x == 0) {
        x = 1; /* 0 would stay 0: the last seed shares its numbers with one that nobody types */
    }
    for (int i = 0; i < 16; i++) {
        x = step(x);
    }
    state = x;
}

uint32_t board_random(void)
{
    /* Before the scheduler runs, and while it is suspended, nobody else can come in between; and a
     * critical section before the start would leave the interrupts off. */
    bool shared = xTaskGetSchedulerState() == taskSCHEDULER_RUNNING;
    uint32_t next;

    if (shared) {
        taskENTER_CRITICAL();
    }
    next = step(state);
    state = next;
    if (shared) {
        taskEXIT_CRITICAL();
    }
    return next;
}

uint32_t board_random_below(uint32_t limit)
{
    uint32_t fair, number;

    if (limit < 2) {
        return 0;
    }
    fair =
        UINT32_MAX - UINT32_MAX % limit; /* numbers 1 to fair hold each remainder equally often */
    do {
        number = board_random();
    } while (number > fair);
    return number % limit;
}
