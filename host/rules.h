/* SPDX-License-Identifier: MIT */
/* What a log is checked for: rules from the command line and from a file. */
#ifndef HOST_RULES_H
#define HOST_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limit {
    char *name; /* of a task or heap */
    uint64_t size;
};

struct rules {
    bool no_leaks, no_growth;
    struct limit *tasks;
    size_t task_count;
    struct limit *heaps;
    size_t heap_count;
    char *baseline;   /* a log; NULL: none */
    double tolerance; /* 0.02: 2 % more than the baseline is fine */
    char **init;
    size_t init_count;
};

/* `word` as on the command line, without dashes: no-leaks, max, ... NULL, or what is wrong; the
 * caller frees it. */
char *rules_add(struct rules *rules, const char *word, const char *value);

/* A rule per line, `max wifi=12KiB`; # begins a comment. False: a message is printed; *code is
 * how to exit. */
bool rules_read(struct rules *rules, const char *path, int *code);

bool rules_empty(const struct rules *rules);
void rules_free(struct rules *rules);

#endif
