/* SPDX-License-Identifier: MIT */
/* What each function that allocates does in the edge cases, and who is told of a failure. */
#include <string.h>

#include "own_heaps.h"

#include "chip.h"
#include "heaps.h"

/* Linked by name, as ESP-IDF's own components do. */
void *heap_caps_malloc_base(size_t size, uint32_t caps);
void *heap_caps_malloc_default(size_t size);
void *heap_caps_realloc_default(void *ptr, size_t size);
void *heap_caps_aligned_alloc_default(size_t alignment, size_t size);

#define CAPS   MALLOC_CAP_DEFAULT
#define NO_ONE (1U << 25) /* nothing has it */

static unsigned failures;
static size_t failed_size;
static uint32_t failed_caps;
static const char *failed_function;

static void on_failure(size_t size, uint32_t caps, const char *function_name)
{
    failures++;
    failed_size = size;
    failed_caps = caps;
    failed_function = function_name;
}

void setUp(void)
{
    failures = 0;
}

/* There was one failure since the last call. */
static void failed(size_t size, uint32_t caps, const char *function)
{
    TEST_ASSERT_EQUAL(1, failures);
    TEST_ASSERT_EQUAL_UINT64(size, failed_size);
    TEST_ASSERT_EQUAL_HEX32(caps, failed_caps);
    TEST_ASSERT_EQUAL_STRING(function, failed_function);
    failures = 0;
}

TEST_CASE("a callback of NULL is refused, another one replaces the one before", "[3.4]")
{
    TEST_ASSERT_EQUAL(ESP_ERR_INVALID_ARG, heap_caps_register_failed_alloc_callback(NULL));
    TEST_ESP_OK(heap_caps_register_failed_alloc_callback(on_failure));
    TEST_ASSERT_NULL(heap_caps_malloc(10, NO_ONE));
    failed(10, NO_ONE, "heap_caps_malloc");
}

TEST_CASE("the failure callback gets size and capabilities as the caller passed them", "[3.4]")
{
    TEST_ASSERT_NULL(heap_caps_malloc(13, NO_ONE | MALLOC_CAP_32BIT | MALLOC_CAP_DMA_DESC_AXI));
    failed(13, NO_ONE | MALLOC_CAP_32BIT | MALLOC_CAP_DMA_DESC_AXI, "heap_caps_malloc");
}

TEST_CASE("malloc: size 0 gives NULL and is no failure", "[3.4]")
{
    TEST_ASSERT_NULL(heap_caps_malloc(0, CAPS));
    TEST_ASSERT_EQUAL(0, failures);
}

TEST_CASE("malloc_base tells nobody of a failure", "[3.2]")
{
    TEST_ASSERT_NULL(heap_caps_malloc_base(10, NO_ONE));
    TEST_ASSERT_EQUAL(0, failures);
}

TEST_CASE("calloc gives zeros", "[3.4]")
{
    char *ptr = heap_caps_malloc(100, CAPS);
    char zeros[100] = {0};

    memset(ptr, 0x55, 100);
    heap_caps_free(ptr);
    ptr = heap_caps_calloc(25, 4, CAPS);
    TEST_ASSERT_EQUAL_MEMORY(zeros, ptr, 100);
    heap_caps_free(ptr);
}

TEST_CASE("calloc: a product that overflows fails, and what was asked for is not told as less",
          "[3.4]")
{
    TEST_ASSERT_NULL(heap_caps_calloc(SIZE_MAX / 2 + 2, 2, CAPS)); /* wrapped it would be 2 */
    failed(SIZE_MAX, CAPS, "heap_caps_calloc");
    TEST_ASSERT_NULL(heap_caps_calloc(100, 10, NO_ONE));
    failed(1000, NO_ONE, "heap_caps_calloc");
}

TEST_CASE("calloc: n or size 0 gives NULL and is no failure", "[3.4]")
{
    TEST_ASSERT_NULL(heap_caps_calloc(0, 8, CAPS));
    TEST_ASSERT_NULL(heap_caps_calloc(8, 0, CAPS));
    TEST_ASSERT_NULL(heap_caps_calloc_prefer(0, 8, 1, CAPS));
    TEST_ASSERT_EQUAL(0, failures);
}

TEST_CASE("realloc: NULL allocates", "[3.4]")
{
    void *ptr = heap_caps_realloc(NULL, 20, CAPS);

    TEST_ASSERT_NOT_NULL(ptr);
    heap_caps_free(ptr);
    TEST_ASSERT_NULL(heap_caps_realloc(NULL, 0, CAPS));
    TEST_ASSERT_EQUAL(0, failures);
}

TEST_CASE("realloc: size 0 frees, gives NULL, and is no failure", "[3.4]")
{
    size_t before = heap_caps_get_free_size(CAPS);
    void *ptr = heap_caps_malloc(1000, CAPS);

    TEST_ASSERT_NULL(heap_caps_realloc(ptr, 0, CAPS));
    TEST_ASSERT_EQUAL(before, heap_caps_get_free_size(CAPS));
    TEST_ASSERT_EQUAL(0, failures);
}

TEST_CASE("realloc: the same heap is tried first", "[3.4]")
{
    char *in_1, *ptr, *behind;

    own_heap(0, CAP_A, 0, 0);
    own_heap(1, CAP_A, 0, 0); /* comes before 0 */
    in_1 = heap_caps_malloc(3900, CAP_A);
    ptr = heap_caps_malloc(600, CAP_A);
    behind = heap_caps_malloc(600, CAP_A);
    TEST_ASSERT_EQUAL(1, own_heap_of(in_1));
    TEST_ASSERT_EQUAL(0, own_heap_of(ptr));
    heap_caps_free(in_1); /* now heap 1 has room, and would be searched first */
    memset(ptr, 0x33, 600);
    ptr = heap_caps_realloc(ptr, 500, CAP_A);
    TEST_ASSERT_EQUAL(0, own_heap_of(ptr));
    ptr = heap_caps_realloc(ptr, 1000, CAP_A); /* cannot grow where it is */
    TEST_ASSERT_EQUAL(0, own_heap_of(ptr));
    ptr = heap_caps_realloc(ptr, 3500, CAP_A); /* has no room beside `behind` */
    TEST_ASSERT_EQUAL(1, own_heap_of(ptr));
    for (int i = 0; i < 500; i++) {
        TEST_ASSERT_EQUAL(0x33, ptr[i]);
    }
    heap_caps_free(ptr);
    heap_caps_free(behind);
}

TEST_CASE("realloc: other capabilities move the block", "[3.4]")
{
    own_heap(2, CAP_B, 0, 0);
    own_heap(3, CAP_C, 0, 0);

    char *ptr = heap_caps_malloc(50, CAP_B);

    memcpy(ptr, "what was there", sizeof("what was there"));
    ptr = heap_caps_realloc(ptr, 40, CAP_C);
    TEST_ASSERT_EQUAL(3, own_heap_of(ptr));
    TEST_ASSERT_EQUAL_STRING("what was there", ptr);
    heap_caps_free(ptr);
    TEST_ASSERT_EQUAL(0, heap_caps_get_total_size(CAP_B) - OWN_HEAP_BYTES);
}

TEST_CASE("realloc: a failure is told, and the old block is as it was", "[3.4]")
{
    char *ptr = heap_caps_malloc(50, CAP_B);
    size_t size = heap_caps_get_allocated_size(ptr);
    size_t free = heap_caps_get_free_size(0);

    memset(ptr, 7, 50);
    TEST_ASSERT_NULL(heap_caps_realloc(ptr, OWN_HEAP_BYTES, CAP_B));
    failed(OWN_HEAP_BYTES, CAP_B, "heap_caps_realloc");
    TEST_ASSERT_NULL(heap_caps_realloc(ptr, 40, NO_ONE));
    failed(40, NO_ONE, "heap_caps_realloc");
    TEST_ASSERT_NULL(heap_caps_realloc(ptr, SIZE_MAX, CAP_B));
    failed(SIZE_MAX, CAP_B, "heap_caps_realloc");
    TEST_ASSERT_EQUAL(size, heap_caps_get_allocated_size(ptr));
    TEST_ASSERT_EQUAL(free, heap_caps_get_free_size(0));
    for (int i = 0; i < 50; i++) {
        TEST_ASSERT_EQUAL(7, ptr[i]);
    }
    heap_caps_free(ptr);
}

TEST_CASE("realloc: alignment that hardware wants makes the block move", "[3.4]")
{
    const size_t line = chip_get()->cache_line_external;
    char *ptr;

    own_heap(4, MALLOC_CAP_SPIRAM | CAP_D, 0, 0);
    if (line <= 8) {
        TEST_IGNORE_MESSAGE("no cache before PSRAM on this chip");
    }
    ptr = heap_caps_malloc(20, CAP_D);
    heap_caps_free(heap_caps_malloc(20, CAP_D));
    if ((uintptr_t)ptr % line == 0) { /* take one that is not aligned */
        ptr = heap_caps_malloc(20, CAP_D);
    }
    memcpy(ptr, "content", 8);
    ptr = heap_caps_realloc(ptr, 30, MALLOC_CAP_SPIRAM | MALLOC_CAP_CACHE_ALIGNED | CAP_D);
    TEST_ASSERT_EQUAL(0, (uintptr_t)ptr % line);
    TEST_ASSERT_EQUAL_STRING("content", ptr);
    heap_caps_free(ptr);
}

TEST_CASE("free: NULL is ignored", "[3.4]")
{
    heap_caps_free(NULL);
}

TEST_CASE("aligned_alloc: alignment 0, no power of two, or size 0 give NULL and are no failure",
          "[3.4]")
{
    TEST_ASSERT_NULL(heap_caps_aligned_alloc(0, 10, CAPS));
    TEST_ASSERT_NULL(heap_caps_aligned_alloc(24, 10, CAPS));
    TEST_ASSERT_NULL(heap_caps_aligned_alloc(32, 0, CAPS));
    TEST_ASSERT_EQUAL(0, failures);
}

TEST_CASE("aligned_alloc: a size above the limit is a failure", "[3.4]")
{
    TEST_ASSERT_NULL(heap_caps_aligned_alloc(32, SIZE_MAX, CAPS));
    failed(SIZE_MAX, CAPS, "heap_caps_aligned_alloc");
    TEST_ASSERT_NULL(heap_caps_aligned_alloc(32, chip_get()->max_contiguous, CAPS));
    failed(chip_get()->max_contiguous, CAPS, "heap_caps_aligned_alloc");
}

TEST_CASE("aligned_alloc: the caller's pointer is aligned", "[3.4]")
{
    for (size_t alignment = 1; alignment <= 4096; alignment *= 2) {
        void *ptr = heap_caps_aligned_alloc(alignment, 100, CAPS);

        TEST_ASSERT_NOT_NULL(ptr);
        TEST_ASSERT_EQUAL(0, (uintptr_t)ptr % alignment);
        TEST_ASSERT_GREATER_OR_EQUAL(100, heap_caps_get_allocated_size(ptr));
        heap_caps_free(ptr);
    }
}

TEST_CASE("aligned_calloc: zeros; a product that overflows gives NULL and is not told", "[3.4]")
{
    char zeros[96] = {0};
    char *ptr = heap_caps_aligned_alloc(64, 96, CAPS);

    memset(ptr, 0x55, 96);
    heap_caps_free(ptr);
    ptr = heap_caps_aligned_calloc(64, 24, 4, CAPS);
    TEST_ASSERT_EQUAL(0, (uintptr_t)ptr % 64);
    TEST_ASSERT_EQUAL_MEMORY(zeros, ptr, 96);
    heap_caps_free(ptr);
    TEST_ASSERT_NULL(heap_caps_aligned_calloc(64, SIZE_MAX, 2, CAPS));
    TEST_ASSERT_EQUAL(0, failures);
    TEST_ASSERT_NULL(heap_caps_aligned_calloc(64, 100, 10, NO_ONE));
    TEST_ASSERT_EQUAL(1, failures);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
TEST_CASE("aligned_free is free", "[3.4]")
{
    size_t before = heap_caps_get_free_size(CAPS);

    heap_caps_aligned_free(heap_caps_aligned_alloc(64, 96, CAPS));
    TEST_ASSERT_EQUAL(before, heap_caps_get_free_size(CAPS));
}
#pragma GCC diagnostic pop

TEST_CASE("malloc_prefer: the first that succeeds; one failure at the end, with the last tried",
          "[3.4]")
{
    void *ptr = heap_caps_malloc_prefer(100, 3, NO_ONE, CAP_B, CAP_C);

    TEST_ASSERT_EQUAL(2, own_heap_of(ptr));
    TEST_ASSERT_EQUAL(0, failures);
    heap_caps_free(ptr);
    TEST_ASSERT_NULL(heap_caps_malloc_prefer(OWN_HEAP_BYTES, 2, NO_ONE, CAP_B));
    failed(OWN_HEAP_BYTES, CAP_B, "heap_caps_malloc_prefer");
}

TEST_CASE("prefer: no capabilities at all are a failure, told with MALLOC_CAP_DEFAULT", "[3.4]")
{
    TEST_ASSERT_NULL(heap_caps_malloc_prefer(100, 0));
    failed(100, MALLOC_CAP_DEFAULT, "heap_caps_malloc_prefer");
    TEST_ASSERT_NULL(heap_caps_calloc_prefer(10, 10, 0));
    failed(10, MALLOC_CAP_DEFAULT, "heap_caps_calloc_prefer");
    TEST_ASSERT_NULL(heap_caps_realloc_prefer(NULL, 100, 0));
    failed(100, MALLOC_CAP_DEFAULT, "heap_caps_realloc_prefer");
}

TEST_CASE("prefer: size 0 is no failure, and frees", "[3.4]")
{
    size_t before = heap_caps_get_free_size(CAP_B);
    void *ptr = heap_caps_malloc(100, CAP_B);

    TEST_ASSERT_NULL(heap_caps_malloc_prefer(0, 2, CAP_B, CAP_C));
    TEST_ASSERT_NULL(heap_caps_calloc_prefer(4, 0, 2, CAP_B, CAP_C));
    TEST_ASSERT_NULL(heap_caps_realloc_prefer(ptr, 0, 2, CAP_B, CAP_C));
    TEST_ASSERT_EQUAL(0, failures);
    TEST_ASSERT_EQUAL(before, heap_caps_get_free_size(CAP_B));
}

TEST_CASE("realloc_prefer: the first that succeeds; a failure loses nothing", "[3.4]")
{
    char *ptr = heap_caps_malloc(100, CAP_B);

    memcpy(ptr, "here", sizeof("here"));
    TEST_ASSERT_NULL(heap_caps_realloc_prefer(ptr, OWN_HEAP_BYTES, 2, CAP_B, CAP_C));
    failed(OWN_HEAP_BYTES, CAP_C, "heap_caps_realloc_prefer");
    ptr = heap_caps_realloc_prefer(ptr, 200, 2, NO_ONE, CAP_C);
    TEST_ASSERT_EQUAL(3, own_heap_of(ptr));
    TEST_ASSERT_EQUAL_STRING("here", ptr);
    heap_caps_free(ptr);
}

TEST_CASE("calloc_prefer: zeros; a failure names the size of one element", "[3.4]")
{
    char zeros[100] = {0};
    char *ptr = heap_caps_malloc(100, CAP_B);

    memset(ptr, 0x55, 100);
    heap_caps_free(ptr);
    ptr = heap_caps_calloc_prefer(25, 4, 2, NO_ONE, CAP_B);
    TEST_ASSERT_EQUAL_MEMORY(zeros, ptr, 100);
    heap_caps_free(ptr);
    TEST_ASSERT_NULL(heap_caps_calloc_prefer(OWN_HEAP_BYTES, 4, 1, CAP_B));
    failed(4, CAP_B, "heap_caps_calloc_prefer");
}

TEST_CASE("malloc takes MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL, and says so when it fails",
          "[3.3]")
{
    const size_t much = chip_get()->max_contiguous;
    void *ptr = heap_caps_malloc_default(100);

    TEST_ASSERT_EQUAL_HEX32(MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL,
                            esp_heap_caps(esp_heap_of(ptr)) &
                                (MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL));
    TEST_ASSERT_NULL(heap_caps_realloc_default(ptr, much));
    failed(much, MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL, "heap_caps_realloc");
    heap_caps_free(heap_caps_realloc_default(ptr, 200));
    TEST_ASSERT_NULL(heap_caps_malloc_default(much));
    failed(much, MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL, "heap_caps_malloc");
    TEST_ASSERT_NULL(heap_caps_aligned_alloc_default(64, much));
    failed(much, MALLOC_CAP_DEFAULT | MALLOC_CAP_INTERNAL, "heap_caps_aligned_alloc");
}

/* The last test: it cannot be switched off again. */
TEST_CASE("with extmem enabled, large blocks are PSRAM's, and anything else is a last resort",
          "[3.3]")
{
    const size_t much = chip_get()->max_contiguous;
    void *small, *large, *aligned;

    own_heap(5, MALLOC_CAP_SPIRAM | MALLOC_CAP_DEFAULT, 0, 0);
    heap_caps_malloc_extmem_enable(1000);
    small = heap_caps_malloc_default(1000);
    TEST_ASSERT_EQUAL(-1, own_heap_of(small));
    large = heap_caps_malloc_default(1001);
    TEST_ASSERT_EQUAL(5, own_heap_of(large));
    aligned = heap_caps_aligned_alloc_default(64, 1100);
    TEST_ASSERT_EQUAL(5, own_heap_of(aligned));
    small = heap_caps_realloc_default(small, 1200);
    TEST_ASSERT_EQUAL(5, own_heap_of(small));
    small = heap_caps_realloc_default(small, 500);
    TEST_ASSERT_EQUAL(-1, own_heap_of(small));
    heap_caps_free(large);
    large = heap_caps_malloc_default(6000); /* more than there is of PSRAM */
    TEST_ASSERT_NOT_NULL(large);
    TEST_ASSERT_EQUAL(-1, own_heap_of(large));
    TEST_ASSERT_NULL(heap_caps_malloc_default(0));
    TEST_ASSERT_NULL(heap_caps_realloc_default(small, 0));
    TEST_ASSERT_EQUAL(0, failures);
    TEST_ASSERT_NULL(heap_caps_malloc_default(much));
    failed(much, MALLOC_CAP_DEFAULT, "heap_caps_malloc_default");
    TEST_ASSERT_NULL(heap_caps_realloc_default(large, much));
    failed(much, MALLOC_CAP_DEFAULT, "heap_caps_realloc_default");
    TEST_ASSERT_NULL(heap_caps_aligned_alloc_default(64, much));
    failed(much, MALLOC_CAP_DEFAULT, "heap_caps_aligned_alloc_default");
    heap_caps_free(large);
    heap_caps_free(aligned);
}

void app_main(void)
{
    unity_run_all_tests();
}
