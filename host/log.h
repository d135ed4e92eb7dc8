/* SPDX-License-Identifier: MIT */
/* A log that is read: its snapshots, what is wrong with it, and what each task's figures did
 * meanwhile. */
#ifndef HOST_LOG_H
#define HOST_LOG_H

#include "history.h"
#include "source.h"
#include "verdict.h"

struct report {
    uint64_t line;
    char *what;
    bool damage; /* false: a note */
};

struct log;

struct log_options {
    struct source_options source;
    struct init_names init;
    double seconds;   /* a live source is read for so long; 0: to its end */
    bool follow;      /* a file is read on when it grows */
    bool quiet;       /* no messages about the log's lines */
    bool all_reports; /* all messages, not only the first ones */
    uint64_t at;      /* keep the snapshot of that index as well; 0: none */
    bool keep_all;
    /* Each snapshot as it comes, judged. NULL: nobody asks. */
    void (*each)(void *context, struct snapshot *snapshot);
    void *context;
};

/* A heap's size that a print showed with 16 bits, as another print proved. */
struct cut_size {
    char *heap;
    uint64_t caps, size;
};

struct log {
    char *source;
    const struct log_options *options;
    struct history *history;
    struct snapshot **kept; /* by keep_all or at */
    size_t kept_count;
    /* What is known at the end: of each boot the last print of all tasks, and those of single
     * tasks behind it. Owned, unless they are kept. */
    struct snapshot **last;
    size_t last_count;
    uint64_t snapshots;
    uint64_t damaged; /* lines and prints */
    uint64_t notes;
    struct report *reports; /* the first ones */
    size_t report_count;
    struct cut_size *cut;
    size_t cut_count;
    uint64_t lines, bytes;
    int command_status; /* of a command that was the source */
};

/* Reads a source to its end. NULL: it cannot be opened or read; a message is printed. */
struct log *log_read(const char *spec, const struct log_options *options);
void log_free(struct log *log);

/* The newest snapshot that has tasks, or else the newest; the one that was asked for by `at`.
 * NULL: none. It is judged. */
struct snapshot *log_newest(struct log *log);
struct snapshot *log_at(struct log *log, uint64_t index);

/* Judges all of `last`. */
void log_judge(struct log *log);

/* Did the user press Ctrl-C? Reading ends then as at the end of the log. */
bool log_stopped(void);
void log_catch_stop(void);

#endif
