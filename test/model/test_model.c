/* SPDX-License-Identifier: MIT */
/* The model test: random operations, all invariants after every one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/ops.h"
#include "support/shrink.h"

#ifndef TEST_ON_TARGET
#include <time.h>
#include <unistd.h>
#endif

/* How many per cent of HL_TEST_OPS this variant does. */
#ifndef MODEL_SHARE
#define MODEL_SHARE 100
#endif

/* HL_TEST_OPS unless it is set: there is no environment on a machine of its own. */
#ifndef MODEL_OPS
#define MODEL_OPS 100000
#endif

enum {
    MOST_OPS = 4000,     /* in one world */
    SHRINK_SECONDS = 60, /* unless HL_TEST_SHRINK says otherwise */
};

static struct world world;
static struct op program[MOST_OPS + 1];
static uint32_t random_state;

static uint32_t next_random(void)
{
    random_state += 0x9e3779b9U;
    uint32_t x = random_state;

    x = (x ^ x >> 16) * 0x85ebca6bU;
    x = (x ^ x >> 13) * 0xc2b2ae35U;
    return x ^ x >> 16;
}

/* How often each kind comes, on the average. */
static const uint8_t usual[OP_KINDS] = {
    [OP_MALLOC] = 40,  [OP_CALLOC] = 10, [OP_ALIGNED] = 10, [OP_REALLOC] = 25, [OP_FREE] = 60,
    [OP_ODD] = 2,      [OP_SWITCH] = 20, [OP_CREATE] = 12,  [OP_DELETE] = 10,  [OP_RENAME] = 2,
    [OP_TRANSFER] = 8, [OP_LIMIT] = 6,   [OP_CHARGE] = 4,   [OP_CREDIT] = 4,   [OP_MAINTAIN] = 6,
    [OP_SETTLE] = 3,   [OP_KEEP] = 1,    [OP_RESET] = 1,    [OP_ADD_HEAP] = 2, [OP_WRONG] = 10,
    [OP_DAMAGE] = 6,   [OP_WALK] = 12,   [OP_VISIT] = 3,    [OP_SNAPSHOT] = 3, [OP_FACTS] = 4,
};

/* Each world has a mood: some kinds come more often there, some less or never. */
static void choose_weights(unsigned weights[OP_KINDS])
{
    for (unsigned kind = 0; kind < OP_KINDS; kind++) {
        static const uint8_t factors[] = {4, 4, 4, 4, 4, 0, 1, 12};

        weights[kind] = usual[kind] * factors[next_random() % sizeof factors];
    }
    weights[OP_MALLOC] += 40;
}

static uint8_t choose_kind(const unsigned weights[OP_KINDS], unsigned total)
{
    unsigned at = next_random() % total;
    uint8_t kind = 0;

    while (at >= weights[kind]) {
        at -= weights[kind++];
    }
    return kind;
}

static size_t make_program(uint32_t seed, size_t most)
{
    unsigned weights[OP_KINDS];
    unsigned total = 0;
    bool few; /* blocks and tasks, which more often meet each other again */
    size_t count;

    random_state = seed;
    count = 2 + next_random() % (next_random() % 4 == 0 ? MOST_OPS : MOST_OPS / 8);
    if (count > most + 1) {
        count = most + 1;
    }
    few = next_random() % 4 == 0;
    choose_weights(weights);
    for (unsigned kind = 0; kind < OP_KINDS; kind++) {
        total += weights[kind];
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t random = next_random();

        program[i].kind = i == 0 ? (uint8_t)(random >> 24) : choose_kind(weights, total);
        program[i].a = (uint8_t)random;
        program[i].b = (uint8_t)(random >> 8);
        program[i].c = (uint8_t)(random >> 16);
        if (few && i != 0) {
            program[i].a %= 8;
        }
    }
    if (program[0].c % 6 == 0) {
        program[0].c++; /* hardly anything can be done without a heap */
    }
    return count;
}

static unsigned long number_from(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);

    return text != NULL && *text != 0 ? strtoul(text, NULL, 0) : otherwise;
}

static int tell_failure(size_t count)
{
    fprintf(stderr, "failed: %s\n", world_failure.text);
    count = shrink(&world, program, count, (unsigned)number_from("HL_TEST_SHRINK", SHRINK_SECONDS));
    shrink_print(&world, program, count);
    return EXIT_FAILURE;
}

#ifdef TEST_ON_TARGET
/* No clock, no files: the same operations in every run. */
static unsigned long any_seed(void)
{
    return 1;
}

static int run_files(int count, char **paths)
{
    (void)count, (void)paths;
    return EXIT_FAILURE;
}
#else
static unsigned long any_seed(void)
{
    return (unsigned long)time(NULL) * 2654435761U + (unsigned long)getpid();
}

/* Runs a program out of a file of bytes. */
static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t count;

    if (file == NULL) {
        perror(path);
        return 3;
    }
    count = fread(program, sizeof program[0], MOST_OPS, file);
    fclose(file);
    if (!shrink_passes(&world, program, count)) {
        fprintf(stderr, "%s: ", path);
        return tell_failure(count);
    }
    return EXIT_SUCCESS;
}

static int run_files(int count, char **paths)
{
    int result = EXIT_SUCCESS;

    for (int i = 0; i < count && result == EXIT_SUCCESS; i++) {
        result = run_file(paths[i]);
    }
    if (result == EXIT_SUCCESS) {
        printf("%d programs pass\n", count);
    }
    return result;
}
#endif

int main(int argc, char **argv)
{
    unsigned long wanted = number_from("HL_TEST_OPS", MODEL_OPS) / 100 * MODEL_SHARE;
    uint32_t seed = (uint32_t)number_from("HL_TEST_SEED", any_seed());
    unsigned long worlds = 0;

    shrink_catch_crashes();
    if (argc > 1) {
        return run_files(argc - 1, argv + 1);
    }
    printf("%lu operations, HL_TEST_SEED=%lu\n", wanted, (unsigned long)seed);
    fflush(stdout);
    for (unsigned long done = 0; done < wanted; worlds++) {
        size_t count = make_program(seed + (uint32_t)worlds * 0x632be5abU, wanted - done);

        if (!shrink_passes(&world, program, count)) {
            fprintf(stderr, "HL_TEST_SEED=%lu, world %lu: ", (unsigned long)seed, worlds);
            return tell_failure(count);
        }
        done += count - 1;
    }
    printf("all that must hold held after each, in %lu worlds\n", worlds);
    return EXIT_SUCCESS;
}
