/* SPDX-License-Identifier: MIT */
/* Queries, minima, summaries, checks, dumps and walks. */
#include <inttypes.h>
#include <string.h>

#include "capture.h"
#include "own_heaps.h"

#include "heaps.h"

enum {
    HEAD = 4 /* bytes of a block's head */
};

/* A block of CAP_A's heap, of `size` usable bytes. */
static char *block_of(size_t size)
{
    char *ptr = heap_caps_malloc(size, CAP_A);

    TEST_ASSERT_NOT_NULL(ptr);
    return ptr;
}

TEST_CASE("total size is the sum of whole heaps", "[3.4]")
{
    own_heap(0, CAP_A, 0, 0);
    own_heap(1, CAP_B, 0, CAP_A);
    TEST_ASSERT_EQUAL(2 * OWN_HEAP_BYTES, heap_caps_get_total_size(CAP_A));
    TEST_ASSERT_EQUAL(OWN_HEAP_BYTES, heap_caps_get_total_size(CAP_A | CAP_B));
    TEST_ASSERT_EQUAL(0, heap_caps_get_total_size(CAP_C));
}

TEST_CASE("heaps that are not enabled count nowhere", "[1]")
{
    size_t size = 0;

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        size += heap->enabled ? (size_t)(heap->end - heap->start) : 0;
    }
    TEST_ASSERT_EQUAL(size, heap_caps_get_total_size(0));
}

TEST_CASE("free size goes down by a block and its head, and up again", "[3.4]")
{
    size_t before = heap_caps_get_free_size(CAP_A);
    char *ptr = block_of(100);

    TEST_ASSERT_EQUAL(before - heap_caps_get_allocated_size(ptr) - HEAD,
                      heap_caps_get_free_size(CAP_A));
    heap_caps_free(ptr);
    TEST_ASSERT_EQUAL(before, heap_caps_get_free_size(CAP_A));
}

TEST_CASE("the minimum is what each heap had at its lowest; heaps added after the start count as 0",
          "[3.4]")
{
    size_t before = heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT);
    size_t largest = heap_caps_get_largest_free_block(MALLOC_CAP_DEFAULT);

    TEST_ASSERT_EQUAL(0, heap_caps_get_minimum_free_size(CAP_A));
    heap_caps_free(heap_caps_malloc(largest, MALLOC_CAP_DEFAULT));
    TEST_ASSERT_LESS_THAN(before, heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT));
    TEST_ASSERT_GREATER_THAN(heap_caps_get_minimum_free_size(MALLOC_CAP_DEFAULT),
                             heap_caps_get_free_size(MALLOC_CAP_DEFAULT));
}

TEST_CASE("a block as large as the largest free one can be allocated", "[3.4]")
{
    size_t largest;
    char *hole = block_of(700);
    char *behind = block_of(100);

    heap_caps_free(hole);
    largest = heap_caps_get_largest_free_block(CAP_A);
    TEST_ASSERT_GREATER_THAN(3000, largest);
    hole = heap_caps_malloc(largest, CAP_A);
    TEST_ASSERT_NOT_NULL(hole);
    heap_caps_free(hole);
    heap_caps_free(behind);
}

TEST_CASE("local minima count from the start; afterwards the lower of both counts", "[3.4]")
{
    const uint32_t caps = MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL;
    size_t before, now;
    char *ptr;

    heap_caps_free(heap_caps_malloc(1000, caps)); /* no new minimum below */
    before = heap_caps_get_minimum_free_size(caps);
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_monitor_local_minimum_free_size_stop());
    TEST_ESP_OK(heap_caps_monitor_local_minimum_free_size_start());
    now = heap_caps_get_minimum_free_size(caps);
    TEST_ASSERT_GREATER_THAN(before, now);
    ptr = heap_caps_malloc(1000, caps);
    TEST_ASSERT_EQUAL(now - heap_caps_get_allocated_size(ptr) - HEAD,
                      heap_caps_get_minimum_free_size(caps));
    heap_caps_free(ptr);
    TEST_ESP_OK(heap_caps_monitor_local_minimum_free_size_stop());
    TEST_ASSERT_EQUAL(before, heap_caps_get_minimum_free_size(caps));
}

TEST_CASE("starting to monitor again is an error, as documented", "[3.4]")
{
    TEST_ESP_OK(heap_caps_monitor_local_minimum_free_size_start());
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_monitor_local_minimum_free_size_start());
    TEST_ESP_OK(heap_caps_monitor_local_minimum_free_size_stop());
    TEST_ASSERT_EQUAL(ESP_FAIL, heap_caps_monitor_local_minimum_free_size_stop());
}

TEST_CASE("a lower minimum while it is monitored stays", "[3.4]")
{
    const uint32_t caps = MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL;
    size_t before = heap_caps_get_minimum_free_size(caps);
    size_t free = heap_caps_get_free_size(caps);
    char *all[8] = {NULL};
    size_t lowest;

    TEST_ESP_OK(heap_caps_monitor_local_minimum_free_size_start());
    for (int i = 0; i < 8; i++) {
        all[i] = heap_caps_malloc(heap_caps_get_largest_free_block(caps), caps);
    }
    lowest = heap_caps_get_minimum_free_size(caps);
    TEST_ASSERT_LESS_OR_EQUAL(before, lowest);
    for (int i = 0; i < 8; i++) {
        heap_caps_free(all[i]);
    }
    TEST_ESP_OK(heap_caps_monitor_local_minimum_free_size_stop());
    TEST_ASSERT_EQUAL(lowest, heap_caps_get_minimum_free_size(caps));
    TEST_ASSERT_EQUAL(free, heap_caps_get_free_size(caps));
}

TEST_CASE("get_info adds up the heaps, and the owner of a block costs nothing", "[3.4]")
{
    multi_heap_info_t info;
    char *first = block_of(100);
    char *second = block_of(200);
    size_t allocated = heap_caps_get_allocated_size(first) + heap_caps_get_allocated_size(second);

    memset(&info, 0x55, sizeof(info));
    heap_caps_get_info(&info, CAP_A);
    TEST_ASSERT_EQUAL(heap_caps_get_free_size(CAP_A), info.total_free_bytes);
    TEST_ASSERT_EQUAL(allocated, info.total_allocated_bytes);
    TEST_ASSERT_EQUAL(heap_caps_get_largest_free_block(CAP_A), info.largest_free_block);
    TEST_ASSERT_LESS_OR_EQUAL(info.total_free_bytes, info.minimum_free_bytes);
    TEST_ASSERT_EQUAL(2, info.allocated_blocks);
    TEST_ASSERT_EQUAL(2, info.free_blocks); /* the rest of each of the two heaps */
    TEST_ASSERT_EQUAL(4, info.total_blocks);
    heap_caps_get_info(&info, CAP_C);
    TEST_ASSERT_EQUAL(0, info.total_blocks + info.total_free_bytes);
    heap_caps_free(first);
    heap_caps_free(second);
}

TEST_CASE("print_heap_info: the text", "[3.5]")
{
    struct capture capture;
    char expected[800];
    char *ptr;

    own_heap(2, CAP_C, 0, 0);
    own_heap(3, CAP_C, CAP_D, 0);
    ptr = heap_caps_malloc(100, CAP_C | CAP_D);
    capture_begin(&capture, true);
    heap_caps_print_heap_info(CAP_C);
    snprintf(expected, sizeof(expected),
             "Heap summary for capabilities 0x00000040:\n"
             "  At 0x%08" PRIxPTR " len 4096 free 3984 allocated 100 min_free 3984\n"
             "    largest_free_block 3980 alloc_blocks 1 free_blocks 1 total_blocks 2\n"
             "  At 0x%08" PRIxPTR " len 4096 free 4088 allocated 0 min_free 4088\n"
             "    largest_free_block 4084 alloc_blocks 0 free_blocks 1 total_blocks 1\n"
             "  Totals:\n"
             "    free 8072 allocated 100 min_free 8072 largest_free_block 4084\n",
             (uintptr_t)own_memory[3], (uintptr_t)own_memory[2]);
    TEST_ASSERT_EQUAL_STRING(expected, capture_end(&capture));
    capture_free(&capture);
    heap_caps_free(ptr);
}

TEST_CASE("print_heap_info: capabilities are in capitals; no heap has totals of 0", "[3.5]")
{
    struct capture capture;

    capture_begin(&capture, true);
    heap_caps_print_heap_info(0xabcdef);
    TEST_ASSERT_EQUAL_STRING("Heap summary for capabilities 0x00ABCDEF:\n"
                             "  Totals:\n"
                             "    free 0 allocated 0 min_free 0 largest_free_block 0\n",
                             capture_end(&capture));
    capture_free(&capture);
}

TEST_CASE("dump: the text, in address order", "[3.6]")
{
    char *first = heap_caps_malloc(100, CAP_C | CAP_D);
    char *second = heap_caps_malloc(50, CAP_C | CAP_D);
    struct capture capture;
    char expected[400];

    heap_caps_free(first);
    capture_begin(&capture, true);
    heap_caps_dump(CAP_C | CAP_D);
    snprintf(expected, sizeof(expected),
             "Showing data for heap: 0x%08" PRIxPTR " \n"
             "Block 0x%08" PRIxPTR " data, size: 3924 bytes, Free: Yes \n"
             "Block 0x%08" PRIxPTR " data, size: 52 bytes, Free: No \n"
             "Block 0x%08" PRIxPTR " data, size: 100 bytes, Free: Yes \n",
             (uintptr_t)own_memory[3], (uintptr_t)own_memory[3] + 8, (uintptr_t)second,
             (uintptr_t)first);
    TEST_ASSERT_EQUAL_STRING(expected, capture_end(&capture));
    capture_free(&capture);
    heap_caps_free(second);
}

static int count_of(const char *text, const char *word)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        count++;
    }
    return count;
}

TEST_CASE("dump: MALLOC_CAP_INVALID and dump_all mean all heaps", "[3.4]")
{
    struct capture capture;
    int heaps = 0;

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL; heap = heap->next) {
        heaps += heap->enabled;
    }
    capture_begin(&capture, true);
    heap_caps_dump_all();
    TEST_ASSERT_EQUAL(heaps, count_of(capture_end(&capture), "Showing data"));
    capture_free(&capture);
    capture_begin(&capture, true);
    heap_caps_dump(MALLOC_CAP_INVALID);
    TEST_ASSERT_EQUAL(heaps, count_of(capture_end(&capture), "Showing data"));
    capture_free(&capture);
}

struct walk {
    int heaps, blocks, used;
    intptr_t heap, last;
    int stop_after; /* blocks of a heap; 0: never */
    int in_heap;
    size_t bytes;
};

static bool look(walker_heap_into_t heap_info, walker_block_info_t block_info, void *user_data)
{
    struct walk *walk = user_data;

    if (heap_info.start != walk->heap) {
        walk->heap = heap_info.start;
        walk->heaps++;
        walk->last = 0;
        walk->in_heap = 0;
    }
    TEST_ASSERT((intptr_t)block_info.ptr > walk->last);
    TEST_ASSERT((intptr_t)block_info.ptr > heap_info.start);
    TEST_ASSERT((intptr_t)block_info.ptr + (intptr_t)block_info.size <= heap_info.end);
    walk->last = (intptr_t)block_info.ptr;
    walk->blocks++;
    walk->in_heap++;
    walk->used += block_info.used;
    walk->bytes += block_info.size;
    heap_caps_free(heap_caps_malloc(16, MALLOC_CAP_DEFAULT)); /* it may allocate */
    return walk->in_heap != walk->stop_after;
}

TEST_CASE("walk: every block, used or free, in address order", "[3.4]")
{
    char *ptr = heap_caps_malloc(100, CAP_C | CAP_D);
    struct walk walk = {0};

    heap_caps_walk(CAP_C, look, &walk);
    TEST_ASSERT_EQUAL(2, walk.heaps);
    TEST_ASSERT_EQUAL(3, walk.blocks);
    TEST_ASSERT_EQUAL(1, walk.used);
    TEST_ASSERT_EQUAL(100 + 3980 + 4084, walk.bytes);
    heap_caps_free(ptr);
}

TEST_CASE("walk: false ends the heap, and the next one goes on", "[3.4]")
{
    char *ptr = heap_caps_malloc(100, CAP_C | CAP_D);
    struct walk walk = {.stop_after = 1};

    heap_caps_walk(CAP_C, look, &walk);
    TEST_ASSERT_EQUAL(2, walk.heaps);
    TEST_ASSERT_EQUAL(2, walk.blocks);
    heap_caps_free(ptr);
}

TEST_CASE("walk_all: all heaps, and the sizes add up", "[3.4]")
{
    multi_heap_info_t info;
    struct walk walk = {0};

    heap_caps_get_info(&info, 0);
    heap_caps_walk_all(look, &walk);
    TEST_ASSERT_EQUAL(info.total_blocks, walk.blocks);
    TEST_ASSERT_EQUAL(info.allocated_blocks, walk.used);
    TEST_ASSERT_EQUAL(info.total_allocated_bytes + info.total_free_bytes - HEAD * info.free_blocks,
                      walk.bytes);
}

TEST_CASE("a sound heap is sound; so is no heap at all; an address in none is not", "[3.4]")
{
    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
    TEST_ASSERT_TRUE(heap_caps_check_integrity(CAP_C, true));
    TEST_ASSERT_TRUE(heap_caps_check_integrity(MALLOC_CAP_INVALID, true));
    TEST_ASSERT_TRUE(heap_caps_check_integrity(1U << 25, true));
    TEST_ASSERT_TRUE(heap_caps_check_integrity_addr((intptr_t)own_memory[2] + 100, true));
    TEST_ASSERT_FALSE(heap_caps_check_integrity_addr(16, true));
    TEST_ASSERT_FALSE(heap_caps_check_integrity_addr((intptr_t)look, true));
}

TEST_CASE("a damaged heap is found, by itself and among all", "[3.4]")
{
    unsigned *first = heap_caps_malloc(100, CAP_C | CAP_D);
    unsigned *second = heap_caps_malloc(100, CAP_C | CAP_D);
    unsigned head = second[-1];

    second[-1] = 0; /* what a write past the end of the first does */
    TEST_ASSERT_FALSE(heap_caps_check_integrity_all(false));
    TEST_ASSERT_FALSE(heap_caps_check_integrity(MALLOC_CAP_INVALID, false));
    TEST_ASSERT_FALSE(heap_caps_check_integrity(CAP_C, false));
    TEST_ASSERT_FALSE(heap_caps_check_integrity_addr((intptr_t)first, true));
    TEST_ASSERT_TRUE(heap_caps_check_integrity(CAP_A, false));
    second[-1] = head;
    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
    heap_caps_free(first);
    heap_caps_free(second);
}

TEST_CASE("the size of a block, by its start and by any address in it", "[3.4]")
{
    char *ptr = heap_caps_malloc(99, MALLOC_CAP_DEFAULT);

    TEST_ASSERT_EQUAL(100, heap_caps_get_allocated_size(ptr));
    TEST_ASSERT_EQUAL(100, heap_caps_get_containing_block_size(ptr));
    TEST_ASSERT_EQUAL(100, heap_caps_get_containing_block_size(ptr + 50));
    TEST_ASSERT_EQUAL(100, heap_caps_get_containing_block_size(ptr + 99));
    heap_caps_free(ptr);
}

void app_main(void)
{
    unity_run_all_tests();
}
