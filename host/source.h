/* SPDX-License-Identifier: MIT */
/* Where a log comes from: a file, stdin, a serial device, a TCP connection, a command. */
#ifndef HOST_SOURCE_H
#define HOST_SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct source {
    const char *name; /* in messages */
    int fd;
    pid_t child;    /* of a command; else 0 */
    bool live;      /* bytes come when they come */
    bool file;      /* may grow: can be followed */
    uint64_t bytes; /* of a file; 0: unknown */
};

struct source_options {
    unsigned baud;
    char *const *command; /* behind `--`; NULL: none */
};

/* `spec`: a path, `-`, or `tcp:HOST:PORT`. False: it cannot be opened, a message is printed. */
bool source_open(struct source *source, const char *spec, const struct source_options *options);

/* Bytes read; 0: the end; negative: an error, a message is printed. */
ssize_t source_read(struct source *source, char *buffer, size_t room);

/* Ends a command that still runs. Returns its exit status, 128 + a signal's number, or 0. */
int source_close(struct source *source, bool stopped);

/* Kinds of their own: they return a file descriptor, or -1 with a message. */
int source_serial(const char *path, int fd, unsigned baud);
int source_tcp(const char *spec);
int source_command(char *const *command, pid_t *child);

#endif
