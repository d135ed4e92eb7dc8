/* SPDX-License-Identifier: MIT */
/* Test cases register themselves; a menu, or the program, runs them. ESP-IDF's interface. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct test_desc_t {
    const char *name;
    const char *desc; /* "[tag][another]" */
    void (*function)(void);
    const char *file;
    int line;
    struct test_desc_t *next;
};

/* Called before main(). */
void unity_testcase_register(struct test_desc_t *description);

#define UNITY_TEST_PASTE2(a, b) a##b
#define UNITY_TEST_PASTE(a, b)  UNITY_TEST_PASTE2(a, b)
#define UNITY_TEST_NAME(what)   UNITY_TEST_PASTE(what, __LINE__)

/* Defines a function and registers it at start-up. */
#define TEST_CASE(name_, desc_)                                                                    \
    static void UNITY_TEST_NAME(unity_test_)(void);                                                \
    static __attribute__((constructor)) void UNITY_TEST_NAME(unity_register_)(void)                \
    {                                                                                              \
        static struct test_desc_t description = {name_,    desc_,    UNITY_TEST_NAME(unity_test_), \
                                                 __FILE__, __LINE__, 0};                           \
        unity_testcase_register(&description);                                                     \
    }                                                                                              \
    static void UNITY_TEST_NAME(unity_test_)(void)

/* Run before and after each test case. Weak ones do nothing. */
void setUp(void);
void tearDown(void);

/* Prints the menu, and does what the lines on standard input say: an empty line lists the tests; a
 * number runs one, "name" in quotes does, too; [tag] runs those with a tag, ![tag] those without; *
 * runs all; - prints the menu again. At the end of the input it returns; without any line there it
 * runs all tests. */
void unity_run_menu(void);

void unity_run_all_tests(void);
void unity_run_test_by_index(int index);
void unity_run_test_by_name(const char *name);
void unity_run_tests_by_tag(const char *tag, bool invert);
int unity_get_test_count(void);

/* Around runs that should have counts of their own: forgets those that were; prints those that are.
 * */
#define UNITY_BEGIN() unity_begin()
#define UNITY_END()   unity_end()
void unity_begin(void);
int unity_end(void);

#ifdef __cplusplus
}
#endif
