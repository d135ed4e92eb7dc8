/* SPDX-License-Identifier: MIT */
/* multi_heap.h: heaps in memory of the program's own. */
#include <inttypes.h>
#include <string.h>

#include "capture.h"
#include "multi_heap.h"
#include "unity.h"
#include "worker.h"

enum {
    BYTES = 4096,
    HEAD = 4
};

static char memory[BYTES + 16] __attribute__((aligned(16)));
static char other[BYTES] __attribute__((aligned(16)));
static multi_heap_handle_t heap;

void setUp(void)
{
    memset(memory, 0xa5, sizeof(memory));
    heap = multi_heap_register(memory, BYTES);
    TEST_ASSERT_NOT_NULL(heap);
}

void tearDown(void)
{
    TEST_ASSERT_TRUE(multi_heap_check(heap, true));
    for (int i = 0; i < 16; i++) {
        TEST_ASSERT_EQUAL(0xa5, (unsigned char)memory[BYTES + i]);
    }
}

TEST_CASE("register: the handle is the start, and all that is needed lies inside", "[4]")
{
    TEST_ASSERT_EQUAL_PTR(memory, heap);
}

TEST_CASE("register: NULL when the range is too small", "[4]")
{
    size_t size = 0;

    memset(other, 0x5a, sizeof(other));
    while (multi_heap_register(other, size) == NULL) {
        for (size_t i = size; i < sizeof(other); i++) {
            TEST_ASSERT_EQUAL(0x5a, other[i]); /* nothing was written outside */
        }
        size++;
        TEST_ASSERT_LESS_THAN(600, size);
    }
    TEST_ASSERT_NOT_NULL(multi_heap_malloc((multi_heap_handle_t)(void *)other, 1));
}

TEST_CASE("register: the start may lie at any multiple of 4", "[4]")
{
    for (int offset = 0; offset <= 12; offset += 4) {
        multi_heap_handle_t shifted = multi_heap_register(other + offset, 2000);
        void *ptr = multi_heap_malloc(shifted, 100);

        TEST_ASSERT_EQUAL_PTR(other + offset, shifted);
        TEST_ASSERT_NOT_NULL(ptr);
        multi_heap_free(shifted, ptr);
        TEST_ASSERT_TRUE(multi_heap_check(shifted, true));
    }
}

TEST_CASE("malloc: size 0 or no heap gives NULL", "[4]")
{
    TEST_ASSERT_NULL(multi_heap_malloc(heap, 0));
    TEST_ASSERT_NULL(multi_heap_malloc(NULL, 10));
    TEST_ASSERT_NULL(multi_heap_malloc(heap, BYTES));
}

TEST_CASE("aligned_alloc: the result is aligned; 0 and no power of two give NULL", "[4]")
{
    for (size_t alignment = 1; alignment <= 256; alignment *= 2) {
        void *ptr = multi_heap_aligned_alloc(heap, 100, alignment);

        TEST_ASSERT_NOT_NULL(ptr);
        TEST_ASSERT_EQUAL(0, (uintptr_t)ptr % alignment);
        multi_heap_free(heap, ptr);
    }
    TEST_ASSERT_NULL(multi_heap_aligned_alloc(heap, 100, 0));
    TEST_ASSERT_NULL(multi_heap_aligned_alloc(heap, 100, 48));
    TEST_ASSERT_NULL(multi_heap_aligned_alloc(heap, 0, 16));
    TEST_ASSERT_NULL(multi_heap_aligned_alloc(NULL, 100, 16));
}

TEST_CASE(
    "aligned_alloc_offs: result plus offset is aligned, where a multiple of 8 can be the result",
    "[4]")
{
    for (size_t alignment = 8; alignment <= 256; alignment *= 2) {
        for (size_t offset = 0; offset <= 2 * alignment; offset += 8) {
            char *ptr = multi_heap_aligned_alloc_offs(heap, 100, alignment, offset);

            TEST_ASSERT_NOT_NULL(ptr);
            TEST_ASSERT_EQUAL(0, (uintptr_t)(ptr + offset) % alignment);
            multi_heap_free(heap, ptr);
        }
    }
    TEST_ASSERT_NOT_NULL(multi_heap_aligned_alloc_offs(heap, 10, 4, 4));
    TEST_ASSERT_NULL(multi_heap_aligned_alloc_offs(heap, 10, 16, 4));
    TEST_ASSERT_NULL(multi_heap_aligned_alloc_offs(heap, 10, 24, 0));
}

TEST_CASE("free: NULL is ignored, and all is there again afterwards", "[4]")
{
    size_t before = multi_heap_free_size(heap);
    void *ptr = multi_heap_malloc(heap, 100);

    multi_heap_free(heap, NULL);
    multi_heap_free(heap, ptr);
    TEST_ASSERT_EQUAL(before, multi_heap_free_size(heap));
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
TEST_CASE("aligned_free is free", "[4]")
{
    size_t before = multi_heap_free_size(heap);

    multi_heap_aligned_free(heap, multi_heap_aligned_alloc(heap, 100, 64));
    TEST_ASSERT_EQUAL(before, multi_heap_free_size(heap));
}
#pragma GCC diagnostic pop

TEST_CASE("realloc: NULL allocates, size 0 frees", "[4]")
{
    size_t before = multi_heap_free_size(heap);
    void *ptr = multi_heap_realloc(heap, NULL, 100);

    TEST_ASSERT_NOT_NULL(ptr);
    TEST_ASSERT_NULL(multi_heap_realloc(heap, ptr, 0));
    TEST_ASSERT_EQUAL(before, multi_heap_free_size(heap));
}

TEST_CASE("realloc: shrinks in place, grows in place if there is room behind, otherwise moves",
          "[4]")
{
    char *low = multi_heap_malloc(heap, 2000); /* what follows is cut from the low end */
    char *first = multi_heap_malloc(heap, 200);
    char *second = multi_heap_malloc(heap, 200);
    char *third = multi_heap_malloc(heap, 16);
    char *moved;

    TEST_ASSERT(second > first && third > second);
    memset(first, 9, 200);
    TEST_ASSERT_EQUAL_PTR(first, multi_heap_realloc(heap, first, 50));
    TEST_ASSERT_EQUAL_PTR(first, multi_heap_realloc(heap, first, 150));
    multi_heap_free(heap, second);
    TEST_ASSERT_EQUAL_PTR(first, multi_heap_realloc(heap, first, 400));
    moved = multi_heap_realloc(heap, first, 600);
    TEST_ASSERT_NOT_NULL(moved);
    TEST_ASSERT(moved != first);
    for (int i = 0; i < 50; i++) {
        TEST_ASSERT_EQUAL(9, moved[i]);
    }
    TEST_ASSERT_NULL(multi_heap_realloc(heap, moved, BYTES));
    TEST_ASSERT_EQUAL(9, moved[0]);
    multi_heap_free(heap, low);
    multi_heap_free(heap, third);
    multi_heap_free(heap, moved);
}

TEST_CASE("the size of a block, and of the whole block", "[4]")
{
    char *ptr = multi_heap_malloc(heap, 99);

    TEST_ASSERT_EQUAL(100, multi_heap_get_allocated_size(heap, ptr));
    TEST_ASSERT_EQUAL(100, multi_heap_get_full_block_size(heap, ptr));
}

TEST_CASE("the block around an address", "[4]")
{
    char *ptr = multi_heap_malloc(heap, 99);

    TEST_ASSERT_EQUAL_PTR(ptr, multi_heap_find_containing_block(heap, ptr));
    TEST_ASSERT_EQUAL_PTR(ptr, multi_heap_find_containing_block(heap, ptr + 42));
    TEST_ASSERT_EQUAL_PTR(ptr, multi_heap_find_containing_block(heap, ptr + 99));
}

TEST_CASE("free size goes down by a block and its head; the minimum stays", "[4]")
{
    size_t before = multi_heap_free_size(heap);
    void *ptr = multi_heap_malloc(heap, 100);

    TEST_ASSERT_EQUAL(before - 100 - HEAD, multi_heap_free_size(heap));
    multi_heap_free(heap, ptr);
    TEST_ASSERT_EQUAL(before - 100 - HEAD, multi_heap_minimum_free_size(heap));
    TEST_ASSERT_EQUAL(0, multi_heap_free_size(NULL));
    TEST_ASSERT_EQUAL(0, multi_heap_minimum_free_size(NULL));
}

TEST_CASE("the minimum is reset to what is free now, and restored to the lower of both", "[4]")
{
    size_t before = multi_heap_free_size(heap);
    void *ptr = multi_heap_malloc(heap, 1000);
    size_t lowest = multi_heap_free_size(heap);

    multi_heap_free(heap, ptr);
    TEST_ASSERT_EQUAL(lowest, multi_heap_reset_minimum_free_bytes(heap));
    TEST_ASSERT_EQUAL(before, multi_heap_minimum_free_size(heap));
    multi_heap_free(heap, multi_heap_malloc(heap, 100));
    multi_heap_restore_minimum_free_bytes(heap, before);
    TEST_ASSERT_EQUAL(before - 100 - HEAD, multi_heap_minimum_free_size(heap));
    multi_heap_restore_minimum_free_bytes(heap, lowest);
    TEST_ASSERT_EQUAL(lowest, multi_heap_minimum_free_size(heap));
    multi_heap_restore_minimum_free_bytes(heap, before);
    TEST_ASSERT_EQUAL(lowest, multi_heap_minimum_free_size(heap));
    TEST_ASSERT_EQUAL(lowest, multi_heap_reset_minimum_free_bytes(heap));
    TEST_ASSERT_EQUAL(before, multi_heap_minimum_free_size(heap));
}

TEST_CASE("get_info: bytes, blocks, and a largest block that can be allocated", "[4]")
{
    multi_heap_info_t info;
    void *first = multi_heap_malloc(heap, 100);
    void *second = multi_heap_malloc(heap, 200);
    void *third = multi_heap_malloc(heap, 20);

    multi_heap_free(heap, second);
    multi_heap_get_info(heap, &info);
    TEST_ASSERT_EQUAL(multi_heap_free_size(heap), info.total_free_bytes);
    TEST_ASSERT_EQUAL(100 + 20, info.total_allocated_bytes);
    TEST_ASSERT_EQUAL(multi_heap_minimum_free_size(heap), info.minimum_free_bytes);
    TEST_ASSERT_EQUAL(2, info.allocated_blocks);
    TEST_ASSERT_EQUAL(2, info.free_blocks);
    TEST_ASSERT_EQUAL(4, info.total_blocks);
    TEST_ASSERT_NOT_NULL(multi_heap_malloc(heap, info.largest_free_block));
    (void)first;
    (void)third;
}

TEST_CASE("check: false when a block is damaged", "[4]")
{
    unsigned *ptr = multi_heap_malloc(heap, 100);
    unsigned head = ptr[-1];

    ptr[-1] = 0;
    TEST_ASSERT_FALSE(multi_heap_check(heap, false));
    ptr[-1] = head;
}

static bool count_blocks(void *block_ptr, size_t block_size, int block_used, void *user_data)
{
    int *counts = user_data;

    TEST_ASSERT((char *)block_ptr > memory && (char *)block_ptr + block_size <= memory + BYTES);
    counts[block_used != 0]++;
    return counts[0] + counts[1] < counts[2];
}

TEST_CASE("walk: every block in address order, until the function has enough", "[4]")
{
    int counts[3] = {0, 0, 100};
    int stopped[3] = {0, 0, 1};

    multi_heap_malloc(heap, 100);
    multi_heap_malloc(heap, 100);
    multi_heap_walk(heap, count_blocks, counts);
    TEST_ASSERT_EQUAL(1, counts[0]);
    TEST_ASSERT_EQUAL(2, counts[1]);
    multi_heap_walk(heap, count_blocks, stopped);
    TEST_ASSERT_EQUAL(1, stopped[0] + stopped[1]);
}

TEST_CASE("dump: the text", "[3.6]")
{
    struct capture capture;
    char expected[300];
    char *ptr = multi_heap_malloc(heap, 2004); /* so large that it is cut from the low end */
    size_t rest = multi_heap_free_size(heap) - HEAD;

    capture_begin(&capture, true);
    multi_heap_dump(heap);
    snprintf(expected, sizeof(expected),
             "Showing data for heap: 0x%08" PRIxPTR " \n"
             "Block 0x%08" PRIxPTR " data, size: 2004 bytes, Free: No \n"
             "Block 0x%08" PRIxPTR " data, size: %zu bytes, Free: Yes \n",
             (uintptr_t)memory, (uintptr_t)ptr, (uintptr_t)ptr + 2004 + HEAD, rest);
    TEST_ASSERT_EQUAL_STRING(expected, capture_end(&capture));
    capture_free(&capture);
}

TEST_CASE("a lock may be set, and set back", "[4]")
{
    int lock;

    multi_heap_set_lock(heap, &lock);
    multi_heap_free(heap, multi_heap_malloc(heap, 10));
    multi_heap_set_lock(heap, NULL);
}

static void allocate_in_worker(void *argument)
{
    *(void **)argument = multi_heap_malloc(heap, 100);
}

/* Tasks have ids of the chip's heaps, which these heaps do not know. */
TEST_CASE("any task may use any heap", "[4]")
{
    struct worker workers[5];
    void *ptrs[5];

    for (int i = 0; i < 5; i++) {
        worker_start(&workers[i], "worker");
        worker_do(&workers[i], allocate_in_worker, &ptrs[i]);
        TEST_ASSERT_NOT_NULL(ptrs[i]);
    }
    for (int i = 0; i < 5; i++) {
        multi_heap_free(heap, ptrs[i]);
        worker_delete(&workers[i]);
    }
}

/* Heaps are independent of each other, and right after many operations. */
TEST_CASE("a storm over two heaps leaves them sound and empty", "[4]")
{
    multi_heap_handle_t heaps[2] = {heap, multi_heap_register(other, BYTES)};
    size_t free[2] = {multi_heap_free_size(heaps[0]), multi_heap_free_size(heaps[1])};
    void *ptrs[2][32] = {{NULL}};
    unsigned seed = 1;

    for (int i = 0; i < 20000; i++) {
        unsigned which, slot;
        void *ptr;
        size_t size;

        seed = seed * 1664525 + 1013904223;
        which = seed >> 31;
        slot = seed >> 20 & 31;
        size = seed >> 8 & 0xff;
        ptr = multi_heap_realloc(heaps[which], ptrs[which][slot], size);
        if (ptr != NULL || size == 0) {
            ptrs[which][slot] = ptr;
        }
        if (ptr != NULL) {
            memset(ptr, (int)slot, size);
        }
    }
    for (int i = 0; i < 64; i++) {
        multi_heap_free(heaps[i / 32], ptrs[i / 32][i % 32]);
    }
    TEST_ASSERT_EQUAL(free[0], multi_heap_free_size(heaps[0]));
    TEST_ASSERT_EQUAL(free[1], multi_heap_free_size(heaps[1]));
    TEST_ASSERT_TRUE(multi_heap_check(heaps[1], true));
}

void app_main(void)
{
    unity_run_all_tests();
}
