/* SPDX-License-Identifier: MIT */
/* On a machine of its own a failing program is told as it is: a computer shrinks it, given its seed. */
#include <stdio.h>

#include "support/shrink.h"

enum {
    LAST_OPS = 40 /* are told */
};

struct run {
    struct world *w;
    const struct op *ops;
    size_t count;
};

static void run(void *context)
{
    const struct run *this_run = context;

    ops_run(this_run->w, this_run->ops, this_run->count);
}

bool shrink_passes(struct world *w, const struct op *ops, size_t count)
{
    struct run this_run = {w, ops, count};

    return world_try(run, &this_run);
}

size_t shrink(struct world *w, struct op *ops, size_t count, unsigned seconds)
{
    (void)w, (void)ops, (void)seconds;
    return ops_done < count ? ops_done : count;
}

void shrink_print(struct world *w, const struct op *ops, size_t count)
{
    struct say line;

    (void)w;
    fprintf(stderr, "%lu operations, the last of them:\n", (unsigned long)count - 1);
    for (size_t i = count > LAST_OPS ? count - LAST_OPS : 0; i < count; i++) {
        say_nothing(&line);
        ops_describe(&line, ops[i], i == 0);
        fprintf(stderr, "  %4lu  %s\n", (unsigned long)i, line.text);
    }
}

/* Exceptions end the program: see the machine's handlers. */
void shrink_catch_crashes(void)
{
}
