/* SPDX-License-Identifier: MIT */
/* Options that subcommands share. */
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

static void help(const struct command *command)
{
    printf("heapledger %s: %s\n\n%s", command->name, command->summary, command->help);
}

void options_wrong(struct options *options, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "heapledger %s: ", options->command->name);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nSee 'heapledger %s --help'.\n", options->command->name);
    options->exit_code = EXIT_USAGE;
}

static void read_color(struct options *options, const char *argument)
{
    static const char *const words[] = {"auto", "always", "never"};

    for (int i = 0; i < 3; i++) {
        if (strcmp(argument, words[i]) == 0) {
            options->color = (enum color)i;
            return;
        }
    }
    options_wrong(options, "--color is auto, always or never, not '%s'", argument);
}

static double read_number(struct options *options, const char *name, const char *argument)
{
    char *end;
    double number = strtod(argument, &end);

    if (end == argument || *end != 0 || !(number > 0 && number < 1e9)) {
        options_wrong(options, "--%s needs a number above 0, not '%s'", name, argument);
    }
    return number;
}

static void add_init(struct options *options, const char *name)
{
    *(const char **)memory_append((void **)&options->log.init.item, &options->log.init.count,
                                  sizeof(char *)) = name;
}

static bool read_shared(struct options *options, int option, const char *argument)
{
    switch (option) {
    case 'o':
        options->output = argument;
        break;
    case 'f':
        options->force = true;
        break;
    case 'q':
        options->log.quiet = true;
        break;
    case OPTION_BAUD:
        options->log.source.baud = (unsigned)read_number(options, "baud", argument);
        break;
    case OPTION_BYTES:
        options->bytes = true;
        break;
    case OPTION_COLOR:
        read_color(options, argument);
        break;
    case OPTION_DAMAGE:
        options->log.all_reports = true;
        break;
    case OPTION_FOLLOW:
        options->log.follow = true;
        break;
    case OPTION_INIT:
        add_init(options, argument);
        break;
    case OPTION_JSON:
        options->json = true;
        break;
    case OPTION_SECONDS:
        options->log.seconds = read_number(options, "seconds", argument);
        break;
    default:
        return false;
    }
    return true;
}

/* What is behind `--` is a command whose output is read. Returns the number of words before it. */
static int cut_command(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            options->log.source.command = i + 1 < argc ? argv + i + 1 : NULL;
            if (i + 1 == argc) {
                options_wrong(options, "there is no command behind --");
            }
            argv[i] = NULL;
            return i;
        }
    }
    return argc;
}

static void read_options(struct options *options, int argc, char **argv, const struct option *known,
                         options_own own, void *context)
{
    int option;

    optind = 0; /* getopt's state from the main command line is not ours */
    opterr = 0;
    while (options->exit_code < 0 &&
           (option = getopt_long(argc, argv, ":ho:fq", known, NULL)) != -1) {
        if (option == 'h') {
            help(options->command);
            options->exit_code = EXIT_FINE;
        } else if (option == OPTION_VERSION) {
            printf("heapledger %s\n", HEAPLEDGER_VERSION);
            options->exit_code = EXIT_FINE;
        } else if (option == ':') {
            options_wrong(options, "%s needs a value", argv[optind - 1]);
        } else if (option == '?') {
            options_wrong(options, "there is no option '%s', or it is not complete",
                          argv[optind > 1 ? optind - 1 : 1]);
        } else if ((own == NULL || !own(context, option, optarg)) &&
                   !read_shared(options, option, optarg)) {
            options_wrong(options, "-%c does not belong here", option);
        }
    }
}

static void read_specs(struct options *options, int argc, char **argv, size_t most)
{
    size_t count = (size_t)(argc - optind);
    bool command = options->log.source.command != NULL;

    if (count + command > most) {
        options_wrong(options, "'%s' is one source too many", argv[argc - 1]);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        options->specs[options->spec_count++] = argv[optind + (int)i];
    }
    if (count > 0 || command) {
        return;
    }
    if (isatty(STDIN_FILENO)) {
        options_wrong(options, "name a log: a file, a serial device, tcp:HOST:PORT, or -- COMMAND");
        return;
    }
    options->specs[options->spec_count++] = "-";
}

bool options_read(struct options *options, int argc, char **argv, const struct option *known,
                  size_t most, options_own own, void *context)
{
    options->exit_code = -1;
    options->log.source.baud = 115200;
    argc = cut_command(options, argc, argv);
    if (options->exit_code < 0) {
        read_options(options, argc, argv, known, own, context);
    }
    if (options->exit_code < 0) {
        read_specs(options, argc, argv, most);
    }
    return options->exit_code < 0;
}

void options_free(struct options *options)
{
    free(options->log.init.item);
    options->log.init.item = NULL;
}

FILE *options_output(const struct options *options)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (options->force ? O_TRUNC : O_EXCL);
    int fd;

    if (options->output == NULL) {
        return stdout;
    }
    fd = open(options->output, flags, 0666);
    if (fd < 0) {
        message_error("cannot write %s: %s%s", options->output, strerror(errno),
                      errno == EEXIST ? " (--force writes over it)" : "");
        return NULL;
    }
    return fdopen(fd, "w");
}

int options_close(const struct options *options, FILE *out)
{
    bool failed = ferror(out) != 0;

    failed = (out == stdout ? fflush(out) : fclose(out)) != 0 || failed;
    if (failed) {
        message_error("cannot write %s: %s",
                      options->output != NULL ? options->output : "the output", strerror(errno));
        return EXIT_OPEN;
    }
    if (options->output != NULL) {
        message_line("Wrote %s", options->output);
    }
    return EXIT_FINE;
}
