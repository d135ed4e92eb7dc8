/* SPDX-License-Identifier: MIT */
/* Runs one workload on one allocator and says what each operation cost. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include BENCH_ALLOCATOR
#include "meter.h"
#include "random.h"

enum {
    OPERATIONS = 100000,
    MAX_SLOTS = 20282, /* half of them are live: 10,141 */
    LETTERS = 3,
};

struct slot {
    void *ptr;
    uint32_t size;
};

struct worst {
    uint32_t count, size, index;
};

static struct slot slots[MAX_SLOTS];
static uint32_t counts[OPERATIONS];
static uint32_t measured; /* entries of `counts` */
static uint32_t warm_up;  /* operations to go that are not measured */
static uint32_t failures;
static uint32_t per_kind[LETTERS], live;
static uint64_t sums[LETTERS];
static struct worst worst[LETTERS];
static const char *const kinds[LETTERS] = {"malloc", "free", "realloc"};

#ifdef BENCH_HOLD
uint32_t hold_since, hold_longest;
#endif

static void record(uint32_t kind, uint32_t size, uint32_t count)
{
    if (warm_up != 0) {
        warm_up--;
        return;
    }
    if (measured == OPERATIONS) {
        return;
    }
    if (count > worst[kind].count) {
        worst[kind] = (struct worst){count, size, measured};
    }
    counts[measured++] = count;
    sums[kind] += count;
    per_kind[kind]++;
}

static __attribute__((noinline)) void *measured_malloc(size_t size, uint32_t *count)
{
    uint32_t before = meter_read();
    void *ptr = allocator_malloc(size);
    uint32_t after;

    METER_PAD(METER_PAD_MALLOC);
    after = meter_read();
    *count = meter_between(before, after);
    return ptr;
}

static __attribute__((noinline)) void measured_free(void *ptr, uint32_t *count)
{
    uint32_t before = meter_read();
    uint32_t after;

    allocator_free(ptr);
    METER_PAD(METER_PAD_FREE);
    after = meter_read();
    *count = meter_between(before, after);
}

#ifndef BENCH_REALLOC
/* What a program does whose allocator has no realloc. */
static void *copying_realloc(void *ptr, size_t old_size, size_t size)
{
    void *new = allocator_malloc(size);

    if (new != NULL && ptr != NULL) {
        memcpy(new, ptr, old_size < size ? old_size : size);
        allocator_free(ptr);
    }
    return new;
}
#endif

static __attribute__((noinline)) void *measured_realloc(struct slot *s, size_t size,
                                                        uint32_t *count)
{
    uint32_t before = meter_read();
    uint32_t after;
#ifdef BENCH_REALLOC
    void *ptr = allocator_realloc(s->ptr, size);
#else
    void *ptr = copying_realloc(s->ptr, s->size, size);
#endif

    METER_PAD(METER_PAD_MALLOC);
    after = meter_read();
    *count = meter_between(before, after);
    return ptr;
}

static void take(struct slot *s, uint32_t size)
{
    uint32_t count;

    s->ptr = measured_malloc(size, &count);
    s->size = size;
    failures += s->ptr == NULL;
    live += s->ptr != NULL;
    record(0, size, count);
}

static void give(struct slot *s)
{
    uint32_t count;

    if (s->ptr == NULL) {
        return;
    }
    measured_free(s->ptr, &count);
    live--;
    record(1, s->size, count);
    s->ptr = NULL;
}

static void resize(struct slot *s, uint32_t size)
{
    uint32_t count;
    void *ptr = measured_realloc(s, size, &count);

    record(2, size, count);
    failures += ptr == NULL;
    if (ptr != NULL) {
        s->ptr = ptr;
        s->size = size;
    }
}

/* A random slot: freed if it holds a block, else filled. */
static void random_trace(uint32_t n, uint32_t least, uint32_t octaves)
{
    warm_up = 3 * n;
    while (measured < OPERATIONS) {
        struct slot *s = &slots[random_below(n)];

        if (s->ptr != NULL) {
            give(s);
        } else {
            take(s, random_size(least, octaves));
        }
    }
}

/* A queue of 32 messages of one of four sizes, freed in the order in which they came. */
static void message_buffers(void)
{
    static const uint16_t sizes[] = {32, 64, 128, 256};
    uint32_t head = 0, tail = 0;

    while (measured < OPERATIONS) {
        if (head - tail == 32 || (head != tail && random_below(2) != 0)) {
            give(&slots[tail++ % 32]);
        } else {
            take(&slots[head++ % 32], sizes[random_below(4)]);
        }
    }
}

/* Four strings grow by realloc, 16 bytes and then half as much again, up to 1 KiB. */
static void string_building(void)
{
    while (measured < OPERATIONS) {
        struct slot *s = &slots[random_below(4)];

        if (s->ptr == NULL) {
            take(s, 16);
        } else if (s->size > 1024) {
            give(s);
        } else {
            resize(s, s->size + s->size / 2 + random_below(8));
        }
    }
}

/* 20 connections come and go: control block, receive buffer, 0 to 5 requests. */
static void connection_churn(void)
{
    while (measured < OPERATIONS) {
        struct slot *s = &slots[random_below(20) * 8];

        if (s[0].ptr == NULL) {
            take(&s[0], 168);
            take(&s[1], 1460);
        } else if (random_below(4) == 0) {
            for (unsigned i = 0; i < 8; i++) {
                give(&s[i]);
            }
        } else {
            struct slot *request = &s[2 + random_below(6)];

            give(request);
            take(request, random_size(24, 4));
        }
    }
}

/* Small records collect in a log of 128; a full one is packed into one buffer and given away. */
static void sensor_logging(void)
{
    while (measured < OPERATIONS) {
        for (unsigned i = 0; i < 128; i++) {
            take(&slots[i], 12 + 4 * random_below(6));
        }
        take(&slots[128], 2048);
        for (unsigned i = 0; i <= 128; i++) {
            give(&slots[i]);
        }
    }
}

/* Everything is allocated, everything is freed. */
static void sawtooth(void)
{
    while (measured < OPERATIONS) {
        for (unsigned i = 0; i < 400; i++) {
            take(&slots[i], random_size(8, 8));
        }
        for (unsigned i = 0; i < 400; i++) {
            give(&slots[i]);
        }
    }
}

/* Every second block is freed, then the holes are filled with blocks that do not fit them. */
static void comb(void)
{
    while (measured < OPERATIONS) {
        for (unsigned i = 0; i < 1000; i++) {
            take(&slots[i], 56);
        }
        for (unsigned i = 0; i < 1000; i += 2) {
            give(&slots[i]);
        }
        for (unsigned i = 0; i < 1000; i += 2) {
            take(&slots[i], 120);
        }
        for (unsigned i = 0; i < 1000; i++) {
            give(&slots[i]);
        }
    }
}

/* 1000 small blocks stay; the newest is freed and allocated again. */
static void newest_of_many(void)
{
    for (unsigned i = 0; i < 1000; i++) {
        take(&slots[i], 40);
    }
    while (measured < OPERATIONS) {
        give(&slots[999]);
        take(&slots[999], 40 + 8 * random_below(4));
    }
}

static void run(uint32_t workload)
{
    switch (workload) {
    case 0:
        random_trace(256, 8, 8);
        break;
    case 1:
        random_trace(MAX_SLOTS, 8, 8);
        break;
    case 2:
        random_trace(256, 64, 8);
        break;
    case 3:
        message_buffers();
        break;
    case 4:
        string_building();
        break;
    case 5:
        connection_churn();
        break;
    case 6:
        sensor_logging();
        break;
    case 7:
        sawtooth();
        break;
    case 8:
        comb();
        break;
    default:
        newest_of_many();
        break;
    }
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* A count as it is printed. */
static unsigned long instructions(uint32_t count)
{
    return (unsigned long)meter_instructions(count);
}

#ifndef BENCH_MAIN
#define BENCH_MAIN main
#endif

int BENCH_MAIN(void);
int BENCH_MAIN(void)
{
    static _Alignas(16) char pool[
#ifdef BENCH_OWN_POOL
        16
#else
        BENCH_POOL_BYTES
#endif
    ];
    uint32_t workload = *(volatile uint32_t *)BENCH_PARAMETER;
    uint64_t sum = 0;

    meter_start();
    allocator_start(pool, BENCH_POOL_BYTES);
    run(workload);
    qsort(counts, measured, sizeof(counts[0]), compare);
    for (unsigned i = 0; i < LETTERS; i++) {
        sum += sums[i];
        printf("%s_count %lu\n", kinds[i], (unsigned long)per_kind[i]);
        printf("%s_worst %lu\n", kinds[i], instructions(worst[i].count));
        printf("%s_worst_size %lu\n", kinds[i], (unsigned long)worst[i].size);
        printf("%s_worst_index %lu\n", kinds[i], (unsigned long)worst[i].index);
    }
    sum = meter_instructions(sum);
    printf("operations %lu\nsum_high %lu\nsum_low %lu\n", (unsigned long)measured,
           (unsigned long)(sum >> 32), (unsigned long)(uint32_t)sum);
    printf("p999 %lu\n", instructions(counts[measured - 1 - measured / 1000]));
    printf("worst %lu\n", instructions(counts[measured - 1]));
#ifdef BENCH_HOLD
    printf("hold_longest %lu\n", instructions(hold_longest));
#endif
    printf("live_at_end %lu\nfailures %lu\n", (unsigned long)live, (unsigned long)failures);
    return 0;
}
