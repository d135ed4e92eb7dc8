/* SPDX-License-Identifier: MIT */
/* Without task tracking the threads share the bare allocator, and begin and end cost nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "heapledger/facts.h"
#include "heapledger_posix.h"

#define THREADS 4
#define ROUNDS  50000

static void *instance[HL_BYTES(1, 1) / sizeof(void *) + 1];
static void *memory[4096];
static struct hl_posix posix;
static struct hl *hl;

/* Returns how often a block was not what it had been filled with. */
static void *allocates_and_frees(void *argument)
{
    unsigned char fill = *(const unsigned char *)argument;
    uintptr_t wrong = 0;
    size_t size;
    int round;

    wrong += hl_posix_thread_begin(hl, "worker") != HL_TASK_PRE_SCHEDULER;
    for (round = 0; round < ROUNDS; round++) {
        unsigned char *block;

        size = 1 + (size_t)(round * 37 & 255);
        block = hl_malloc(hl, size, 1);
        if (block != NULL) {
            memset(block, fill, size);
            block = hl_realloc(hl, block, size + 50, 1);
            wrong += block != NULL && (block[0] != fill || block[size - 1] != fill);
            hl_free(hl, block);
        }
    }
    hl_posix_thread_end(hl);
    return (void *)wrong;
}

static void threads_share_the_bare_allocator(void **state)
{
    const struct hl_config config = {.max_tasks = 1, .max_heaps = 1, .port = &posix};
    const struct hl_heap_desc heap = {
        .start = memory, .size = sizeof memory, .name = "RAM", .caps = {1, 0, 0}};
    static const unsigned char fills[THREADS] = {1, 2, 3, 4};
    struct hl_heap_facts before, after;
    pthread_t threads[THREADS];
    int i;

    (void)state;
    assert_int_equal(hl_posix_setup(&posix), 0);
    hl = hl_init(instance, sizeof instance, &config);
    assert_non_null(hl);
    assert_int_equal(hl_add_heap(hl, &heap), 0);
    assert_int_equal(hl_heap_facts(hl, 0, &before), 0);
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(
            pthread_create(&threads[i], NULL, allocates_and_frees, (void *)(uintptr_t)&fills[i]),
            0);
    }
    for (i = 0; i < THREADS; i++) {
        void *wrong;

        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    assert_int_equal(hl_heap_facts(hl, 0, &after), 0);
    assert_int_equal(after.free, before.free);
    assert_int_equal(hl_check(hl, 0, NULL), 0);
    hl_posix_teardown(&posix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_the_bare_allocator),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
