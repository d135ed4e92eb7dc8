/* SPDX-License-Identifier: MIT */
/* Tests in the form that ESP-IDF's test applications have: TEST_CASE, assertions, a menu. */
#pragma once

/* Sources for the chip count on these to come with it. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdkconfig.h"

#include "esp_err.h"
#include "unity_test_runner.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An own runner with the macros that such sources use. A failed assertion ends its test case when
 * it comes in the task that runs it; in another task, or outside a test case, it ends the program
 * with exit code 1.
 */

typedef int64_t UNITY_INT;

void unity_fail(const char *file, int line, const char *message, const char *detail);
void unity_ignore(const char *file, int line, const char *message);
void unity_equal(int64_t expected, int64_t actual, const char *file, int line, const char *message);
void unity_compare(bool holds, const char *relation, int64_t threshold, int64_t actual,
                   const char *file, int line, const char *message);
void unity_equal_string(const char *expected, const char *actual, const char *file, int line,
                        const char *message);
void unity_equal_memory(const void *expected, const void *actual, size_t bytes, const char *file,
                        int line, const char *message);
void unity_esp_ok(esp_err_t code, const char *expression, const char *file, int line);

#define UNITY_TEST(condition, detail, message)                                                     \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            unity_fail(__FILE__, __LINE__, (message), (detail));                                   \
        }                                                                                          \
    } while (0)
#define UNITY_NUMBER(x) ((int64_t)(x))
#define UNITY_EQUAL(expected, actual, message)                                                     \
    unity_equal(UNITY_NUMBER(expected), UNITY_NUMBER(actual), __FILE__, __LINE__, (message))
#define UNITY_COMPARE(operator, relation, threshold, actual, message)                              \
    do {                                                                                           \
        int64_t unity_threshold = UNITY_NUMBER(threshold);                                         \
        int64_t unity_actual = UNITY_NUMBER(actual);                                               \
        unity_compare(unity_actual operator unity_threshold, relation, unity_threshold,            \
                      unity_actual, __FILE__, __LINE__, (message));                                \
    } while (0)

#define TEST_ASSERT_MESSAGE(condition, message) UNITY_TEST((condition), #condition, message)
#define TEST_ASSERT_TRUE_MESSAGE(condition, message)                                               \
    UNITY_TEST((condition), "Expected TRUE Was FALSE", message)
#define TEST_ASSERT_FALSE_MESSAGE(condition, message)                                              \
    UNITY_TEST(!(condition), "Expected FALSE Was TRUE", message)
#define TEST_ASSERT_NULL_MESSAGE(pointer, message)                                                 \
    UNITY_TEST((pointer) == NULL, "Expected NULL", message)
#define TEST_ASSERT_NOT_NULL_MESSAGE(pointer, message)                                             \
    UNITY_TEST((pointer) != NULL, "Expected Non-NULL", message)

#define TEST_ASSERT(condition)        TEST_ASSERT_MESSAGE(condition, NULL)
#define TEST_ASSERT_TRUE(condition)   TEST_ASSERT_TRUE_MESSAGE(condition, NULL)
#define TEST_ASSERT_UNLESS(condition) TEST_ASSERT_FALSE_MESSAGE(condition, NULL)
#define TEST_ASSERT_FALSE(condition)  TEST_ASSERT_FALSE_MESSAGE(condition, NULL)
#define TEST_ASSERT_NULL(pointer)     TEST_ASSERT_NULL_MESSAGE(pointer, NULL)
#define TEST_ASSERT_NOT_NULL(pointer) TEST_ASSERT_NOT_NULL_MESSAGE(pointer, NULL)

#define TEST_FAIL()                  unity_fail(__FILE__, __LINE__, NULL, "")
#define TEST_FAIL_MESSAGE(message)   unity_fail(__FILE__, __LINE__, (message), "")
#define TEST_IGNORE()                unity_ignore(__FILE__, __LINE__, NULL)
#define TEST_IGNORE_MESSAGE(message) unity_ignore(__FILE__, __LINE__, (message))
#define TEST_PASS()                  ((void)0)
#define TEST_MESSAGE(message)        ((void)printf("%s:%d:INFO: %s\n", __FILE__, __LINE__, (message)))

#define TEST_ASSERT_EQUAL_MESSAGE(expected, actual, message) UNITY_EQUAL(expected, actual, message)
#define TEST_ASSERT_NOT_EQUAL_MESSAGE(threshold, actual, message)                                  \
    UNITY_COMPARE(!=, "Expected to be different from", threshold, actual, message)
#define TEST_ASSERT_GREATER_THAN_MESSAGE(threshold, actual, message)                               \
    UNITY_COMPARE(>, "Expected to be greater than", threshold, actual, message)
#define TEST_ASSERT_LESS_THAN_MESSAGE(threshold, actual, message)                                  \
    UNITY_COMPARE(<, "Expected to be less than", threshold, actual, message)
#define TEST_ASSERT_GREATER_OR_EQUAL_MESSAGE(threshold, actual, message)                           \
    UNITY_COMPARE(>=, "Expected to be greater or equal to", threshold, actual, message)
#define TEST_ASSERT_LESS_OR_EQUAL_MESSAGE(threshold, actual, message)                              \
    UNITY_COMPARE(<=, "Expected to be less or equal to", threshold, actual, message)

#define TEST_ASSERT_EQUAL(expected, actual) UNITY_EQUAL(expected, actual, NULL)
#define TEST_ASSERT_NOT_EQUAL(threshold, actual)                                                   \
    TEST_ASSERT_NOT_EQUAL_MESSAGE(threshold, actual, NULL)
#define TEST_ASSERT_GREATER_THAN(threshold, actual)                                                \
    TEST_ASSERT_GREATER_THAN_MESSAGE(threshold, actual, NULL)
#define TEST_ASSERT_LESS_THAN(threshold, actual)                                                   \
    TEST_ASSERT_LESS_THAN_MESSAGE(threshold, actual, NULL)
#define TEST_ASSERT_GREATER_OR_EQUAL(threshold, actual)                                            \
    TEST_ASSERT_GREATER_OR_EQUAL_MESSAGE(threshold, actual, NULL)
#define TEST_ASSERT_LESS_OR_EQUAL(threshold, actual)                                               \
    TEST_ASSERT_LESS_OR_EQUAL_MESSAGE(threshold, actual, NULL)
#define TEST_ASSERT_INT_WITHIN(delta, expected, actual)                                            \
    do {                                                                                           \
        int64_t unity_expected = UNITY_NUMBER(expected);                                           \
        TEST_ASSERT_GREATER_OR_EQUAL(unity_expected - (delta), (actual));                          \
        TEST_ASSERT_LESS_OR_EQUAL(unity_expected + (delta), (actual));                             \
    } while (0)
#define TEST_ASSERT_EQUAL_STRING(expected, actual)                                                 \
    unity_equal_string((expected), (actual), __FILE__, __LINE__, NULL)
#define TEST_ASSERT_EQUAL_MEMORY(expected, actual, bytes)                                          \
    unity_equal_memory((expected), (actual), (bytes), __FILE__, __LINE__, NULL)

#define TEST_ESP_OK(expression)         unity_esp_ok((expression), #expression, __FILE__, __LINE__)
#define TEST_ESP_ERR(error, expression) TEST_ASSERT_EQUAL_HEX32((error), (expression))

#ifdef __cplusplus
}
#endif

#include "unity_types.h"
