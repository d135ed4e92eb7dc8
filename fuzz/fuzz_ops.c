/* SPDX-License-Identifier: MIT */
/* libFuzzer on the operations of the model test: any bytes are a program, four to an operation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/ops.h"

enum {
    MOST_OPS = 1000
};

static struct world world;
static struct op program[MOST_OPS];
static size_t count;

static void run(void *context)
{
    (void)context;
    ops_run(&world, program, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    count = size / sizeof program[0] < MOST_OPS ? size / sizeof program[0] : MOST_OPS;
    memcpy(program, data, count * sizeof program[0]);
    if (!world_try(run, NULL)) {
        fprintf(stderr,
                "operation %zu: %s\nThe input is a program for test_model: it shortens it.\n",
                ops_done - 1, world_failure.text);
        abort();
    }
    return 0;
}
