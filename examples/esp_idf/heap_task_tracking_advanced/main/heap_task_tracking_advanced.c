/* SPDX-License-Identifier: MIT */
/* Two tasks, one of which leaks; the figures are read into arrays, and printed in an own form. */
#include <stdio.h>
#include <stdlib.h>

#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "freertos/task.h"

#include "esp_heap_caps.h"
#include "esp_heap_task_info.h"
#include "esp_log.h"
#include "esp_random.h"

#include "print_stat.h"

#define ROUNDS         4
#define SMALLEST_BYTES 128
#define LARGEST_BYTES  8192
#define STACK_BYTES    3072
#define TASK_PRIORITY  5
#define PAUSE_MS       250
#define RULE           "--------------------------------------------------------------------------------\n"

static const char tag[] = "example";

/* What a worker does, and how app_main talks to it. */
struct work {
    bool leaks;
    SemaphoreHandle_t go, done;
    TaskHandle_t task;
};

static void *take(void)
{
    size_t size = SMALLEST_BYTES + esp_random() % (LARGEST_BYTES - SMALLEST_BYTES + 1);

    return heap_caps_malloc(size, MALLOC_CAP_8BIT | MALLOC_CAP_INTERNAL);
}

static void worker(void *argument)
{
    struct work *work = argument;

    for (;;) {
        void *first, *second;

        xSemaphoreTake(work->go, portMAX_DELAY);
        first = take();
        vTaskDelay(pdMS_TO_TICKS(PAUSE_MS));
        second = take();
        vTaskDelay(pdMS_TO_TICKS(PAUSE_MS));
        heap_caps_free(second);
        if (!work->leaks) {
            heap_caps_free(first);
        }
        xSemaphoreGive(work->done);
    }
}

static void start(struct work *work, const char *name, bool leaks)
{
    work->leaks = leaks;
    work->go = xSemaphoreCreateBinary();
    work->done = xSemaphoreCreateBinary();
    if (work->go == NULL || work->done == NULL ||
        xTaskCreatePinnedToCore(worker, name, STACK_BYTES, work, TASK_PRIORITY, &work->task, 0) !=
            pdPASS) {
        ESP_LOGE(tag, "no memory for %s", name);
        abort();
    }
}

static void stop(struct work *work)
{
    vTaskDelete(work->task);
    vSemaphoreDelete(work->go);
    vSemaphoreDelete(work->done);
}

/* The arrays are as large as the figures need at that moment, and come from memory that is charged to
 * nobody. */
static void print_one(TaskHandle_t task)
{
    heap_single_task_stat_t stat = {0};

    printf("\n" RULE "One task\n" RULE);
    if (heap_caps_alloc_single_task_stat_arrays(&stat, task) != ESP_OK ||
        heap_caps_get_single_task_stat(&stat, task) != ESP_OK) {
        ESP_LOGE(tag, "the task's figures cannot be had");
    } else {
        print_task_stat(&stat.stat, stat.heap_stat_start, stat.heap_count);
    }
    heap_caps_free_single_task_stat_arrays(&stat);
}

static void print_all(void)
{
    heap_all_tasks_stat_t all = {0};

    printf("\n" RULE "All tasks\n" RULE);
    if (heap_caps_alloc_all_task_stat_arrays(&all) != ESP_OK ||
        heap_caps_get_all_task_stat(&all) != ESP_OK) {
        ESP_LOGE(tag, "the tasks' figures cannot be had");
    }
    for (size_t i = 0; i < all.task_count; i++) {
        const task_stat_t *task = &all.stat_arr[i];

        print_task_stat(task, task->heap_stat, task->heap_stat != NULL ? task->heap_count : 0);
    }
    heap_caps_free_all_task_stat_arrays(&all);
}

void app_main(void)
{
    static struct work good, bad;

    start(&good, "no_leak_task", false);
    start(&bad, "leaking_task", true);
    for (int round = 0; round < ROUNDS; round++) {
        xSemaphoreGive(good.go);
        xSemaphoreGive(bad.go);
        xSemaphoreTake(good.done, portMAX_DELAY);
        xSemaphoreTake(bad.done, portMAX_DELAY);
        print_one(good.task);
        print_one(bad.task);
    }
    stop(&good);
    stop(&bad);
    print_all();
}
