/* SPDX-License-Identifier: MIT */
/* Options that subcommands share, and the table of subcommands. */
#ifndef HOST_OPTIONS_H
#define HOST_OPTIONS_H

#include <getopt.h>
#include <stdio.h>

#include "log.h"
#include "message.h"

struct command {
    const char *name;
    const char *summary;
    const char *help; /* behind the line of its usage */
    int (*run)(int argc, char **argv);
};

extern const struct command command_show;
extern const struct command command_check;
extern const struct command command_diff;
extern const struct command command_export;
extern const struct command command_record;
extern const struct command command_report;

/* All of them, up to a NULL. */
extern const struct command *const commands[];

enum {
    OPTIONS_SPECS = 64, /* sources that one command takes */
};

enum color {
    COLOR_AUTO,
    COLOR_ALWAYS,
    COLOR_NEVER,
};

struct options {
    const struct command *command;
    struct log_options log;
    const char *specs[OPTIONS_SPECS]; /* what is to be read */
    size_t spec_count;
    const char *output; /* NULL: stdout */
    bool force;         /* an existing output is written over */
    bool json;
    bool bytes; /* exact sizes */
    enum color color;
    int exit_code; /* the program ends with it: of --help, or of a wrong option; -1: it goes on */
};

/* Values of the shared long options; those of a subcommand begin at OPTION_OWN. */
enum {
    OPTION_BAUD = 256,
    OPTION_BYTES,
    OPTION_COLOR,
    OPTION_DAMAGE,
    OPTION_FOLLOW,
    OPTION_INIT,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_SECONDS,
    OPTION_VERSION,
    OPTION_OWN,
};

#define OPTIONS_READING                                                                            \
    {"baud", required_argument, NULL, OPTION_BAUD}, {"damage", no_argument, NULL, OPTION_DAMAGE},  \
        {"help", no_argument, NULL, 'h'}, {"init", required_argument, NULL, OPTION_INIT},          \
        {"quiet", no_argument, NULL, 'q'}, {"seconds", required_argument, NULL, OPTION_SECONDS},   \
    {                                                                                              \
        "version", no_argument, NULL, OPTION_VERSION                                               \
    }

#define OPTIONS_WRITING                                                                            \
    {"output", required_argument, NULL, 'o'},                                                      \
    {                                                                                              \
        "force", no_argument, NULL, 'f'                                                            \
    }

#define OPTIONS_VIEW                                                                               \
    {"bytes", no_argument, NULL, OPTION_BYTES}, {"color", required_argument, NULL, OPTION_COLOR},  \
    {                                                                                              \
        "json", no_argument, NULL, OPTION_JSON                                                     \
    }

/* Where a subcommand's own options go: true when `option` is one and was taken. */
typedef bool (*options_own)(void *context, int option, const char *argument);

/* Reads the command line into `options`. At most `most` sources are taken; without one it is
 * stdin, if that is no terminal. False: the program ends with options->exit_code. */
bool options_read(struct options *options, int argc, char **argv, const struct option *known,
                  size_t most, options_own own, void *context);
void options_free(struct options *options);

/* A wrong option: a message that names it, and where help is. Sets the exit code. */
void options_wrong(struct options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Opens the output. NULL: it cannot be, or is there already; a message is printed. */
FILE *options_output(const struct options *options);
/* Closes it, and says that it was written. Returns EXIT_FINE or EXIT_OPEN. */
int options_close(const struct options *options, FILE *out);

#endif
