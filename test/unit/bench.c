/* SPDX-License-Identifier: MIT */
/* What the unit tests of the reading side work on. */
#include "bench.h"

#include <stdio.h>

static void on_fault(void *context, const struct hl_fault *fault)
{
    struct bench *bench = context;

    bench->faults++;
    bench->fault = *fault;
}

void bench_reset(struct bench *bench, bool keep_deleted)
{
    static const char *const names[BENCH_HEAPS] = {"first", "second", "third"};
    struct hl_config config = {
        .max_tasks = BENCH_TASKS,
        .max_heaps = BENCH_HEAPS + 1,
        .keep_deleted = keep_deleted,
        .port = &bench->port,
        .context = bench,
        .on_fault = on_fault,
    };

    uint32_t seed = bench->seed;

    memset(bench, 0, sizeof(*bench));
    bench->random = 1;
    bench->seed = seed;
    bench->hl = hl_init(bench->memory, sizeof(bench->memory), &config);
    assert_non_null(bench->hl);
    for (int i = 0; i < BENCH_HEAPS; i++) {
        struct hl_heap_desc desc = {
            .start = bench->arena[i],
            .size = sizeof(bench->arena[i]),
            .name = names[i],
            .caps = {UINT32_C(1) << i, BENCH_ANYWHERE, 0},
        };

        assert_int_equal(hl_add_heap(bench->hl, &desc), i);
    }
}

int bench_setup(void **state)
{
    struct bench *bench = aligned_alloc(_Alignof(struct bench), sizeof(struct bench));

    assert_non_null(bench);
    bench->seed = 0;
    bench_reset(bench, false);
    *state = bench;
    return 0;
}

int bench_teardown(void **state)
{
    struct bench *bench = *state;
    unsigned faults = bench->faults;

    if (bench->seed != 0) {
        fprintf(stderr, "again with: HL_TEST_SEED=%u\n", (unsigned)bench->seed);
    }
    free(bench);
    return faults == 0 ? 0 : -1;
}

bool bench_next_seed(struct bench *bench, uint32_t last)
{
    const char *wanted = getenv("HL_TEST_SEED");
    uint32_t only = wanted != NULL ? (uint32_t)strtoul(wanted, NULL, 0) : 0;

    if (only != 0) {
        bench->seed = bench->seed == 0 ? only : 0;
    } else {
        bench->seed = bench->seed < last ? bench->seed + 1 : 0;
    }
    return bench->seed != 0;
}

void bench_random_scene(struct bench *bench, uint32_t most)
{
    bench_reset(bench, bench->seed % 2 == 0);
    bench->random = bench->seed * 2654435761U + 1;
    for (uint32_t i = bench_random(bench, most); i > 0; i--) {
        bench_anything(bench);
    }
}

uint32_t bench_random(struct bench *bench, uint32_t below)
{
    bench->random ^= bench->random << 13;
    bench->random ^= bench->random >> 17;
    bench->random ^= bench->random << 5;
    return (bench->random >> 8) % below;
}

struct bench_block *bench_find(struct bench *bench, const void *ptr)
{
    for (size_t i = 0; i < BENCH_BLOCKS; i++) {
        if (bench->blocks[i].ptr == ptr) {
            return &bench->blocks[i];
        }
    }
    return NULL;
}

static uint32_t serial_of(const struct bench *bench, uint32_t id)
{
#if HL_TASK_TRACKING
    return ledger_serial(&bench->hl->ledger, id);
#else
    (void)bench;
    (void)id;
    return 1;
#endif
}

static void note_block(struct bench *bench, struct bench_block *block, unsigned char *ptr,
                       uint32_t id)
{
    block->ptr = ptr;
    block->size = (uint32_t)hl_usable_size(bench->hl, ptr);
    block->serial = serial_of(bench, id);
    block->heap = hl_heap_of(bench->hl, ptr);
    block->since = ++bench->operations;
}

unsigned char *bench_alloc(struct bench *bench, uint32_t id, size_t size, uint32_t caps)
{
    struct bench_block *block = bench_find(bench, NULL);
    uint32_t before = bench->port.running;
    unsigned char *ptr;

    if (block == NULL) {
        return NULL;
    }
    bench->port.running = id;
    ptr = hl_malloc(bench->hl, size, caps);
    bench->port.running = before;
    if (ptr != NULL) {
        note_block(bench, block, ptr, id);
    }
    return ptr;
}

void bench_free(struct bench *bench, unsigned char *ptr)
{
    struct bench_block *block = bench_find(bench, ptr);

    assert_non_null(block);
    hl_free(bench->hl, ptr);
    block->ptr = NULL;
    bench->operations++;
}

void bench_free_all(struct bench *bench)
{
    for (size_t i = 0; i < BENCH_BLOCKS; i++) {
        if (bench->blocks[i].ptr != NULL) {
            bench_free(bench, bench->blocks[i].ptr);
        }
    }
}

static void resize(struct bench *bench, struct bench_block *block, size_t size, uint32_t id)
{
    uint32_t before = bench->port.running;
    unsigned char *ptr;

    bench->port.running = id;
    ptr = hl_realloc(bench->hl, block->ptr, size, BENCH_ANYWHERE);
    bench->port.running = before;
    if (ptr != NULL) {
        note_block(bench, block, ptr, id);
    }
}

#if HL_TASK_TRACKING
uint32_t bench_task(struct bench *bench, const char *name)
{
    int id = hl_task_register(bench->hl, bench, name);

    bench->operations++;
    bench->alive[id] = id >= HL_TASK_FIRST;
    return (uint32_t)id;
}

void bench_delete(struct bench *bench, uint32_t id)
{
    assert_int_equal(hl_task_delete(bench->hl, (int)id), 0);
    bench->alive[id] = false;
    bench->operations++;
}

static void hand_over(struct bench *bench, struct bench_block *block, uint32_t id)
{
    assert_int_equal(hl_transfer(bench->hl, block->ptr, (int)id), 0);
    block->serial = serial_of(bench, id);
    block->since = ++bench->operations;
}

/* A live task or a pseudo-task. */
static uint32_t someone(struct bench *bench)
{
    uint32_t id = bench_random(bench, BENCH_TASKS + HL_TASK_FIRST);

    return bench->alive[id] ? id : id % HL_TASK_FIRST;
}

static void start_or_end_task(struct bench *bench)
{
    uint32_t id = bench_random(bench, BENCH_TASKS) + HL_TASK_FIRST;

    if (bench->alive[id]) {
        bench_delete(bench, id);
    } else {
        bench_task(bench, "worker");
    }
}
#else
static uint32_t someone(struct bench *bench)
{
    (void)bench;
    return 0;
}
#endif

void bench_anything(struct bench *bench)
{
    struct bench_block *block = &bench->blocks[bench_random(bench, BENCH_BLOCKS)];
    size_t size = bench_random(bench, bench_random(bench, 8) == 0 ? 400 : 60) + 1;
    uint32_t id = someone(bench);

#if HL_TASK_TRACKING
    if (bench_random(bench, 20) == 0) {
        start_or_end_task(bench);
        return;
    }
#endif
    if (block->ptr == NULL) {
        bench_alloc(bench, id, size, UINT32_C(1) << bench_random(bench, 4));
        return;
    }
    switch (bench_random(bench, 4)) {
#if HL_TASK_TRACKING
    case 0:
        hand_over(bench, block, id);
        break;
#endif
    case 1:
        resize(bench, block, size, id);
        break;
    default:
        bench_free(bench, block->ptr);
        break;
    }
}
