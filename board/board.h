/* SPDX-License-Identifier: MIT */
/* What every board gives to the examples, so that one source runs on all of them. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An example is one `struct board_app` and this main():
 *
 *     int main(int argc, char **argv)
 *     {
 *         return board_run(argc, argv, &app);
 *     }
 *
 * A board implements the functions below over a FreeRTOS kernel whose allocator is heapledger. One
 * without a command line ignores argc and argv and takes the defaults. Unless said otherwise the
 * functions are for tasks, and for main() before the scheduler starts; not for interrupts.
 */

enum board_format {
    BOARD_FORMAT_TEXT, /* for people */
    BOARD_FORMAT_WIRE, /* for the program on the computer */
};

struct board_options {
    bool realtime;            /* default: no. Boards that always run in real time ignore it. */
    bool keep_deleted;        /* default: HL_TRACK_DELETED_TASKS. Applied to the ledger already. */
    enum board_format format; /* default: text */
    uint32_t rounds;          /* default: board_app.rounds */
    uint32_t seed;            /* default: the board's choice. The generator is seeded with it. */
};

struct board_app {
    const char *name;    /* as in "NAME: message" */
    const char *version; /* for --version */
    const char *summary; /* what the program shows, one line or more, for --help */
    uint32_t rounds;     /* default number of rounds, not 0 */

    /* Runs in the task `main`, of priority 1 and with a stack of 4 KiB at least. What it returns is
     * the program's exit code. The options stay valid for ever. */
    int (*run)(const struct board_options *options);
};

/* Exit codes of every program. */
enum board_exit_code {
    BOARD_EXIT_OK = 0,
    BOARD_EXIT_FAILED = 1, /* it ran, and what it found is not as it should be */
    BOARD_EXIT_USAGE = 2,  /* wrong options */
    BOARD_EXIT_SYSTEM = 3, /* something outside the program cannot be had: memory, output */
};

/* Reads the options, sets up the heaps, starts the scheduler and runs the app in the task `main`.
 * Does not return where programs can end. Called once, from main(). */
int board_run(int argc, char **argv, const struct board_app *app);

/* Ends the program, with every task where it is. On a board that cannot end: stops. */
__attribute__((noreturn)) void board_exit(int code);

/* Writes to the data output (standard output, the console). All bytes are out when it returns, and
 * none of another task's are among them. When they cannot be written the program ends with
 * BOARD_EXIT_SYSTEM and a message. May be called with the scheduler suspended. */
void board_write(const char *text, size_t length);

/* As board_write, for what is said about the data: to standard error where there is one. */
void board_message(const char *text, size_t length);

/* Milliseconds since the scheduler started, in the board's time. Wraps after 49 days. */
uint32_t board_uptime_ms(void);

/* The next number of the seeded generator, the same on every board for the same seed. 0 is never
 * returned. */
uint32_t board_random(void);

/* A number from 0 to limit - 1, all equally likely; 0 when limit is 0 or 1. */
uint32_t board_random_below(uint32_t limit);

/* Starts the generator anew. board_run has done it with the seed of the options. */
void board_random_seed(uint32_t seed);

#ifdef __cplusplus
}
#endif

#endif
