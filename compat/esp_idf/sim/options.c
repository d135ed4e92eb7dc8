/* SPDX-License-Identifier: MIT */
/* The command line of ESP-IDF programs on the computer. */
#define _GNU_SOURCE /* glibc's switch, for getopt_long */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "chip.h"
#include "sim.h"

enum {
    OPTION_CHIP = 256, /* no option has a single letter */
    OPTION_LIST_CHIPS,
    OPTION_PSRAM,
    OPTION_HEAP_START,
    OPTION_REALTIME,
    OPTION_SEED,
    OPTION_RUN_FOR,
    OPTION_HELP,
    OPTION_VERSION,
    MAX_RUN_FOR_S = 4000000,
};

static const struct option long_options[] = {
    {"chip", required_argument, NULL, OPTION_CHIP},
    {"list-chips", no_argument, NULL, OPTION_LIST_CHIPS},
    {"psram", required_argument, NULL, OPTION_PSRAM},
    {"heap-start", required_argument, NULL, OPTION_HEAP_START},
    {"realtime", no_argument, NULL, OPTION_REALTIME},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"run-for", required_argument, NULL, OPTION_RUN_FOR},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: %s [OPTION]...\n"
    "A program written for ESP-IDF, on the computer: the FreeRTOS kernel, the chip's heaps at the\n"
    "chip's addresses, and heapledger to say which task owns every byte.\n"
    "\n"
    "  --chip NAME        the chip whose memory it has (default: %s)\n"
    "  --list-chips       show the chips, their cores, heaps and sizes, and exit\n"
    "  --psram SIZE       fit external memory: bytes, or with a K or M behind (default: none)\n"
    "  --heap-start ADDR  first free byte after static data, such as 0x3fc955c0 (default: the\n"
    "                     chip table's)\n"
    "  --realtime         let ticks come in real time (default: virtual time, in which waiting\n"
    "                     takes none and every run of a seed is the same)\n"
    "  --seed N           random numbers start from N, 0 to 4294967295\n"
    "                     (default: chosen at random and shown on standard error)\n"
    "  --run-for SECONDS  end after so much of the program's time (default: when nothing is left\n"
    "                     to happen)\n"
    "  --help             show this and exit\n"
    "  --version          show the version and exit\n"
    "\n"
    "HEAPLEDGER_WATCHDOG_MS=N in the environment ends the program when no tick has come for N\n"
    "real milliseconds (default: 5000; 0: never).\n"
    "\n"
    "Exit codes: 0 fine, 1 failed, 2 wrong options, 3 memory or output cannot be had.\n";

_Noreturn static void wrong_value(const char *option, const char *value, const char *wanted)
{
    board_wrong_value(program_invocation_short_name, option, value, wanted);
}

/* "4M", "512K", "65536". */
static bool parse_size(const char *text, uint64_t *bytes)
{
    char digits[16];
    size_t length = strspn(text, "0123456789");
    const char *unit = text + length;
    uint32_t number;
    unsigned shift = 0;

    if (length == 0 || length >= sizeof(digits)) {
        return false;
    }
    memcpy(digits, text, length);
    digits[length] = '\0';
    if (!board_parse_number(digits, 0, UINT32_MAX, &number)) {
        return false;
    }
    if (*unit != '\0') {
        shift = *unit == 'k' || *unit == 'K' ? 10 : *unit == 'm' || *unit == 'M' ? 20 : 99;
        unit++;
    }
    if (shift == 99 || (*unit != '\0' && strcmp(unit, "B") != 0 && strcmp(unit, "iB") != 0)) {
        return false;
    }
    *bytes = (uint64_t)number << shift;
    return true;
}

static bool parse_address(const char *text, uint32_t *address)
{
    unsigned long value;
    char *end;

    if (strncmp(text, "0x", 2) != 0 || text[2] == '\0') {
        return false;
    }
    errno = 0;
    value = strtoul(text + 2, &end, 16);
    if (errno != 0 || *end != '\0' || text[2] == '-' || text[2] == '+' || value > UINT32_MAX) {
        return false;
    }
    *address = (uint32_t)value;
    return true;
}

/* Ends the program: nothing of it has run yet. */
_Noreturn static void show_and_exit(void)
{
    sim_exit(BOARD_EXIT_OK);
}

static void apply_option(int option, struct sim_options *options, struct chip_setup *setup)
{
    switch (option) {
    case OPTION_CHIP:
        setup->name = optarg;
        break;
    case OPTION_LIST_CHIPS:
        chip_print_list(stdout);
        show_and_exit();
    case OPTION_PSRAM:
        if (!parse_size(optarg, &setup->psram_bytes)) {
            wrong_value("psram", optarg, "a size such as 8M, 512K or 65536");
        }
        break;
    case OPTION_HEAP_START:
        if (!parse_address(optarg, &setup->heap_start)) {
            wrong_value("heap-start", optarg, "an address such as 0x3fc955c0");
        }
        break;
    case OPTION_REALTIME:
        options->realtime = true;
        break;
    case OPTION_SEED:
        if (!board_parse_number(optarg, 0, UINT32_MAX, &options->seed)) {
            wrong_value("seed", optarg, "a number from 0 to 4294967295");
        }
        break;
    case OPTION_RUN_FOR:
        if (!board_parse_number(optarg, 1, MAX_RUN_FOR_S, &options->run_for_s)) {
            wrong_value("run-for", optarg, "a number of seconds from 1 to 4000000");
        }
        break;
    case OPTION_HELP:
        (void)printf(help, program_invocation_short_name, CONFIG_IDF_TARGET);
        show_and_exit();
    case OPTION_VERSION:
        (void)printf("%s (heapledger %s)\n", program_invocation_short_name, SIM_VERSION);
        show_and_exit();
    default: /* getopt_long has said what is wrong */
        board_hint_and_exit(program_invocation_short_name);
    }
}

void sim_read_options(int argc, char **argv, struct sim_options *options)
{
    struct chip_setup setup = {.name = CONFIG_IDF_TARGET};
    bool seed_given = false;
    const char *problem;
    int option;

    *options = (struct sim_options){0};
    if (argc > 0) {
        argv[0] = program_invocation_short_name; /* getopt_long puts it before its messages */
    }
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        apply_option(option, options, &setup);
        seed_given = seed_given || option == OPTION_SEED;
    }
    if (optind < argc) {
        board_say("unexpected argument '%s'", argv[optind]);
        board_hint_and_exit(program_invocation_short_name);
    }
    problem = chip_choose(&setup);
    if (problem != NULL) {
        board_say("%s", problem);
        board_hint_and_exit(program_invocation_short_name);
    }
    if (!seed_given) {
        options->seed = board_choose_seed();
    }
}
