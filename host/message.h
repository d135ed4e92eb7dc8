/* SPDX-License-Identifier: MIT */
/* Messages and progress, on stderr; how the program exits. */
#ifndef HOST_MESSAGE_H
#define HOST_MESSAGE_H

#include <stdint.h>

enum exit_code {
    EXIT_FINE = 0,
    EXIT_BREACH = 1,  /* the gate failed, or two logs differ */
    EXIT_USAGE = 2,   /* wrong options */
    EXIT_OPEN = 3,    /* a file or device cannot be opened, read or written */
    EXIT_DAMAGED = 4, /* the input is damaged, or there is nothing in it */
};

/* `heapledger: ...` and a line end. */
void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As it is, and a line end. */
void message_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says how far reading has got, if stderr is a terminal and it takes long. `total` 0: unknown. */
void message_progress(const char *source, uint64_t bytes, uint64_t total);
void message_progress_end(void);

#endif
