/* SPDX-License-Identifier: MIT */
/* The heapledger command: finds the subcommand. */
#include <signal.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

const struct command *const commands[] = {
    &command_show,   &command_check,  &command_diff, &command_export,
    &command_record, &command_report, NULL,
};

static void print_help(FILE *out)
{
    fputs("usage: heapledger COMMAND [OPTION...] [SOURCE]\n\n"
          "Says who holds the memory of a device, whether it grows, and who will never give it\n"
          "back: from what its firmware prints.\n\nCommands:\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, "  %-8s %s\n", commands[i]->name, commands[i]->summary);
    }
    fputs("\nSOURCE is a log file, - for stdin, a serial device such as /dev/ttyUSB0, "
          "tcp:HOST:PORT,\n"
          "or -- and a command whose output is read.\n\n"
          "  heapledger show console.log\n"
          "  heapledger show --follow /dev/ttyUSB0\n"
          "  heapledger check --no-leaks -- ./simulation\n\n"
          "'heapledger COMMAND --help' says more. --version prints the version.\n"
          "Exit codes: 0 fine, 1 a check failed or logs differ, 2 wrong usage, 3 cannot open or\n"
          "write, 4 the input is damaged or holds nothing.\n",
          out);
}

static int run(int argc, char **argv)
{
    const char *word = argv[1];

    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(word, commands[i]->name) == 0) {
            return commands[i]->run(argc - 1, argv + 1);
        }
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        print_help(stdout);
        return EXIT_FINE;
    }
    if (strcmp(word, "--version") == 0) {
        printf("heapledger %s\n", HEAPLEDGER_VERSION);
        return EXIT_FINE;
    }
    fprintf(stderr, "heapledger: there is no command '%s'. See 'heapledger --help'.\n", word);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_DFL);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    return run(argc, argv);
}
