/* SPDX-License-Identifier: MIT */
/* The command line of the programs that run as a simulation. */
#define _GNU_SOURCE /* glibc's switch, for getopt_long */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "posix_board.h"

enum {
    MAX_ROUNDS = 1000000,
    OPTION_REALTIME = 256, /* no option has a single letter */
    OPTION_SEED,
    OPTION_ROUNDS,
    OPTION_KEEP_DELETED,
    OPTION_FORMAT,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option long_options[] = {
    {"realtime", no_argument, NULL, OPTION_REALTIME},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"rounds", required_argument, NULL, OPTION_ROUNDS},
    {"keep-deleted", required_argument, NULL, OPTION_KEEP_DELETED},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

_Noreturn void board_hint_and_exit(const char *name)
{
    board_fail(BOARD_EXIT_USAGE, "try '%s --help'", name);
}

_Noreturn void board_wrong_value(const char *name, const char *option, const char *value,
                                 const char *wanted)
{
    board_say("option '--%s': '%s' is not %s", option, value, wanted);
    board_hint_and_exit(name);
}

bool board_parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *number)
{
    unsigned long value;

    /* strtoul would accept blanks and signs, and what follows the digits. */
    if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0') {
        return false;
    }
    errno = 0;
    value = strtoul(text, NULL, 10);
    if (errno != 0 || value < min || value > max) {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

/* Index of `value` among two words, or an end with a message. */
static int one_of(const struct board_app *app, const char *option, const char *value,
                  const char *const words[2])
{
    char wanted[64];

    for (int i = 0; i < 2; i++) {
        if (strcmp(value, words[i]) == 0) {
            return i;
        }
    }
    (void)snprintf(wanted, sizeof(wanted), "'%s' or '%s'", words[0], words[1]);
    board_wrong_value(app->name, option, value, wanted);
}

/* Writes what snprintf made of a buffer of `size` bytes, and ends. */
_Noreturn static void show_and_exit(const char *text, int length, size_t size)
{
    board_write(text, (size_t)length < size ? (size_t)length : size - 1);
    board_exit(BOARD_EXIT_OK);
}

_Noreturn static void show_help(const struct board_app *app)
{
    char text[4096];
    int length = snprintf(
        text, sizeof(text),
        "Usage: %s [OPTION]...\n"
        "%s\n"
        "\n"
        "  --realtime             let ticks come in real time (default: virtual time, in which\n"
        "                         waiting takes none and every run of a seed is the same)\n"
        "  --seed N               random numbers start from N, 0 to 4294967295\n"
        "                         (default: chosen at random and shown on standard error)\n"
        "  --rounds N             rounds to run, 1 to %d (default: %lu)\n"
        "  --keep-deleted=yes|no  keep deleted tasks that owe nothing in the list (default: %s)\n"
        "  --format text|wire     how to report (default: text)\n"
        "  --help                 show this and exit\n"
        "  --version              show the version and exit\n"
        "\n"
        "HEAPLEDGER_WATCHDOG_MS=N in the environment ends the program when no tick has come for N\n"
        "real milliseconds (default: 5000; 0: never).\n"
        "\n"
        "Exit codes: 0 fine, 1 failed, 2 wrong options, 3 memory or output cannot be had.\n",
        app->name, app->summary, MAX_ROUNDS, (unsigned long)app->rounds,
        HL_TRACK_DELETED_TASKS ? "yes" : "no");

    show_and_exit(text, length, sizeof(text));
}

_Noreturn static void show_version(const struct board_app *app)
{
    char text[256];
    int length = snprintf(text, sizeof(text), "%s %s\n", app->name, app->version);

    show_and_exit(text, length, sizeof(text));
}

uint32_t board_choose_seed(void)
{
    uint32_t seed;

    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed)) {
        board_fail(BOARD_EXIT_SYSTEM, "cannot get a random seed: %s", strerror(errno));
    }
    board_say("random seed; the same run again: --seed %lu", (unsigned long)seed);
    return seed;
}

static void apply_option(int option, const struct board_app *app, struct board_options *options)
{
    static const char *const yes_no[] = {"no", "yes"};
    static const char *const formats[] = {
        [BOARD_FORMAT_TEXT] = "text",
        [BOARD_FORMAT_WIRE] = "wire",
    };

    switch (option) {
    case OPTION_REALTIME:
        options->realtime = true;
        break;
    case OPTION_SEED:
        if (!board_parse_number(optarg, 0, UINT32_MAX, &options->seed)) {
            board_wrong_value(app->name, "seed", optarg, "a number from 0 to 4294967295");
        }
        break;
    case OPTION_ROUNDS:
        if (!board_parse_number(optarg, 1, MAX_ROUNDS, &options->rounds)) {
            board_wrong_value(app->name, "rounds", optarg, "a number from 1 to 1000000");
        }
        break;
    case OPTION_KEEP_DELETED:
        options->keep_deleted = one_of(app, "keep-deleted", optarg, yes_no) == 1;
        break;
    case OPTION_FORMAT:
        options->format = (enum board_format)one_of(app, "format", optarg, formats);
        break;
    case OPTION_HELP:
        show_help(app);
    case OPTION_VERSION:
        show_version(app);
    default: /* getopt_long has said what is wrong */
        board_hint_and_exit(app->name);
    }
}

void board_read_options(int argc, char **argv, const struct board_app *app,
                        struct board_options *options)
{
    bool seed_given = false;
    int option;

    *options = (struct board_options){
        .keep_deleted = HL_TRACK_DELETED_TASKS != 0,
        .format = BOARD_FORMAT_TEXT,
        .rounds = app->rounds,
    };
    if (argc > 0) {
        argv[0] = program_invocation_short_name; /* getopt_long puts it before its messages */
    }
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        apply_option(option, app, options);
        seed_given = seed_given || option == OPTION_SEED;
    }
    if (optind < argc) {
        board_say("unexpected argument '%s'", argv[optind]);
        board_hint_and_exit(app->name);
    }
    if (!seed_given) {
        options->seed = board_choose_seed();
    }
}
