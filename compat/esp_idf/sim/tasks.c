/* SPDX-License-Identifier: MIT */
/* Tasks: stacks in bytes, cores remembered, and the kernel's own tasks on the heap. */
#include "sim.h"

#include "freertos/timers.h"

/* The kernel's own. */
#undef xTaskCreate
#undef xTaskCreateStatic
#undef uxTaskGetStackHighWaterMark
#undef xTimerCreate
#undef xTimerCreateStatic
#undef xTimerPendFunctionCall
#undef StackType_t

/* Which of a task's two pointers holds its core, plus 1; 0: any. */
#define CORE_SLOT 1

/* The kernel writes a small record into each stack, and counts in words. */
static uint32_t words_of(uint32_t bytes)
{
    return (bytes + (uint32_t)sizeof(StackType_t) - 1) / (uint32_t)sizeof(StackType_t);
}

/* Between creation and this no other task runs. */
static void set_core(TaskHandle_t task, BaseType_t core)
{
    intptr_t value = core == tskNO_AFFINITY ? 0 : (intptr_t)core + 1;

    if (task != NULL) {
        vTaskSetThreadLocalStoragePointer(task, CORE_SLOT, (void *)value);
    }
}

static bool hold_others(void)
{
    bool running = xTaskGetSchedulerState() != taskSCHEDULER_NOT_STARTED;

    if (running) {
        vTaskSuspendAll();
    }
    return running;
}

static void let_others(bool held)
{
    if (held) {
        (void)xTaskResumeAll();
    }
}

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                                   void *argument, UBaseType_t priority, TaskHandle_t *created,
                                   BaseType_t core)
{
    TaskHandle_t task = NULL;
    bool held = hold_others();
    BaseType_t result =
        xTaskCreate(function, name, words_of(stack_bytes), argument, priority, &task);

    if (result == pdPASS) {
        set_core(task, core);
        if (created != NULL) {
            *created = task;
        }
    }
    let_others(held);
    return result;
}

BaseType_t esp_xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                           void *argument, UBaseType_t priority, TaskHandle_t *created)
{
    return xTaskCreatePinnedToCore(function, name, stack_bytes, argument, priority, created,
                                   tskNO_AFFINITY);
}

/* A stack of bytes may start anywhere; the kernel wants words. */
TaskHandle_t xTaskCreateStaticPinnedToCore(TaskFunction_t function, const char *name,
                                           uint32_t stack_bytes, void *argument,
                                           UBaseType_t priority, uint8_t *stack,
                                           StaticTask_t *memory, BaseType_t core)
{
    uint32_t skipped = (uint32_t)(-(uintptr_t)stack % sizeof(StackType_t));
    uint32_t words = (stack_bytes - skipped) / (uint32_t)sizeof(StackType_t);
    bool held = hold_others();
    TaskHandle_t task = xTaskCreateStatic(function, name, words, argument, priority,
                                          (StackType_t *)(void *)(stack + skipped), memory);

    set_core(task, core);
    let_others(held);
    return task;
}

TaskHandle_t esp_xTaskCreateStatic(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                                   void *argument, UBaseType_t priority, uint8_t *stack,
                                   StaticTask_t *memory)
{
    return xTaskCreateStaticPinnedToCore(function, name, stack_bytes, argument, priority, stack,
                                         memory, tskNO_AFFINITY);
}

BaseType_t xTaskGetCoreID(TaskHandle_t task)
{
    intptr_t value = (intptr_t)pvTaskGetThreadLocalStoragePointer(task, CORE_SLOT);

    return value == 0 ? tskNO_AFFINITY : (BaseType_t)(value - 1);
}

BaseType_t xPortGetCoreID(void)
{
    BaseType_t core = xTaskGetCurrentTaskHandle() != NULL ? xTaskGetCoreID(NULL) : 0;

    return core == tskNO_AFFINITY ? 0 : core;
}

UBaseType_t esp_uxTaskGetStackHighWaterMark(TaskHandle_t task)
{
    return uxTaskGetStackHighWaterMark(task) * sizeof(StackType_t);
}

/* Stack first, then the control block, as for every task; both are charged to who creates it. */
static void give_memory(StaticTask_t **task, StackType_t **stack, uint32_t *words, uint32_t bytes)
{
    *words = words_of(bytes);
    *stack = pvPortMalloc(*words * sizeof(StackType_t));
    *task = pvPortMalloc(sizeof(StaticTask_t));
    if (*stack == NULL || *task == NULL) {
        sim_fail(BOARD_EXIT_SYSTEM, "no memory for a task of the kernel's");
    }
}

void vApplicationGetIdleTaskMemory(StaticTask_t **ppxIdleTaskTCBBuffer,
                                   StackType_t **ppxIdleTaskStackBuffer,
                                   uint32_t *puxIdleTaskStackSize)
{
    give_memory(ppxIdleTaskTCBBuffer, ppxIdleTaskStackBuffer, puxIdleTaskStackSize,
                CONFIG_FREERTOS_IDLE_TASK_STACKSIZE);
}

void vApplicationGetTimerTaskMemory(StaticTask_t **ppxTimerTaskTCBBuffer,
                                    StackType_t **ppxTimerTaskStackBuffer,
                                    uint32_t *puxTimerTaskStackSize)
{
    give_memory(ppxTimerTaskTCBBuffer, ppxTimerTaskStackBuffer, puxTimerTaskStackSize,
                CONFIG_FREERTOS_TIMER_TASK_STACK_DEPTH);
}

/* Software timers. The name is the one that the linker's --wrap prescribes. */
BaseType_t __real_xTimerCreateTimerTask(void);

static bool timer_task_exists(void)
{
    static bool exists;
    bool held = hold_others();

    if (!exists) {
        exists = __real_xTimerCreateTimerTask() == pdPASS;
    }
    let_others(held);
    return exists;
}

TimerHandle_t esp_xTimerCreate(const char *name, TickType_t period, BaseType_t repeats, void *id,
                               TimerCallbackFunction_t callback)
{
    return timer_task_exists() ? xTimerCreate(name, period, repeats, id, callback) : NULL;
}

TimerHandle_t esp_xTimerCreateStatic(const char *name, TickType_t period, BaseType_t repeats,
                                     void *id, TimerCallbackFunction_t callback,
                                     StaticTimer_t *timer)
{
    return timer_task_exists() ? xTimerCreateStatic(name, period, repeats, id, callback, timer)
                               : NULL;
}

BaseType_t esp_xTimerPendFunctionCall(PendedFunction_t function, void *parameter, uint32_t number,
                                      TickType_t wait)
{
    return timer_task_exists() ? xTimerPendFunctionCall(function, parameter, number, wait) : pdFAIL;
}
