/* SPDX-License-Identifier: MIT */
/* The C library's malloc on a ledgered heap: here under other names, beside the computer's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "heapledger/facts.h"
#include "heapledger_libc.h"

/* port/libc/malloc.c is compiled with these names for malloc and its relatives. */
void *ours_malloc(size_t size);
void ours_free(void *ptr);
void *ours_calloc(size_t n, size_t size);
void *ours_realloc(void *ptr, size_t size);
void *ours_memalign(size_t alignment, size_t size);
void *ours_aligned_alloc(size_t alignment, size_t size);
int ours_posix_memalign(void **result, size_t alignment, size_t size);
size_t ours_malloc_usable_size(void *ptr);

static _Alignas(64) unsigned char ram[8192];
static _Alignas(void *) unsigned char books[HL_BYTES(2, 1)];
static struct hl *instance;

/* Sets it up on the first call, as a program without an RTOS does. */
struct hl *hl_libc_instance(void)
{
    const struct hl_config config = {.max_tasks = 2, .max_heaps = 1};
    const struct hl_heap_desc heap = {.start = ram, .size = sizeof ram, .name = "RAM", .caps = {1}};

    if (instance == NULL) {
        instance = hl_init(books, sizeof books, &config);
        (void)hl_add_heap(instance, &heap);
    }
    return instance;
}

static uint32_t blocks(void)
{
    struct hl_heap_facts facts;

    assert_int_equal(hl_heap_facts(hl_libc_instance(), 0, &facts), 0);
    return facts.blocks;
}

static void blocks_are_on_the_ledger(void **state)
{
    char *a = ours_malloc(100);
    char *b = ours_calloc(10, 20);

    (void)state;
    assert_int_equal(hl_heap_of(instance, a), 0);
    assert_int_equal(blocks(), 2);
    assert_true(ours_malloc_usable_size(a) >= 100);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(b[i], 0);
    }
    a[99] = 7;
    a = ours_realloc(a, 1000);
    assert_int_equal(a[99], 7);
    ours_free(a);
    assert_null(ours_realloc(b, 0));
    ours_free(NULL);
    assert_int_equal(ours_malloc_usable_size(NULL), 0);
    assert_int_equal(blocks(), 0);
}

static void nothing_gets_a_block_that_can_be_freed(void **state)
{
    void *all[] = {ours_malloc(0), ours_calloc(0, 5), ours_calloc(5, 0), ours_realloc(NULL, 0),
                   ours_aligned_alloc(64, 0)};

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_non_null(all[i]);
        ours_free(all[i]);
    }
    assert_int_equal(blocks(), 0);
}

static void alignments_hold_and_wrong_ones_are_errors(void **state)
{
    void *a = ours_aligned_alloc(256, 100);
    void *b = ours_memalign(1024, 1);
    void *c = NULL;

    (void)state;
    assert_int_equal((uintptr_t)a % 256, 0);
    assert_int_equal((uintptr_t)b % 1024, 0);
    assert_int_equal(ours_posix_memalign(&c, 128, 50), 0);
    assert_int_equal((uintptr_t)c % 128, 0);
    ours_free(a);
    ours_free(b);
    ours_free(c);
    errno = 0;
    assert_null(ours_memalign(0, 1));
    assert_int_equal(errno, EINVAL);
    errno = 0;
    assert_null(ours_memalign(24, 1));
    assert_int_equal(errno, EINVAL);
    assert_int_equal(ours_posix_memalign(&c, sizeof(void *) / 2, 1), EINVAL);
    assert_int_equal(ours_posix_memalign(&c, 24, 1), EINVAL);
    assert_int_equal(ours_posix_memalign(&c, 64, 100000), ENOMEM);
    assert_int_equal(blocks(), 0);
}

static void running_out_is_enomem(void **state)
{
    void *kept = ours_malloc(10);

    (void)state;
    errno = 0;
    assert_null(ours_malloc(100000));
    assert_int_equal(errno, ENOMEM);
    errno = 0;
    assert_null(ours_calloc(SIZE_MAX / 2, 3));
    assert_int_equal(errno, ENOMEM);
    errno = 0;
    assert_null(ours_realloc(kept, 100000));
    assert_int_equal(errno, ENOMEM);
    errno = 0;
    assert_null(ours_aligned_alloc(64, 100000));
    assert_int_equal(errno, ENOMEM);
    ours_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_on_the_ledger),
        cmocka_unit_test(nothing_gets_a_block_that_can_be_freed),
        cmocka_unit_test(alignments_hold_and_wrong_ones_are_errors),
        cmocka_unit_test(running_out_is_enomem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
