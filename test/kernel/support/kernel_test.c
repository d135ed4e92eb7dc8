/* SPDX-License-Identifier: MIT */
/* The helpers of the tests on the kernel. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel_test.h"

/* NOLINTBEGIN(bugprone-reserved-identifier): the names that the linker's --wrap prescribes */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
/* NOLINTEND(bugprone-reserved-identifier) */

bool test_expects_assert;
unsigned test_asserts;
const char *test_last_assert = "";
unsigned test_malloc_failures;
void (*volatile test_tick)(void);

static bool ticks_are_real;
static bool tick_thread_expected;
static int (*the_run)(void);
static uint32_t random_state = 1;

/* LeakSanitizer asks for this. When the scheduler ends, the kernel's POSIX port forgets a byte for
 * each thread, and the event of the task that ended it. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:prvMarkAsFreeRTOSThread\nleak:event_create\n";
}

void test_check_failed(const char *file, int line, const char *what)
{
    char text[300];
    int length = snprintf(text, sizeof(text), "%s:%d: does not hold: %s\n", file, line, what);

    if (length > 0 && write(STDERR_FILENO, text, strlen(text)) < 0) {
        _exit(2);
    }
    _exit(1);
}

void test_assert_failed(const char *file, int line, const char *what)
{
    if (!test_expects_assert) {
        test_check_failed(file, line, what);
    }
    test_asserts++;
    test_last_assert = what;
}

void vApplicationMallocFailedHook(void)
{
    test_malloc_failures++;
}

static void *do_nothing(void *unused)
{
    (void)unused;
    return NULL;
}

/* The kernel's tick thread is the one without attributes. In virtual time it does nothing. */
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    if (attributes == NULL && tick_thread_expected) {
        tick_thread_expected = false;
        start = do_nothing;
    }
    return __real_pthread_create(thread, attributes, start, argument);
}

#ifndef TEST_WITH_BOOKS
#define hl_freertos_isr_enter() (void)0
#define hl_freertos_isr_exit()  (void)0
#endif

void vApplicationTickHook(void)
{
    void (*tick)(void) = test_tick;

    if (tick != NULL) {
        hl_freertos_isr_enter();
        tick();
        hl_freertos_isr_exit();
    }
}

void vApplicationIdleHook(void)
{
    const struct timespec part_of_a_tick = {.tv_nsec = 200000};

    if (ticks_are_real) {
        (void)nanosleep(&part_of_a_tick, NULL);
        return;
    }
    taskENTER_CRITICAL();
    vApplicationTickHook(); /* xTaskCatchUpTicks leaves it out */
    taskEXIT_CRITICAL();
    (void)xTaskCatchUpTicks(1);
}

bool test_interrupts_masked(void)
{
    sigset_t masked;

    CHECK(pthread_sigmask(SIG_BLOCK, NULL, &masked) == 0);
    return sigismember(&masked, SIGALRM) == 1;
}

static uint32_t number_from_environment(const char *name, uint32_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? (uint32_t)strtoul(text, NULL, 10) : otherwise;
}

uint32_t test_ops(uint32_t most)
{
    uint32_t ops = number_from_environment("HL_TEST_OPS", most);

    return ops < most ? ops : most;
}

/* xorshift32 (G. Marsaglia, Xorshift RNGs, 2003). */
uint32_t test_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

uint32_t test_random_below(uint32_t limit)
{
    return test_random() % limit;
}

static void seed(void)
{
    uint32_t value = number_from_environment("TEST_SEED", (uint32_t)time(NULL) & 0xffffff);

    (void)fprintf(stderr, "TEST_SEED=%lu\n", (unsigned long)value);
    random_state = (value + 1) * 0x9e3779b1U;
    if (random_state == 0) {
        random_state = 1;
    }
}

static void nothing(int signal)
{
    (void)signal;
}

/* The kernel's port wakes the main thread by a signal when the scheduler ends. If that thread sees the end by
 * itself, before it waits for the signal, the signal comes when nobody waits for it any more. */
static void survive_a_late_signal(void)
{
    struct sigaction action = {.sa_handler = nothing};

    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
}

static void start(TaskFunction_t task)
{
    TaskHandle_t handle;
#if configSUPPORT_DYNAMIC_ALLOCATION == 1
    CHECK(xTaskCreate(task, "test", 1024, NULL, TEST_PRIORITY, &handle) == pdPASS);
#else
    static StaticTask_t tcb;
    static StackType_t stack[1024];

    handle = xTaskCreateStatic(task, "test", 1024, NULL, TEST_PRIORITY, stack, &tcb);
#endif
    CHECK(handle != NULL);
    tick_thread_expected = !ticks_are_real;
    survive_a_late_signal();
    vTaskStartScheduler();
}

static void run_task(void *unused)
{
    int result = the_run();

    (void)unused;
    (void)fflush(NULL);
    taskENTER_CRITICAL();
    exit(result);
}

int test_run(bool realtime, int (*run)(void))
{
    ticks_are_real = realtime;
    the_run = run;
    seed();
    start(run_task);
    return 1; /* the scheduler has ended by itself */
}

void test_run_until_end(TaskFunction_t task)
{
    ticks_are_real = false;
    start(task);
    /* The thread of the task that ended the scheduler goes to sleep at the same time, and looks at
     * its control block before. */
    (void)usleep(200000);
}

void test_end_scheduler(void)
{
    vTaskEndScheduler();
    for (;;) {
        (void)pause(); /* a task must not return */
    }
}

void test_let_idle_run(void)
{
    vTaskDelay(2);
}

#ifdef TEST_WITH_BOOKS

struct search {
    uint32_t serial;
    struct hl_task_info *info;
    bool found;
};

static bool look(void *context, const struct hl_task_info *task)
{
    struct search *search = context;

    if (task->serial == search->serial) {
        *search->info = *task;
        search->found = true;
    }
    return !search->found;
}

bool test_find(uint32_t serial, struct hl_task_info *info)
{
    struct search search = {.serial = serial, .info = info};
    struct hl_visitor visitor = {.task = look, .context = &search};
    int result = hl_visit_tasks(hl_freertos_instance(), serial, &visitor);

    CHECK(result >= 0 || result == HL_ERR_NOT_FOUND);
    return search.found;
}

uint32_t test_current(uint32_t serial)
{
    struct hl_task_info info;

    return test_find(serial, &info) ? info.current : 0;
}

void test_check_books(void)
{
    struct hl *hl = hl_freertos_instance();
    bool running = xTaskGetSchedulerState() == taskSCHEDULER_RUNNING;

    if (running) {
        vTaskSuspendAll();
    }
    for (int heap = 0; heap < hl_heap_count(hl); heap++) {
        struct hl_fault fault;
        int result = hl_check(hl, heap, &fault);

        if (result != 0) {
            printf("heap %d: hl_check gives %d", heap, result);
            if (result == HL_ERR_DAMAGED) {
                printf(", reason %d, address %p, task %d", fault.reason, fault.address, fault.task);
            }
            printf("\n");
            (void)fflush(stdout);
        }
        CHECK(result == 0);
    }
    if (running) {
        (void)xTaskResumeAll();
    }
}

#endif
