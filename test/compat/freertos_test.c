/* SPDX-License-Identifier: MIT */
/* FreeRTOS, logs, random numbers and libc's malloc, as programs for ESP-IDF know them. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "freertos/FreeRTOS.h"
#include "freertos/event_groups.h"
#include "freertos/queue.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "freertos/timers.h"

#include "esp_check.h"
#include "esp_heap_caps.h"
#include "esp_log.h"
#include "esp_memory_utils.h"
#include "esp_random.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "unity.h"

#include "chip.h"
#include "heapledger/ledger.h"
#include "heapledger_freertos.h"
#include "heaps.h"

static char logged[256];

static bool on_heap(const void *ptr)
{
    return esp_heap_of(ptr) != NULL;
}

static void wait_for_ever(void *unused)
{
    (void)unused;
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}

static size_t free_bytes(void)
{
    return esp_get_free_heap_size();
}

TEST_CASE("stack depth is in bytes; stack and control block are taken from the heap", "[freertos]")
{
    size_t before = free_bytes();
    size_t taken;
    TaskHandle_t task;

    TEST_ASSERT_EQUAL(pdPASS, xTaskCreate(wait_for_ever, "bytes", 8000, NULL, 1, &task));
    taken = before - free_bytes();
    TEST_ASSERT_GREATER_OR_EQUAL(8000 + sizeof(StaticTask_t), taken);
    TEST_ASSERT_LESS_THAN(8000 + sizeof(StaticTask_t) + 64, taken);
    vTaskDelete(task);
    TEST_ASSERT_EQUAL(before, free_bytes());
}

TEST_CASE("a task's handle is the address of its control block on the heap", "[freertos]")
{
    TaskHandle_t task;

    TEST_ASSERT_EQUAL(pdPASS, xTaskCreate(wait_for_ever, "handle", 2048, NULL, 1, &task));
    TEST_ASSERT_TRUE(on_heap(task));
    TEST_ASSERT_GREATER_OR_EQUAL(sizeof(StaticTask_t), malloc_usable_size(task));
    vTaskDelete(task);
}

TEST_CASE("a task that is larger than memory is refused", "[freertos]")
{
    TaskHandle_t task = NULL;

    TEST_ASSERT_EQUAL(errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY,
                      xTaskCreate(wait_for_ever, "huge", 100000000, NULL, 1, &task));
    TEST_ASSERT_EQUAL(-1, errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY);
}

TEST_CASE("names are cut to 15 characters", "[freertos]")
{
    TaskHandle_t task;

    TEST_ASSERT_EQUAL(pdPASS,
                      xTaskCreate(wait_for_ever, "0123456789abcdefgh", 2048, NULL, 1, &task));
    TEST_ASSERT_EQUAL_STRING("0123456789abcde", pcTaskGetName(task));
    vTaskDelete(task);
}

static volatile BaseType_t seen_core;
static TaskHandle_t seen_handle, *seen_from;

static void look_at_itself(void *argument)
{
    seen_core = xPortGetCoreID();
    seen_from = argument;
    seen_handle = *seen_from;
    vTaskDelete(NULL);
}

TEST_CASE("the handle is written before the task can run, and the core is remembered", "[freertos]")
{
    static TaskHandle_t task;

    TEST_ASSERT_EQUAL(pdPASS, xTaskCreatePinnedToCore(look_at_itself, "pinned", 2048, &task,
                                                      configMAX_PRIORITIES - 1, &task, 1));
    TEST_ASSERT_EQUAL(1, seen_core);
    TEST_ASSERT_EQUAL_PTR(task, seen_handle);
    TEST_ASSERT_EQUAL(pdPASS, xTaskCreate(wait_for_ever, "any", 2048, NULL, 1, &task));
    TEST_ASSERT_EQUAL(tskNO_AFFINITY, xTaskGetCoreID(task));
    TEST_ASSERT_EQUAL(0x7fffffff, tskNO_AFFINITY);
    vTaskDelete(task);
}

TEST_CASE("a static task takes its stack in bytes", "[freertos]")
{
    static StackType_t stack[4096 + 1];
    static StaticTask_t memory;
    size_t before = free_bytes();
    TaskHandle_t task;

    TEST_ASSERT_EQUAL(1, sizeof(StackType_t));
    task = xTaskCreateStatic(wait_for_ever, "static", 4096, NULL, 1, stack + 1, &memory);
    TEST_ASSERT_EQUAL_PTR(&memory, task);
    TEST_ASSERT_EQUAL(before, free_bytes());
    vTaskDelete(task);
}

TEST_CASE("milliseconds become ticks, truncated", "[freertos]")
{
    TEST_ASSERT_EQUAL(100, configTICK_RATE_HZ);
    TEST_ASSERT_EQUAL(100, pdMS_TO_TICKS(1000));
    TEST_ASSERT_EQUAL(0, pdMS_TO_TICKS(9));
    TEST_ASSERT_EQUAL(1, pdMS_TO_TICKS(19));
}

TEST_CASE("waiting takes the program's time, in microseconds too", "[freertos]")
{
    int64_t before = esp_timer_get_time();
    uint32_t logged_before = esp_log_timestamp();

    vTaskDelay(pdMS_TO_TICKS(2000));
    TEST_ASSERT_EQUAL(2000000, esp_timer_get_time() - before);
    TEST_ASSERT_EQUAL(2000, esp_log_timestamp() - logged_before);
}

static void notify(void *task)
{
    xTaskNotifyGive(task);
    xTaskNotifyGive(task);
    vTaskDelete(NULL);
}

TEST_CASE("notifications count", "[freertos]")
{
    TEST_ASSERT_EQUAL(pdPASS, xTaskCreate(notify, "notify", 2048, xTaskGetCurrentTaskHandle(),
                                          configMAX_PRIORITIES - 1, NULL));
    TEST_ASSERT_EQUAL(2, ulTaskNotifyTake(pdTRUE, portMAX_DELAY));
    TEST_ASSERT_EQUAL(0, ulTaskNotifyTake(pdTRUE, 0));
}

static void yield_often(void *task)
{
    for (int i = 0; i < 100; i++) {
        taskYIELD();
    }
    xTaskNotifyGive(task);
    vTaskDelete(NULL);
}

TEST_CASE("a task of the idle task's priority runs as well", "[freertos]")
{
    TEST_ASSERT_EQUAL(pdPASS, xTaskCreate(yield_often, "low", 2048, xTaskGetCurrentTaskHandle(),
                                          tskIDLE_PRIORITY, NULL));
    TEST_ASSERT_EQUAL(1, ulTaskNotifyTake(pdTRUE, portMAX_DELAY));
}

TEST_CASE("queues, semaphores and event groups live on the heap", "[freertos]")
{
    QueueHandle_t queue = xQueueCreate(4, sizeof(int));
    SemaphoreHandle_t mutex = xSemaphoreCreateMutex();
    EventGroupHandle_t group = xEventGroupCreate();
    int sent = 7, got = 0;

    TEST_ASSERT_TRUE(on_heap(queue) && on_heap(mutex) && on_heap(group));
    TEST_ASSERT_EQUAL(pdTRUE, xQueueSend(queue, &sent, 0));
    TEST_ASSERT_EQUAL(pdTRUE, xQueueReceive(queue, &got, portMAX_DELAY));
    TEST_ASSERT_EQUAL(7, got);
    TEST_ASSERT_EQUAL(pdTRUE, xSemaphoreTake(mutex, portMAX_DELAY));
    TEST_ASSERT_EQUAL(pdTRUE, xSemaphoreGive(mutex));
    vQueueDelete(queue);
    vSemaphoreDelete(mutex);
    vEventGroupDelete(group);
}

TEST_CASE("critical sections take a spinlock", "[freertos]")
{
    static portMUX_TYPE spinlock = portMUX_INITIALIZER_UNLOCKED;

    portENTER_CRITICAL(&spinlock);
    taskENTER_CRITICAL(&spinlock);
    taskEXIT_CRITICAL(&spinlock);
    portEXIT_CRITICAL(&spinlock);
    vTaskDelay(1);
}

static volatile int timer_calls;

static void count_call(TimerHandle_t timer)
{
    (void)timer;
    timer_calls = timer_calls + 1;
}

TEST_CASE("the timer task comes with the first timer", "[freertos]")
{
    TimerHandle_t timer;

    TEST_ASSERT_NULL(xTaskGetHandle("Tmr Svc"));
    timer = xTimerCreate("timer", pdMS_TO_TICKS(100), pdTRUE, NULL, count_call);
    TEST_ASSERT_NOT_NULL(timer);
    TEST_ASSERT_NOT_NULL(xTaskGetHandle("Tmr Svc"));
    TEST_ASSERT_EQUAL(pdPASS, xTimerStart(timer, portMAX_DELAY));
    vTaskDelay(pdMS_TO_TICKS(1050));
    TEST_ASSERT_EQUAL(10, timer_calls);
    TEST_ASSERT_EQUAL(pdPASS, xTimerDelete(timer, portMAX_DELAY));
    vTaskDelay(1);
}

TEST_CASE("the tasks that the chip has at start", "[freertos]")
{
    bool two = chip_get()->cores > 1;

    TEST_ASSERT_EQUAL_STRING("main", pcTaskGetName(NULL));
    TEST_ASSERT_EQUAL(1, uxTaskPriorityGet(NULL));
    TEST_ASSERT_EQUAL(0, xTaskGetCoreID(NULL));
    TEST_ASSERT_EQUAL(two, xTaskGetHandle("ipc0") != NULL);
    TEST_ASSERT_EQUAL(two, xTaskGetHandle("ipc1") != NULL);
    TEST_ASSERT_EQUAL(two, xTaskGetHandle("IDLE0") != NULL);
    TEST_ASSERT_EQUAL(two, xTaskGetHandle("IDLE1") != NULL);
    TEST_ASSERT_EQUAL(!two, xTaskGetHandle("IDLE") != NULL);
    TEST_ASSERT_EQUAL_PTR(xTaskGetHandle(two ? "IDLE0" : "IDLE"), xTaskGetIdleTaskHandleForCore(0));
    TEST_ASSERT_EQUAL_PTR(two ? xTaskGetHandle("IDLE1") : NULL, xTaskGetIdleTaskHandleForCore(1));
}

static int keep_line(const char *format, va_list arguments)
{
    size_t length = strlen(logged);

    return vsnprintf(logged + length, sizeof(logged) - length, format, arguments);
}

/* What is logged in between, without the time. */
static const char *log_all_levels(void)
{
    vprintf_like_t before = esp_log_set_vprintf(keep_line);

    logged[0] = '\0';
    ESP_LOGE("tag", "error %d", 1);
    ESP_LOGW("tag", "warning");
    ESP_LOGI("tag", "info");
    ESP_LOG_LEVEL(ESP_LOG_DEBUG, "tag", "debug");
    (void)esp_log_set_vprintf(before);
    return logged;
}

TEST_CASE("a log line has letter, milliseconds, tag and message", "[log]")
{
    char expected[256];
    unsigned long now = esp_log_timestamp();

    (void)snprintf(expected, sizeof(expected),
                   "E (%lu) tag: error 1\nW (%lu) tag: warning\nI (%lu) tag: info\n", now, now,
                   now);
    TEST_ASSERT_EQUAL_STRING(expected, log_all_levels());
}

TEST_CASE("log levels are set by tag, or for all", "[log]")
{
    esp_log_level_set("tag", ESP_LOG_ERROR);
    TEST_ASSERT_NULL(strstr(log_all_levels(), "warning"));
    TEST_ASSERT_NOT_NULL(strstr(logged, "error"));
    esp_log_level_set("*", ESP_LOG_DEBUG);
    TEST_ASSERT_NOT_NULL(strstr(log_all_levels(), "D ("));
    esp_log_level_set("*", ESP_LOG_NONE);
    TEST_ASSERT_EQUAL_STRING("", log_all_levels());
    esp_log_level_set("*", ESP_LOG_INFO);
}

TEST_CASE("memory is logged in lines of 16 bytes", "[log]")
{
    vprintf_like_t before = esp_log_set_vprintf(keep_line);

    logged[0] = '\0';
    ESP_LOG_BUFFER_HEX("tag", "0123456789abcdef\x01", 17);
    (void)esp_log_set_vprintf(before);
    TEST_ASSERT_NOT_NULL(strstr(logged, "tag: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 \n"));
    TEST_ASSERT_NOT_NULL(strstr(logged, "tag: 01 \n"));
}

static esp_err_t leave(esp_err_t code, bool by_goto)
{
    esp_err_t ret = ESP_OK;

    if (!by_goto) {
        ESP_RETURN_ON_ERROR(code, "tag", "returned %d", 1);
    }
    ESP_GOTO_ON_ERROR(code, end, "tag", "jumped");
    ret = ESP_ERR_NOT_FOUND;
end:
    return ret;
}

TEST_CASE("esp_check.h leaves a function with a line that says where", "[log]")
{
    vprintf_like_t before = esp_log_set_vprintf(keep_line);

    logged[0] = '\0';
    TEST_ASSERT_EQUAL(ESP_ERR_NO_MEM, leave(ESP_ERR_NO_MEM, false));
    TEST_ASSERT_EQUAL(ESP_ERR_NO_MEM, leave(ESP_ERR_NO_MEM, true));
    TEST_ASSERT_EQUAL(ESP_ERR_NOT_FOUND, leave(ESP_OK, true));
    (void)esp_log_set_vprintf(before);
    TEST_ASSERT_NOT_NULL(strstr(logged, "tag: leave("));
    TEST_ASSERT_NOT_NULL(strstr(logged, "): returned 1\n"));
    TEST_ASSERT_NOT_NULL(strstr(logged, "): jumped\n"));
}

TEST_CASE("random bytes fill all of the memory, and no more", "[random]")
{
    unsigned char bytes[3][7];
    unsigned char any[7] = {0};

    for (int i = 0; i < 100; i++) {
        memset(bytes, 0, sizeof(bytes));
        esp_fill_random(bytes[1], 7);
        for (int k = 0; k < 7; k++) {
            TEST_ASSERT_EQUAL(0, bytes[0][k] | bytes[2][k]);
            any[k] |= bytes[1][k];
        }
    }
    for (int k = 0; k < 7; k++) {
        TEST_ASSERT_EQUAL_HEX8(0xff, any[k]);
    }
    TEST_ASSERT_TRUE(esp_random() != esp_random() || esp_random() != esp_random());
}

TEST_CASE("malloc and its kin take from the chip's heaps", "[libc]")
{
    size_t before = free_bytes();
    void *aligned = NULL;
    void *blocks[] = {malloc(10),       calloc(3, 5),   realloc(NULL, 20), aligned_alloc(64, 128),
                      memalign(32, 40), strdup("text"), strndup("text", 2)};

    TEST_ASSERT_EQUAL(0, posix_memalign(&aligned, 256, 10));
    TEST_ASSERT_TRUE(on_heap(aligned));
    TEST_ASSERT_EQUAL(0, (uintptr_t)aligned % 256);
    TEST_ASSERT_EQUAL(0, (uintptr_t)blocks[3] % 64);
    TEST_ASSERT_EQUAL_STRING("text", blocks[5]);
    TEST_ASSERT_EQUAL_STRING("te", blocks[6]);
    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
        TEST_ASSERT_TRUE(on_heap(blocks[i]));
        TEST_ASSERT_TRUE(esp_ptr_internal(blocks[i]) && esp_ptr_byte_accessible(blocks[i]));
        free(blocks[i]);
    }
    free(aligned);
    free(NULL);
    TEST_ASSERT_EQUAL(before, free_bytes());
}

static unsigned failures; /* not volatile: that is the point */

static void count_failure(size_t size, uint32_t caps, const char *function)
{
    (void)size;
    (void)caps;
    (void)function;
    failures++;
}

TEST_CASE("compilers know that malloc may call the program back, and leave none out", "[libc]")
{
    void *unused;

    TEST_ESP_OK(heap_caps_register_failed_alloc_callback(count_failure));
    failures = 0;
    unused = malloc(100000000);
    (void)unused;
    TEST_ASSERT_EQUAL(1, failures); /* NOLINT(clang-analyzer-unix.Malloc): there is no memory */
}

TEST_CASE("calloc clears, and refuses what overflows", "[libc]")
{
    volatile size_t half = SIZE_MAX / 2 + 1;
    unsigned char *block;

    for (int i = 0; i < 10; i++) {
        block = malloc(200);
        TEST_ASSERT_NOT_NULL(block);
        memset(block, 0xff, 200);
        free(block);
    }
    block = calloc(20, 10);
    TEST_ASSERT_NOT_NULL(block);
    for (int i = 0; i < 200; i++) {
        TEST_ASSERT_EQUAL(0, block[i]);
    }
    free(block);
    TEST_ASSERT_NULL(calloc(half, 2));
    TEST_ASSERT_NULL(reallocarray(NULL, half, 2));
}

TEST_CASE("what the C library has allocated goes back to it", "[libc]")
{
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen("/proc/self/stat", "r");

    TEST_ASSERT_NOT_NULL(file);
    TEST_ASSERT_GREATER_THAN(0, getline(&line, &size, file));
    TEST_ASSERT_FALSE(on_heap(line));
    line = realloc(line, size + 100);
    TEST_ASSERT_FALSE(on_heap(line));
    free(line);
    (void)fclose(file);
}

/* Whom the control block of a task is charged to: HL_TASK_PRE_SCHEDULER, or a task's id. */
static int charged_for(const char *name)
{
    TaskHandle_t task = xTaskGetHandle(name);

    TEST_ASSERT_NOT_NULL(task);
    return hl_owner(hl_freertos_instance(), task);
}

static void *early_block;

static __attribute__((constructor)) void allocate_early(void)
{
    early_block = malloc(100);
}

TEST_CASE("constructors allocate from the heaps, charged to Pre-scheduler", "[start]")
{
    TEST_ASSERT_TRUE(on_heap(early_block));
    TEST_ASSERT_EQUAL(HL_TASK_PRE_SCHEDULER, hl_owner(hl_freertos_instance(), early_block));
    free(early_block);
}

TEST_CASE("before the scheduler starts, the first task that was created is charged", "[start]")
{
    bool two = chip_get()->cores > 1;
    const char *first = two ? "ipc0" : "main";
    int id = hl_freertos_id(xTaskGetHandle(first));

    TEST_ASSERT_EQUAL(HL_TASK_PRE_SCHEDULER, charged_for(first));
    TEST_ASSERT_EQUAL(id, charged_for(two ? "IDLE0" : "IDLE"));
    if (two) {
        TEST_ASSERT_EQUAL(id, charged_for("ipc1"));
        TEST_ASSERT_EQUAL(id, charged_for("main"));
        TEST_ASSERT_EQUAL(id, charged_for("IDLE1"));
    }
}

void app_main(void)
{
    unity_run_menu();
}
