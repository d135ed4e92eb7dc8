/* SPDX-License-Identifier: MIT */
/* The C library's malloc on the ledger, under the real kernel: whatever allocates has an owner. */
#define _GNU_SOURCE /* asprintf */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "FreeRTOS.h"
#include "task.h"

#include "board.h"
#include "heapledger/facts.h"
#include "support/task_checks.h"

enum {
    STACK_WORDS = 1024,
    PRIORITY = tskIDLE_PRIORITY + 2, /* runs as soon as it is created */
    TOO_LARGE = 8 * 1024 * 1024,
};

static int owner(void *ptr)
{
    return ptr != NULL ? hl_owner(books(), ptr) : -1;
}

static uint32_t held(void)
{
    return held_by(hl_freertos_serial(NULL));
}

/* Before main(), let alone the scheduler. */
static void *of_constructor;

__attribute__((constructor)) static void construct(void)
{
    of_constructor = malloc(100);
}

static void test_before_main(void)
{
    uint32_t before = held_by(HL_TASK_PRE_SCHEDULER + 1);

    CHECK(owner(of_constructor) == HL_TASK_PRE_SCHEDULER);
    free(of_constructor);
    CHECK(held_by(HL_TASK_PRE_SCHEDULER + 1) + 100 <= before);
}

/* Tasks: each runs one of these and ends. */
struct visit {
    void (*what)(struct visit *visit);
    void *block;
    int id;
    uint32_t serial;
    uint32_t owes; /* when it is dead */
};

static void visit_and_end(void *parameter)
{
    struct visit *visit = parameter;

    visit->id = hl_freertos_id(NULL);
    visit->serial = hl_freertos_serial(NULL);
    visit->what(visit);
    vTaskDelete(NULL);
}

static struct visit in_a_task(const char *name, void (*what)(struct visit *), void *block)
{
    static struct visit visit;

    visit = (struct visit){.what = what, .block = block};
    CHECK(xTaskCreate(visit_and_end, name, STACK_WORDS, &visit, PRIORITY, NULL) == pdPASS);
    vTaskDelay(pdMS_TO_TICKS(20)); /* the idle task frees its stack */
    visit.owes = held_by(visit.serial);
    return visit;
}

/* The first to print is charged for the buffer, where the library has one. Nothing was printed before. */
static void print(struct visit *visit)
{
    printf("the task %d prints\n", visit->id);
}

static void test_printf_has_an_owner(void)
{
    struct visit visit = in_a_task("printer", print, NULL);

#if defined(__NEWLIB__) && !defined(__PICOLIBC__)
    CHECK(visit.owes >= 1024);
#else
    CHECK(visit.owes == 0); /* picolibc's printf takes no memory */
#endif
    CHECK(visit.id >= 0);
}

static void print_into_memory(struct visit *visit)
{
    char *text = NULL;

    CHECK(asprintf(&text, "%s %d", "a text that is long enough to be seen", 12345) == 43);
    CHECK(owner(text) == hl_freertos_id(NULL));
    visit->block = text;
}

static void duplicate(struct visit *visit)
{
    visit->block = strdup("what strdup gives has an owner");
    CHECK(owner(visit->block) == hl_freertos_id(NULL));
}

static void give_back(struct visit *visit)
{
    free(visit->block);
}

static void test_texts_have_an_owner(void)
{
    struct visit printed = in_a_task("asprintf", print_into_memory, NULL);
    struct visit duplicated = in_a_task("strdup", duplicate, NULL);

    CHECK(strcmp(printed.block, "a text that is long enough to be seen 12345") == 0);
    CHECK(printed.owes >= 44 && owner(printed.block) == printed.id);
    CHECK(duplicated.owes >= 31);
    (void)in_a_task("other", give_back, printed.block);
    CHECK(held_by(printed.serial) == 0);
    CHECK(held_by(duplicated.serial) == duplicated.owes);
    free(duplicated.block);
    CHECK(held_by(duplicated.serial) == 0);
}

#if defined(__NEWLIB__) && !defined(__PICOLIBC__) && !defined(TEST_NANO)
/* newlib allocates to print a fraction, through _calloc_r, and keeps that. */
static void print_a_fraction(struct visit *visit)
{
    char text[20];
    double number = 0.1;

    (void)visit;
    (void)snprintf(text, sizeof(text), "%.12f", number);
    CHECK(strcmp(text, "0.100000000000") == 0);
}

static void test_inside_the_library(void)
{
    CHECK(in_a_task("fraction", print_a_fraction, NULL).owes > 0);
}
#else
static void test_inside_the_library(void)
{
}
#endif

static void test_calloc_is_zero(void)
{
    uint32_t before = held();
    unsigned char *block = malloc(4000);
    volatile size_t half = SIZE_MAX / 2; /* the compiler would warn */
    bool zero = true;

    CHECK(block != NULL);
    memset(block, 0xa5, 4000);
    free(block);
    block = calloc(40, 100);
    CHECK(owner(block) == hl_freertos_id(NULL));
    for (int i = 0; i < 4000; i++) {
        zero = zero && block[i] == 0;
    }
    CHECK(zero);
    CHECK(held() >= before + 4000);
    free(block);
    errno = 0;
    CHECK(calloc(half, 3) == NULL && errno == ENOMEM);
    CHECK(held() == before);
}

static void grow(struct visit *visit)
{
    visit->block = realloc(visit->block, 3000);
}

static void test_realloc(void)
{
    char *block = malloc(100);
    struct visit visit;

    strcpy(block, "still there");
    visit = in_a_task("realloc", grow, block);
    CHECK(owner(visit.block) == visit.id && visit.owes >= 3000);
    CHECK(strcmp(visit.block, "still there") == 0);
    errno = 0;
    CHECK(realloc(visit.block, TOO_LARGE) == NULL && errno == ENOMEM);
    CHECK(strcmp(visit.block, "still there") == 0);
    CHECK(realloc(visit.block, 0) == NULL); /* frees */
    CHECK(held_by(visit.serial) == 0);
    block = realloc(NULL, 10);
    CHECK(owner(block) == hl_freertos_id(NULL));
    free(block);
}

static void test_alignment(void)
{
    void *a = memalign(64, 100), *b = aligned_alloc(256, 512), *c = NULL;

    CHECK(a != NULL && (uintptr_t)a % 64 == 0);
    CHECK(b != NULL && (uintptr_t)b % 256 == 0);
    CHECK(posix_memalign(&c, 1024, 10) == 0 && (uintptr_t)c % 1024 == 0);
    CHECK(malloc_usable_size(a) >= 100 && malloc_usable_size(NULL) == 0);
    CHECK(owner(c) == hl_freertos_id(NULL));
    free(a);
    free(b);
    free(c);
    CHECK(posix_memalign(&c, 12, 10) == EINVAL);
    CHECK(posix_memalign(&c, 64, TOO_LARGE) == ENOMEM);
    errno = 0;
    CHECK(aligned_alloc(64, TOO_LARGE) == NULL && errno == ENOMEM);
}

static void test_errno(void)
{
    void *nothing = malloc(0);

    errno = 0;
    CHECK(malloc(TOO_LARGE) == NULL && errno == ENOMEM);
    errno = EDOM;
    CHECK(nothing != NULL);
    free(nothing);
    free(NULL);
    CHECK(errno == EDOM); /* free leaves it as it is */
}

static void test_masked(void)
{
    void *a, *b;

    taskENTER_CRITICAL();
    a = malloc(10);
    taskEXIT_CRITICAL();
    vTaskSuspendAll();
    b = malloc(10);
    free(a);
    (void)xTaskResumeAll();
    CHECK(a != NULL && owner(b) == hl_freertos_id(NULL));
    free(b);
}

static int run(const struct board_options *options)
{
    uint32_t before = held();

    (void)options;
    test_before_main();
    test_printf_has_an_owner();
    test_texts_have_an_owner();
    test_inside_the_library();
    test_calloc_is_zero();
    test_realloc();
    test_alignment();
    test_errno();
    test_masked();
    CHECK(held() == before);
    for (int heap = 0; heap < hl_heap_count(books()); heap++) {
        CHECK(hl_check(books(), heap, NULL) == 0);
    }
    printf(failures == 0 ? "malloc_test: passed\n" : "malloc_test: FAILED\n");
    return failures == 0 ? BOARD_EXIT_OK : BOARD_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    static const struct board_app app = {
        .name = "malloc_test", .version = "", .summary = "", .rounds = 1, .run = run};

    return board_run(argc, argv, &app);
}
