/* SPDX-License-Identifier: MIT */
/* Figures of very large blocks: with 64 MiB of PSRAM. */
#include "capture.h"
#include "own_heaps.h"
#include "task_stats.h"

#define MIB ((size_t)1024 * 1024)

TEST_CASE("percentages do not wrap", "[2.7]")
{
    char *first = heap_caps_malloc(31 * MIB, MALLOC_CAP_SPIRAM);
    char *second = heap_caps_malloc(24 * MIB, MALLOC_CAP_SPIRAM);
    struct capture capture;
    const char *text;

    TEST_ASSERT_NOT_NULL(first);
    TEST_ASSERT_NOT_NULL(second);
    capture_begin(&capture, false);
    heap_caps_print_single_task_stat(capture.stream, NULL);
    text = capture_end(&capture);
    TEST_ASSERT_NOT_NULL(strstr(text, "HEAP: SPIRAM, "));
    TEST_ASSERT_NOT_NULL(strstr(text, "USAGE: CURRENT 32505860 (96%), PEAK 32505860 (96%)"));
    TEST_ASSERT_NOT_NULL(strstr(text, "USAGE: CURRENT 25165828 (75%), PEAK 25165828 (75%)"));
    capture_free(&capture);
    heap_caps_free(first);
    heap_caps_free(second);
}

TEST_CASE("PSRAM of more than a heap is several heaps of one name, and nothing of it is lost",
          "[2.1]")
{
    size_t total = heap_caps_get_total_size(MALLOC_CAP_SPIRAM);
    char *all[3];

    TEST_ASSERT_EQUAL(64 * MIB, total);
    for (int i = 0; i < 2; i++) {
        all[i] = heap_caps_malloc(heap_caps_get_largest_free_block(MALLOC_CAP_SPIRAM),
                                  MALLOC_CAP_SPIRAM);
        TEST_ASSERT_NOT_NULL(all[i]);
    }
    TEST_ASSERT_LESS_THAN(1024, heap_caps_get_free_size(MALLOC_CAP_SPIRAM));
    for (int i = 0; i < 2; i++) {
        heap_caps_free(all[i]);
    }
}

void app_main(void)
{
    unity_run_all_tests();
}
