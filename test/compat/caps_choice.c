/* SPDX-License-Identifier: MIT */
/* Which heap serves a request: capabilities, priorities, what hardware wants, limits. */
#include "own_heaps.h"

#include "chip.h"
#include "heaps.h"

/* Where a block of so many bytes lies; it is freed again. */
static int heap_for(size_t size, uint32_t caps)
{
    void *ptr = heap_caps_malloc(size, caps);
    int heap = own_heap_of(ptr);

    heap_caps_free(ptr);
    return heap;
}

static bool is_served(size_t size, uint32_t caps)
{
    void *ptr = heap_caps_malloc(size, caps);

    heap_caps_free(ptr);
    return ptr != NULL;
}

TEST_CASE("capability bits have ESP-IDF's values", "[3.1]")
{
    TEST_ASSERT_EQUAL_HEX32(0x00000002, MALLOC_CAP_32BIT);
    TEST_ASSERT_EQUAL_HEX32(0x00000004, MALLOC_CAP_8BIT);
    TEST_ASSERT_EQUAL_HEX32(0x00000008, MALLOC_CAP_DMA);
    TEST_ASSERT_EQUAL_HEX32(0x00000010, MALLOC_CAP_PID2);
    TEST_ASSERT_EQUAL_HEX32(0x00000200, MALLOC_CAP_PID7);
    TEST_ASSERT_EQUAL_HEX32(0x00000400, MALLOC_CAP_SPIRAM);
    TEST_ASSERT_EQUAL_HEX32(0x00000800, MALLOC_CAP_INTERNAL);
    TEST_ASSERT_EQUAL_HEX32(0x00001000, MALLOC_CAP_DEFAULT);
    TEST_ASSERT_EQUAL_HEX32(0x00002000, MALLOC_CAP_IRAM_8BIT);
    TEST_ASSERT_EQUAL_HEX32(0x00004000, MALLOC_CAP_RETENTION);
    TEST_ASSERT_EQUAL_HEX32(0x00008000, MALLOC_CAP_RTCRAM);
    TEST_ASSERT_EQUAL_HEX32(0x00010000, MALLOC_CAP_SPM);
    TEST_ASSERT_EQUAL_HEX32(0x00020000, MALLOC_CAP_DMA_DESC_AHB);
    TEST_ASSERT_EQUAL_HEX32(0x00040000, MALLOC_CAP_DMA_DESC_AXI);
    TEST_ASSERT_EQUAL_HEX32(0x00080000, MALLOC_CAP_CACHE_ALIGNED);
    TEST_ASSERT_EQUAL_HEX32(0x00100000, MALLOC_CAP_SIMD);
    TEST_ASSERT_EQUAL_HEX32(0x00200000, MALLOC_CAP_SPIRAM_NO_ENC);
    TEST_ASSERT_EQUAL_HEX32(0x80000000, MALLOC_CAP_INVALID);
}

TEST_CASE("a heap matches with all three words together", "[3.3]")
{
    own_heap(0, CAP_A, CAP_B, CAP_C);
    TEST_ASSERT_EQUAL(0, heap_for(16, CAP_A | CAP_B | CAP_C));
    TEST_ASSERT_EQUAL(0, heap_for(16, CAP_C));
    TEST_ASSERT_FALSE(is_served(16, CAP_A | CAP_D));
}

TEST_CASE("heaps that share a bit with the first word come first, then the second, then the third",
          "[3.3]")
{
    own_heap(1, 0, 0, CAP_D);
    own_heap(2, 0, CAP_D, 0);
    own_heap(3, CAP_D, 0, 0);
    own_heap(4, 0, CAP_D, 0); /* the newest is first in the list, and its word is the second */
    TEST_ASSERT_EQUAL(3, heap_for(16, CAP_D));

    void *third = heap_caps_malloc(3000, CAP_D);

    TEST_ASSERT_EQUAL(3, own_heap_of(third));
    TEST_ASSERT_EQUAL(4, heap_for(3000, CAP_D));

    void *fourth = heap_caps_malloc(3000, CAP_D);
    void *second = heap_caps_malloc(3000, CAP_D);

    TEST_ASSERT_EQUAL(2, own_heap_of(second));
    TEST_ASSERT_EQUAL(1, heap_for(3000, CAP_D));
    heap_caps_free(third);
    heap_caps_free(fourth);
    heap_caps_free(second);
}

TEST_CASE("a word shares a bit with any of the capabilities asked for", "[3.3]")
{
    own_heap(5, 0, MALLOC_CAP_PID6 | MALLOC_CAP_PID7, 0);
    own_heap(6, MALLOC_CAP_PID7, MALLOC_CAP_PID6, 0);
    own_heap(7, 0, MALLOC_CAP_PID6 | MALLOC_CAP_PID7, 0);
    TEST_ASSERT_EQUAL(6, heap_for(16, MALLOC_CAP_PID6 | MALLOC_CAP_PID7));
    TEST_ASSERT_EQUAL(7, heap_for(16, MALLOC_CAP_PID6));
}

TEST_CASE("capabilities 0 never allocate, and queries with 0 match every heap", "[3.3]")
{
    TEST_ASSERT_FALSE(is_served(16, 0));
    TEST_ASSERT_GREATER_THAN(0, heap_caps_get_free_size(0));
    TEST_ASSERT_GREATER_OR_EQUAL(heap_caps_get_free_size(MALLOC_CAP_DEFAULT),
                                 heap_caps_get_free_size(0));
}

TEST_CASE("unknown bits never allocate", "[3.3]")
{
    TEST_ASSERT_FALSE(is_served(16, 1U << 25));
    TEST_ASSERT_FALSE(is_served(16, MALLOC_CAP_DEFAULT | 1U << 25));
    TEST_ASSERT_FALSE(is_served(16, MALLOC_CAP_INVALID));
}

TEST_CASE("among equal heaps the smallest is used first", "[3.3]")
{
    const struct esp_heap *first = NULL;
    char *ptr = heap_caps_malloc(16, MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL | MALLOC_CAP_DMA);

    for (const struct esp_heap *heap = esp_heaps(); heap != NULL && first == NULL;
         heap = heap->next) {
        if (heap->enabled && !heap->late && (heap->caps[0] & MALLOC_CAP_8BIT) != 0) {
            first = heap;
        }
    }
    if (first != NULL) { /* on some chips another word decides */
        TEST_ASSERT_EQUAL_PTR(first, esp_heap_of(ptr));
    }
    heap_caps_free(ptr);
}

TEST_CASE("MALLOC_CAP_32BIT rounds the size up to whole words", "[3.3]")
{
    own_heap(8, MALLOC_CAP_32BIT | CAP_A, 0, 0);

    char *ptr = heap_caps_malloc(13, MALLOC_CAP_32BIT | CAP_A);

    TEST_ASSERT_EQUAL(20, heap_caps_get_allocated_size(ptr)); /* 13 alone takes 20 as well */
    heap_caps_free(ptr);
    ptr = heap_caps_malloc(21, CAP_A | MALLOC_CAP_32BIT);
    TEST_ASSERT_EQUAL(28, heap_caps_get_allocated_size(ptr));
    heap_caps_free(ptr);
}

TEST_CASE("a size above the largest contiguous memory is refused at once", "[3.3]")
{
    TEST_ASSERT_FALSE(is_served(chip_get()->max_contiguous, MALLOC_CAP_DEFAULT));
    TEST_ASSERT_FALSE(is_served(SIZE_MAX, MALLOC_CAP_DEFAULT));
    TEST_ASSERT_FALSE(is_served(SIZE_MAX, MALLOC_CAP_DMA));
    TEST_ASSERT_FALSE(is_served(SIZE_MAX - 2, MALLOC_CAP_32BIT));
}

static void check_alignment(uint32_t caps, size_t alignment)
{
    void *ptrs[8];

    for (int i = 0; i < 8; i++) { /* several: one could be aligned by chance */
        ptrs[i] = heap_caps_malloc(20, caps);
        TEST_ASSERT_NOT_NULL(ptrs[i]);
        TEST_ASSERT_EQUAL(0, (uintptr_t)ptrs[i] % alignment);
        if (alignment > 8) { /* the size becomes a multiple of it */
            TEST_ASSERT_GREATER_OR_EQUAL((20 + alignment - 1) / alignment * alignment,
                                         heap_caps_get_allocated_size(ptrs[i]));
        }
    }
    for (int i = 0; i < 8; i++) {
        heap_caps_free(ptrs[i]);
    }
}

TEST_CASE("DMA memory is aligned to the line of the cache before it", "[3.3]")
{
    size_t line = chip_get()->cache_line_internal;

    check_alignment(MALLOC_CAP_DMA | MALLOC_CAP_INTERNAL, line != 0 ? line : 8);
}

TEST_CASE("descriptors for AXI are aligned to 8 and are DMA memory", "[3.3]")
{
    check_alignment(MALLOC_CAP_DMA_DESC_AXI | MALLOC_CAP_INTERNAL, 8);
    check_alignment(MALLOC_CAP_DMA_DESC_AHB | MALLOC_CAP_INTERNAL, 4);
}

TEST_CASE("MALLOC_CAP_CACHE_ALIGNED only aligns", "[3.3]")
{
    size_t line = chip_get()->cache_line_internal;

    check_alignment(MALLOC_CAP_CACHE_ALIGNED | MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL,
                    line != 0 ? line : 8);
}

TEST_CASE("memory for SIMD is aligned to 16 where the chip has it", "[3.3]")
{
    if (chip_get()->simd) {
        check_alignment(MALLOC_CAP_SIMD, 16);
    } else {
        TEST_ASSERT_FALSE(is_served(16, MALLOC_CAP_SIMD));
    }
}

TEST_CASE("with PSRAM, the DMA bit is dropped", "[3.3]")
{
    own_heap(9, MALLOC_CAP_SPIRAM | CAP_B, 0, 0);
    TEST_ASSERT_EQUAL(9, heap_for(16, MALLOC_CAP_SPIRAM | MALLOC_CAP_DMA | CAP_B));
}

void app_main(void)
{
    unity_run_all_tests();
}
