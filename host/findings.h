/* SPDX-License-Identifier: MIT */
/* What a check found: breaches, and rules that could not be judged. */
#ifndef HOST_FINDINGS_H
#define HOST_FINDINGS_H

#include <stdio.h>

#include "log.h"

enum outcome {
    OUTCOME_PASS,
    OUTCOME_BREACH,
    OUTCOME_UNKNOWN, /* the log does not say, or is damaged there */
};

struct finding {
    char *rule; /* `no-leaks`, `max wifi=12288` */
    enum outcome outcome;
    char *task, *heap;     /* NULL: all */
    uint64_t value, limit; /* UNKNOWN: none */
    char *why;
    uint64_t line;
};

struct findings {
    struct finding *item;
    size_t count;
};

/* Takes copies of the strings. */
struct finding *findings_add(struct findings *findings, const char *rule, enum outcome outcome,
                             const char *task, const char *heap);
size_t findings_count(const struct findings *findings, enum outcome outcome);
void findings_free(struct findings *findings);

/* As a file of JUnit's form: each finding is a test case. False: it cannot be written; a
 * message. */
bool junit_write(const char *path, const struct findings *findings, const char *source);

#endif
