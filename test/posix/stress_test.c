/* SPDX-License-Identifier: MIT */
/* The books balance while threads allocate, free each other's blocks, come, go, and are watched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "heapledger/facts.h"
#include "stress.h"

struct stress stress;

static void *instance[HL_BYTES(MAX_TASKS, HEAPS) / sizeof(void *) + 1];
static void *memory[HEAPS][4096];
static struct hl_posix posix;
static pthread_barrier_t phase_ends, phase_begins;

void expect(bool right, const char *what)
{
    if (!right && atomic_fetch_add(&stress.wrong, 1) < 10) {
        (void)fprintf(stderr, "wrong: it is not so that %s\n", what);
    }
}

static void on_fault(void *context, const struct hl_fault *fault)
{
    (void)context;
    atomic_fetch_add(&stress.faults, 1);
    (void)fprintf(stderr, "fault %d at %p\n", (int)fault->reason, fault->address);
}

static struct hl_heap_desc next_heap(void)
{
    static const uint32_t caps[HEAPS][3] = {{1, 0, 0}, {2, 1, 0}, {0, 2, 0}};
    int i = hl_heap_count(stress.hl);

    return (struct hl_heap_desc){.start = memory[i],
                                 .size = sizeof memory[i],
                                 .name = "RAM",
                                 .caps = {caps[i][0], caps[i][1], caps[i][2]}};
}

void add_heap(void)
{
    const struct hl_heap_desc heap = next_heap();

    expect(hl_add_heap(stress.hl, &heap) >= 0, "a heap is added");
}

static void set_up(void)
{
    const struct hl_config config = {.max_tasks = MAX_TASKS,
                                     .max_heaps = HEAPS,
                                     .keep_deleted = true,
                                     .port = &posix,
                                     .on_fault = on_fault};
    int i;

    assert_int_equal(hl_posix_setup(&posix), 0);
    stress.hl = hl_init(instance, sizeof instance, &config);
    assert_non_null(stress.hl);
    for (i = 0; i < HEAPS - 1; i++) {
        add_heap();
    }
}

/* What every long-lived thread does: its part in each phase, and a rest behind it. */
static void live(struct actor *actor, void (*act)(struct actor *))
{
    int phase;
    long i;

    pthread_barrier_wait(&phase_begins); /* everybody has begun */
    for (phase = 0; phase < PHASES; phase++) {
        for (i = 0; i < actor->operations; i++) {
            act(actor);
        }
        pthread_barrier_wait(&phase_ends);
        pthread_barrier_wait(&phase_begins);
    }
}

static void *work(void *argument)
{
    struct actor *actor = argument;

    stress.worker_ids[actor->owner] = hl_posix_thread_begin(stress.hl, "worker");
    stress.worker_serials[actor->owner] =
        hl_find_handle(stress.hl, (const void *)(uintptr_t)pthread_self());
    live(actor, actor_operate);
    return NULL;
}

static void *spawn(void *argument)
{
    struct actor *actor = argument;

    actor->adds_heap_in = actor->operations * PHASES / 3; /* somewhere in the midst */
    live(actor, spawn_visitor);
    return NULL;
}

static void *look(void *argument)
{
    live(argument, watch);
    return NULL;
}

static long operations_wanted(void)
{
    const char *wanted = getenv("HL_TEST_OPS");
    long operations = wanted != NULL ? strtol(wanted, NULL, 10) : 100000;

    return operations * 2 / PHASES / WORKERS + 1;
}

static uint32_t choose_seed(void)
{
    const char *wanted = getenv("HL_TEST_SEED");
    uint32_t seed = wanted != NULL ? (uint32_t)strtoul(wanted, NULL, 0) : (uint32_t)time(NULL);

    printf("HL_TEST_SEED=%u (threads run in no fixed order: a failure may not come back)\n", seed);
    return seed;
}

static void free_everything(void)
{
    struct parcel *pool = pool_at_rest();
    struct hl_heap_facts facts;
    int i;

    for (i = 0; i < POOL; i++) {
        parcel_free(&pool[i]);
    }
    for (i = 0; i < HEAPS; i++) {
        assert_int_equal(hl_heap_facts(stress.hl, i, &facts), 0);
        assert_int_equal(facts.used, 0);
        assert_int_equal(facts.blocks, 0);
        assert_int_equal(facts.free +
                             (size_t)((const char *)facts.first - (const char *)facts.start),
                         (size_t)((const char *)facts.end - (const char *)facts.start));
    }
    for (i = 0; i <= WORKERS; i++) {
        assert_int_equal(atomic_load(&stress.expected[i]), 0);
    }
}

enum {
    ACTORS = WORKERS + SPAWNERS + WATCHERS
};

static void start(pthread_t threads[ACTORS], struct actor actors[ACTORS])
{
    long operations = operations_wanted();
    uint32_t seed = choose_seed();
    int i;

    for (i = 0; i < ACTORS; i++) {
        void *(*body)(void *) = i < WORKERS ? work : i < WORKERS + SPAWNERS ? spawn : look;

        actors[i].owner = i < WORKERS ? i : OTHERS;
        actors[i].random = seed * 2654435761U + (uint32_t)i * 40503U + 1;
        actors[i].random += actors[i].random == 0;
        actors[i].operations = i < WORKERS ? operations : operations / 50 + 5;
        assert_int_equal(pthread_create(&threads[i], NULL, body, &actors[i]), 0);
    }
}

static void the_books_balance_under_real_concurrency(void **state)
{
    static struct actor actors[ACTORS];
    pthread_t threads[ACTORS];
    int i;

    (void)state;
    set_up();
    assert_int_equal(pthread_barrier_init(&phase_begins, NULL, ACTORS + 1), 0);
    assert_int_equal(pthread_barrier_init(&phase_ends, NULL, ACTORS + 1), 0);
    start(threads, actors);
    pthread_barrier_wait(&phase_begins);
    for (i = 0; i < PHASES; i++) {
        pthread_barrier_wait(&phase_ends);
        watch_at_rest();
        pthread_barrier_wait(&phase_begins);
    }
    for (i = 0; i < ACTORS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    watch_at_rest();
    free_everything();
    watch_at_rest();
    assert_int_equal(atomic_load(&stress.wrong), 0);
    assert_int_equal(atomic_load(&stress.faults), 0);
    assert_true(atomic_load(&stress.reports) > PHASES);
    hl_posix_teardown(&posix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_books_balance_under_real_concurrency),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
