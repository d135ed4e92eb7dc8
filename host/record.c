/* SPDX-License-Identifier: MIT */
/* heapledger record: keeps what a source sends, byte for byte. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"
#include "options.h"

static const char help[] =
    "usage: heapledger record [OPTION...] SOURCE -o FILE\n"
    "       heapledger record [OPTION...] -o FILE -- COMMAND ARG...\n\n"
    "Writes what comes to FILE at once, byte for byte: if it is killed, nothing that came is "
    "lost.\n\n"
    "  -o, --output FILE;  -f, --force writes over it\n"
    "  --append       behind what FILE has already\n"
    "  --seconds N    for N seconds (else to the end, or Ctrl-C)\n"
    "  --baud N       of a serial device (115200)\n"
    "  --tee          print it as well\n"
    "  -q, --quiet    no messages\n\n"
    "examples:\n"
    "  heapledger record /dev/ttyUSB0 -o console.log\n"
    "  heapledger record tcp:192.168.1.20:23 --seconds 600 -o console.log\n\n"
    "Exit codes: 0 fine, 2 wrong usage, 3 cannot open, read or write.\n";

enum {
    OPTION_APPEND = OPTION_OWN,
    OPTION_TEE,
};

enum {
    CHUNK = 64 * 1024,
    POLL_MS = 200,
};

struct record {
    struct options options;
    bool append, tee;
    struct source source;
    int out;
    uint64_t bytes;
};

static bool read_own(void *context, int option, const char *argument)
{
    struct record *record = context;

    (void)argument;
    record->append = record->append || option == OPTION_APPEND;
    record->tee = record->tee || option == OPTION_TEE;
    return option == OPTION_APPEND || option == OPTION_TEE;
}

static bool write_all(int fd, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(fd, bytes, count);

        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            return false;
        }
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* True: all of it was written. */
static bool copy(struct record *record, char *buffer)
{
    double seconds = record->options.log.seconds;
    double deadline = seconds > 0 ? now() + seconds : 0;

    while (!log_stopped() && (deadline == 0 || now() < deadline)) {
        struct pollfd poll_fd = {.fd = record->source.fd, .events = POLLIN};
        ssize_t count;

        if (record->source.live && poll(&poll_fd, 1, POLL_MS) <= 0) {
            continue;
        }
        count = source_read(&record->source, buffer, CHUNK);
        if (count <= 0) {
            return count == 0;
        }
        if (!write_all(record->out, buffer, (size_t)count)) {
            message_error("cannot write %s: %s", record->options.output, strerror(errno));
            return false;
        }
        if (record->tee && !write_all(STDOUT_FILENO, buffer, (size_t)count)) {
            record->tee = false;
        }
        record->bytes += (uint64_t)count;
        if (!record->tee) {
            message_progress(record->source.name, record->bytes, 0);
        }
    }
    return true;
}

static bool open_output(struct record *record)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC;

    flags |= record->append ? O_APPEND : record->options.force ? O_TRUNC : O_EXCL;
    record->out = open(record->options.output, flags, 0666);
    if (record->out < 0) {
        message_error("cannot write %s: %s%s", record->options.output, strerror(errno),
                      errno == EEXIST ? " (--force writes over it, --append behind it)" : "");
        return false;
    }
    return true;
}

static int record_all(struct record *record)
{
    char *buffer;
    bool fine;

    if (!source_open(&record->source, record->options.specs[0], &record->options.log.source)) {
        return EXIT_OPEN;
    }
    if (!open_output(record)) {
        source_close(&record->source, true);
        return EXIT_OPEN;
    }
    log_catch_stop();
    buffer = memory_new(CHUNK, 1);
    fine = copy(record, buffer);
    free(buffer);
    source_close(&record->source, true);
    if (close(record->out) != 0 || !fine) {
        return EXIT_OPEN;
    }
    if (!record->options.log.quiet) {
        message_line("Wrote %s: %" PRIu64 " bytes. Next: heapledger show %s",
                     record->options.output, record->bytes, record->options.output);
    }
    return EXIT_FINE;
}

static int run(int argc, char **argv)
{
    static const struct option known[] = {
        OPTIONS_READING,
        OPTIONS_WRITING,
        {"append", no_argument, NULL, OPTION_APPEND},
        {"tee", no_argument, NULL, OPTION_TEE},
        {NULL, 0, NULL, 0},
    };
    struct record record = {.options = {.command = &command_record}};

    if (options_read(&record.options, argc, argv, known, 1, read_own, &record)) {
        if (record.options.output == NULL) {
            options_wrong(&record.options, "say where to: -o FILE");
        } else {
            record.options.exit_code = record_all(&record);
        }
    }
    options_free(&record.options);
    return record.options.exit_code;
}

const struct command command_record = {
    .name = "record",
    .summary = "keep what a device prints, byte for byte",
    .help = help,
    .run = run,
};
