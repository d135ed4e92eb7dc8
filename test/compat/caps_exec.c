/* SPDX-License-Identifier: MIT */
/* Memory for code, where the configuration has it: addresses of the instruction bus. */
#include <string.h>

#include "esp_heap_caps.h"
#include "task_stats.h"
#include "unity.h"

#include "exec.h"

static bool is_instruction_side(const void *ptr)
{
    return ptr != NULL && esp_heap_of(ptr) == NULL;
}

/* A block in a heap with a view of its own, if there is one; `fillers` take what comes before
 * it. */
static void *exec_on_view(size_t size, void **fillers, int *count)
{
    void *ptr = heap_caps_malloc(size, MALLOC_CAP_EXEC);

    *count = 0;
    while (ptr != NULL && !is_instruction_side(ptr) && *count < 64) {
        size_t more = heap_caps_get_largest_free_block(MALLOC_CAP_EXEC) / 2;

        fillers[(*count)++] = ptr;
        ptr = heap_caps_malloc(more > size ? more : size, MALLOC_CAP_EXEC);
    }
    if (ptr == NULL) { /* there is no such heap: an ordinary block will do */
        while (*count > 0) {
            heap_caps_free(fillers[--*count]);
        }
        ptr = heap_caps_malloc(size, MALLOC_CAP_EXEC);
    }
    return ptr;
}

static void *fillers[64];
static int filled;
static char *code;

void setUp(void)
{
    code = exec_on_view(100, fillers, &filled);
}

void tearDown(void)
{
    heap_caps_free(code);
    while (filled > 0) {
        heap_caps_free(fillers[--filled]);
    }
    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
}

TEST_CASE("MALLOC_CAP_EXEC is bit 0", "[3.1]")
{
    TEST_ASSERT_EQUAL_HEX32(1, MALLOC_CAP_EXEC);
}

TEST_CASE("EXEC with 8BIT or DMA is never served", "[3.3]")
{
    TEST_ASSERT_NULL(heap_caps_malloc(100, MALLOC_CAP_EXEC | MALLOC_CAP_8BIT));
    TEST_ASSERT_NULL(heap_caps_malloc(100, MALLOC_CAP_EXEC | MALLOC_CAP_DMA));
}

TEST_CASE("EXEC memory is there, and can be written in words", "[3.3]")
{
    uint32_t *ptr = heap_caps_malloc(13, MALLOC_CAP_EXEC);

    TEST_ASSERT_NOT_NULL(ptr);
    TEST_ASSERT_GREATER_OR_EQUAL(16, heap_caps_get_allocated_size(ptr));
    ptr[3] = 42;
    heap_caps_free(ptr);
}

TEST_CASE(
    "where the buses differ, the result is the instruction bus's, and the word before it the other",
    "[3.3]")
{
    uint32_t before;

    if (!is_instruction_side(code)) {
        TEST_IGNORE_MESSAGE("both buses have the same addresses, or the view runs backwards");
    }
    memcpy(&before, code - 4, sizeof(before));
    TEST_ASSERT_NOT_NULL(esp_heap_of((void *)(uintptr_t)before));
    TEST_ASSERT_EQUAL_PTR(exec_heap_of(code), esp_heap_of((void *)(uintptr_t)before));
    TEST_ASSERT_EQUAL(heap_caps_get_allocated_size((void *)(uintptr_t)before) - 4,
                      heap_caps_get_allocated_size(code));
    code[0] = 77; /* both see the same memory */
    TEST_ASSERT_EQUAL(77, *((char *)(uintptr_t)before + 4));
}

TEST_CASE("sizes of an instruction-side block are the caller's", "[3.4]")
{
    TEST_ASSERT_GREATER_OR_EQUAL(100, heap_caps_get_allocated_size(code));
    TEST_ASSERT_GREATER_OR_EQUAL(100, heap_caps_get_containing_block_size(code));
    TEST_ASSERT_TRUE(heap_caps_check_integrity_addr((intptr_t)code, true));
}

TEST_CASE("realloc of an instruction-side block copies", "[3.3]")
{
    for (int i = 0; i < 25; i++) {
        ((uint32_t *)(void *)code)[i] = (uint32_t)i;
    }
    code = heap_caps_realloc(code, 200, MALLOC_CAP_EXEC);
    TEST_ASSERT_NOT_NULL(code);
    for (int i = 0; i < 25; i++) {
        TEST_ASSERT_EQUAL(i, ((uint32_t *)(void *)code)[i]);
    }
    code = heap_caps_realloc(code, 40, MALLOC_CAP_32BIT);
    for (int i = 0; i < 10; i++) {
        TEST_ASSERT_EQUAL(i, ((uint32_t *)(void *)code)[i]);
    }
}

TEST_CASE("a block that is to be for code moves to where it has another address", "[3.3]")
{
    uint32_t *ptr = heap_caps_malloc(40, MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL);

    ptr[9] = 4711;
    ptr = heap_caps_realloc(ptr, 40, MALLOC_CAP_EXEC);
    TEST_ASSERT_NOT_NULL(ptr);
    TEST_ASSERT_EQUAL(exec_has_view(exec_heap_of(ptr)), is_instruction_side(ptr));
    TEST_ASSERT_EQUAL(4711, ptr[9]);
    heap_caps_free(ptr);
}

/* The reference reports an address on the other bus, 4 bytes into the block. */
TEST_CASE("reports have the address that the caller was given", "[2.3]")
{
    heap_single_task_stat_t stat = stats_of(NULL);
    size_t found = 0;

    for (size_t i = 0; i < stat.alloc_count; i++) {
        found += stat.alloc_stat_start[i].address == code;
    }
    TEST_ASSERT_EQUAL(1, found);
}

TEST_CASE("a block that was for code is an ordinary one when it is used again", "[2.3]")
{
    size_t found = 0;
    heap_single_task_stat_t stat;

    heap_caps_free(code);
    code = heap_caps_malloc(104, MALLOC_CAP_32BIT);
    stat = stats_of(NULL);
    for (size_t i = 0; i < stat.alloc_count; i++) {
        found += stat.alloc_stat_start[i].address == code;
    }
    TEST_ASSERT_EQUAL(1, found);
}

void app_main(void)
{
    unity_run_all_tests();
}
