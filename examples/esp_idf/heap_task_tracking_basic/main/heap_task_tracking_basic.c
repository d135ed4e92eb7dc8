/* SPDX-License-Identifier: MIT */
/* One task gives back what it takes, one forgets a block each round; ESP-IDF's functions print both. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "esp_heap_task_info.h"
#include "esp_log.h"
#include "esp_random.h"

#define ROUNDS         3
#define BLOCKS         3 /* that a task takes in a round */
#define SMALLEST_BYTES 64
#define LARGEST_BYTES  5120
#define STACK_BYTES    3072
#define TASK_PRIORITY  5
#define PAUSE_MS       200

static const char tag[] = "example";

static size_t random_size(void)
{
    return SMALLEST_BYTES + esp_random() % (LARGEST_BYTES - SMALLEST_BYTES + 1);
}

/* Takes BLOCKS blocks and gives back all but the first `kept` of them. */
static void run_round(unsigned kept)
{
    void *blocks[BLOCKS];

    for (unsigned i = 0; i < BLOCKS; i++) {
        size_t size = random_size();

        blocks[i] = malloc(size);
        if (blocks[i] != NULL) {
            memset(blocks[i], 0xa5, size);
        }
        vTaskDelay(pdMS_TO_TICKS(PAUSE_MS));
    }
    for (unsigned i = kept; i < BLOCKS; i++) {
        free(blocks[i]);
    }
}

/* A round begins when app_main says so, and is over when app_main hears so. */
static void no_leak_task(void *app_main_task)
{
    for (;;) {
        ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
        run_round(0);
        xTaskNotifyGive(*(TaskHandle_t *)app_main_task);
    }
}

static void leaking_task(void *app_main_task)
{
    for (;;) {
        ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
        run_round(1);
        xTaskNotifyGive(*(TaskHandle_t *)app_main_task);
    }
}

static void run_tasks(TaskHandle_t first, TaskHandle_t second)
{
    xTaskNotifyGive(first);
    xTaskNotifyGive(second);
    for (unsigned answers = 0; answers < 2;) {
        answers += ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    }
}

void app_main(void)
{
    TaskHandle_t self = xTaskGetCurrentTaskHandle();
    TaskHandle_t good, bad;

    if (xTaskCreate(no_leak_task, "no_leak_task", STACK_BYTES, &self, TASK_PRIORITY, &good) !=
            pdPASS ||
        xTaskCreate(leaking_task, "leaking_task", STACK_BYTES, &self, TASK_PRIORITY, &bad) !=
            pdPASS) {
        ESP_LOGE(tag, "no memory for the tasks");
        abort();
    }
    for (int round = 1; round <= ROUNDS; round++) {
        run_tasks(good, bad);
        printf("\nRound %d, task by task:\n", round);
        heap_caps_print_single_task_stat(stdout, good);
        heap_caps_print_single_task_stat(stdout, bad);
    }

    printf("\nThe task that leaks, in short:\n");
    heap_caps_print_single_task_stat_overview(stdout, bad);

    vTaskDelete(good);
    vTaskDelete(bad);
    printf("\nBoth are deleted. All tasks, in short:\n");
    heap_caps_print_all_task_stat_overview(stdout);
    printf("\nAll tasks, with heaps and blocks:\n");
    heap_caps_print_all_task_stat(stdout);
}
