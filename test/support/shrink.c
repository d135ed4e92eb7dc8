/* SPDX-License-Identifier: MIT */
/* Shrinking of failing programs; on a computer only. */
#include "support/shrink.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    HANG_SECONDS = 10
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
    bool passed;

    alarm(HANG_SECONDS);
    passed = world_try(run, &this_run);
    alarm(0);
    return passed;
}

static void on_signal(int number)
{
    world_crashed(number == SIGALRM ? "it hangs" : "it crashes");
    signal(number, SIG_DFL);
    raise(number);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAVE_SANITIZER
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define HAVE_SANITIZER
#endif

void shrink_catch_crashes(void)
{
    static const int signals[] = {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_NODEFER; /* the handler is left by a jump */
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
#ifdef HAVE_SANITIZER
        if (signals[i] != SIGALRM) {
            continue; /* it says more than we could */
        }
#endif
        sigaction(signals[i], &action, NULL);
    }
}

/* What a failure says, without the numbers: shrinking keeps to one. */
static char failure_kind[sizeof world_failure.text];

static void kind_of_failure(char *to)
{
    const char *from = world_failure.text;

    for (; *from != 0; from++) {
        if (!(*from >= '0' && *from <= '9')) {
            *to++ = *from;
        }
    }
    *to = 0;
}

static bool still_fails(struct world *w, const struct op *ops, size_t count)
{
    static char kind[sizeof failure_kind];

    if (shrink_passes(w, ops, count)) {
        return false;
    }
    kind_of_failure(kind);
    return strncmp(kind, failure_kind, 16) == 0;
}

/* Leaves out runs of operations, halves first, then smaller ones. The first entry stays. */
static size_t leave_out(struct world *w, struct op *ops, size_t count, time_t end)
{
    static struct op without[1 << 16];

    for (size_t size = count / 2; size > 0; size /= 2) {
        for (size_t at = 1; at + size <= count && time(NULL) < end;) {
            memcpy(without, ops, at * sizeof *ops);
            memcpy(without + at, ops + at + size, (count - at - size) * sizeof *ops);
            if (still_fails(w, without, count - size)) {
                count = ops_done;
                memcpy(ops, without, count * sizeof *ops);
            } else {
                at += size;
            }
        }
    }
    return count;
}

/* Puts smaller numbers. */
static void simplify(struct world *w, struct op *ops, size_t count, time_t end)
{
    for (size_t i = 0; i < count && time(NULL) < end; i++) {
        uint8_t *bytes[] = {&ops[i].a, &ops[i].b, &ops[i].c};

        for (size_t k = 0; k < 3; k++) {
            uint8_t was = *bytes[k];

            for (uint8_t less = 0; less < was; less = less == 0 ? was / 2 : was) {
                *bytes[k] = less;
                if (still_fails(w, ops, count)) {
                    break;
                }
                *bytes[k] = was;
                if (was < 2) {
                    break;
                }
            }
        }
    }
}

size_t shrink(struct world *w, struct op *ops, size_t count, unsigned seconds)
{
    time_t end = time(NULL) + (time_t)seconds;
    size_t before;

    if (shrink_passes(w, ops, count)) {
        return count; /* it fails only at times */
    }
    count = ops_done;
    kind_of_failure(failure_kind);
    do {
        before = count;
        count = leave_out(w, ops, count, end);
        simplify(w, ops, count, end);
        if (!shrink_passes(w, ops, count)) {
            count = ops_done;
        }
    } while (count < before && time(NULL) < end);
    return count;
}

void shrink_print(struct world *w, const struct op *ops, size_t count)
{
    struct say line;

    fprintf(stderr, "the shortest sequence found, %zu operations:\n", count - 1);
    for (size_t i = 0; i < count; i++) {
        say_nothing(&line);
        ops_describe(&line, ops[i], i == 0);
        fprintf(stderr, "  %3zu  %s\n", i, line.text);
    }
    fprintf(stderr, "as bytes:\n");
    for (size_t i = 0; i < count; i++) {
        fprintf(stderr, "%02x%02x%02x%02x%s", ops[i].kind, ops[i].a, ops[i].b, ops[i].c,
                i % 16 == 15 ? "\n" : "");
    }
    fprintf(stderr, "\n");
    if (shrink_passes(w, ops, count)) {
        fprintf(stderr, "(run once more, it passes)\n");
    } else {
        fprintf(stderr, "it fails at operation %zu: %s\n", ops_done - 1, world_failure.text);
    }
}
