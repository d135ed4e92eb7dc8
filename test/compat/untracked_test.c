/* SPDX-License-Identifier: MIT */
/* "Enable heap task tracking" off: the heaps work as ever, and nothing of the ledger is there. */
#include <stdlib.h>
#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "esp_heap_caps.h"
#include "esp_heap_task_info.h"
#include "unity.h"

#ifdef NUM_HEAP_TASK_CAPS
#error "esp_heap_task_info.h has content without CONFIG_HEAP_TASK_TRACKING"
#endif
#ifdef CONFIG_HEAP_TASK_TRACKING
#error "this test wants a configuration without tracking"
#endif

static void allocate_and_end(void *block)
{
    *(void **)block = heap_caps_malloc(1000, MALLOC_CAP_8BIT);
    vTaskDelete(NULL);
}

TEST_CASE("memory is taken and given back", "[untracked]")
{
    size_t before = heap_caps_get_free_size(MALLOC_CAP_8BIT);
    void *of_task = NULL;
    char *block = malloc(100);

    TEST_ASSERT_NOT_NULL(block);
    memset(block, 1, 100);
    block = realloc(block, 5000);
    TEST_ASSERT_EQUAL(1, block[99]);
    TEST_ASSERT_EQUAL(pdPASS, xTaskCreate(allocate_and_end, "task", 4096, &of_task, 5, NULL));
    vTaskDelay(2);
    TEST_ASSERT_NOT_NULL(of_task);
    free(of_task);
    free(block);
    TEST_ASSERT_EQUAL(before, heap_caps_get_free_size(MALLOC_CAP_8BIT));
    TEST_ASSERT_TRUE(heap_caps_check_integrity_all(true));
}

void app_main(void)
{
    unity_run_menu();
}
