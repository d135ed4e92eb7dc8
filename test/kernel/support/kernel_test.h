/* SPDX-License-Identifier: MIT */
/* What the tests on the real kernel share: a task to run in, time that passes, and the books. */
#ifndef KERNEL_TEST_H
#define KERNEL_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "FreeRTOS.h"
#include "task.h"

/* For any task and context: ends the program with a message when it does not hold. */
#define CHECK(x) ((x) ? (void)0 : test_check_failed(__FILE__, __LINE__, #x))
_Noreturn void test_check_failed(const char *file, int line, const char *what);

/* Starts the scheduler and calls `run` in the task `test` of priority TEST_PRIORITY; its result is
 * the program's exit code. With realtime, ticks come from the clock, else when every task waits. */
enum {
    TEST_PRIORITY = 2
};
int test_run(bool realtime, int (*run)(void));

/* For tests that end the scheduler: returns when the task has called test_end_scheduler. */
void test_run_until_end(TaskFunction_t task);
_Noreturn void test_end_scheduler(void);

/* configASSERT: fails the program unless it is expected; then it is counted, and returns. */
extern bool test_expects_assert;
extern unsigned test_asserts;
extern const char *test_last_assert;

/* vApplicationMallocFailedHook counts. */
extern unsigned test_malloc_failures;

/* Called in every tick, as an interrupt; may be NULL. */
extern void (*volatile test_tick)(void);

/* Are interrupts (signals) masked now? */
bool test_interrupts_masked(void);

/* HL_TEST_OPS from the environment, at most `most`. */
uint32_t test_ops(uint32_t most);

/* Seeded random numbers: TEST_SEED from the environment, printed at the start of test_run. */
uint32_t test_random(void);
uint32_t test_random_below(uint32_t limit);

/* Lets the idle task run, so that it frees what deleted tasks left behind. */
void test_let_idle_run(void);

#if defined(TEST_WITH_BOOKS)

#include "heapledger/facts.h"
#include "heapledger/snapshot.h"
#include "heapledger_freertos.h"

/* What the ledger lists of a task. False: it does not list it. */
bool test_find(uint32_t serial, struct hl_task_info *info);

/* Bytes that a task owes; 0 when it is not listed. */
uint32_t test_current(uint32_t serial);

/* Everything is sound, and walk and ledger agree. In a task, with interrupts that do not
 * allocate. */
void test_check_books(void);

#endif

#endif
