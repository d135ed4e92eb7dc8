/* SPDX-License-Identifier: MIT */
/* Test cases that pass, fail and are left out: what the runner makes of them is in sim_test.py. */
#include <stdio.h>
#include <stdlib.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "unity.h"

void setUp(void)
{
    printf("set up\n");
}

void tearDown(void)
{
    printf("tear down\n");
}

TEST_CASE("passes", "[good][all]")
{
    TEST_ASSERT_EQUAL(2, 1 + 1);
    TEST_ASSERT_GREATER_THAN(1, 2);
    TEST_ASSERT_NOT_NULL("");
    TEST_ESP_OK(ESP_OK);
}

TEST_CASE("fails", "[bad][all]")
{
    TEST_ASSERT_EQUAL_MESSAGE(2, 3, "numbers");
    printf("not reached\n");
}

TEST_CASE("threshold comes first", "[bad][all]")
{
    TEST_ASSERT_GREATER_THAN(5, 5);
}

TEST_CASE("is left out", "[left]")
{
    TEST_IGNORE_MESSAGE("not today");
}

static void fail_here(void *unused)
{
    (void)unused;
    TEST_ASSERT_TRUE(false);
}

TEST_CASE("fails in another task", "[other]")
{
    xTaskCreate(fail_here, "other", 4096, NULL, 5, NULL);
    vTaskDelay(10);
}

TEST_CASE("asserts", "[assert]")
{
    volatile int zero = 0;

    assert(zero == 1);
}

TEST_CASE("aborts", "[abort]")
{
    abort();
}

TEST_CASE("checks an error", "[check]")
{
    ESP_ERROR_CHECK(ESP_ERR_NO_MEM);
}

TEST_CASE("waits for ever", "[wait]")
{
    vTaskSuspend(NULL);
}

TEST_CASE("waits as long as it can", "[delay]")
{
    vTaskDelay((TickType_t)0xffffffff); /* portMAX_DELAY as a uint32_t */
}

static void delay(void *unused)
{
    (void)unused;
    vTaskDelay(portMAX_DELAY);
}

TEST_CASE("leaves a task that waits as long as it can", "[leave]")
{
    xTaskCreate(delay, "delay", 4096, NULL, 5, NULL);
}

TEST_CASE("ends main", "[end]")
{
    vTaskDelete(NULL);
}

TEST_CASE("never waits", "[busy]")
{
    for (;;) {
        taskYIELD();
    }
}

void app_main(void)
{
    unity_run_menu();
}
