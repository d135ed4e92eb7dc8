/* SPDX-License-Identifier: MIT */
/* How the kernel is configured for its tests; TEST_ definitions make the variants. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#define configTICK_RATE_HZ             1000
#define configTICK_TYPE_WIDTH_IN_BITS  TICK_TYPE_WIDTH_64_BITS
#define configUSE_PREEMPTION           1
#define configUSE_TIME_SLICING         1
#define configMAX_PRIORITIES           5
#define configMAX_TASK_NAME_LEN        24 /* longer than HL_NAME_LEN */
#define configMINIMAL_STACK_SIZE       256
#define configUSE_IDLE_HOOK            1
#define configUSE_TICK_HOOK            1
#define configUSE_MUTEXES              1
#define configCHECK_FOR_STACK_OVERFLOW 0

#define configUSE_TIMERS             1
#define configTIMER_TASK_PRIORITY    (configMAX_PRIORITIES - 1)
#define configTIMER_QUEUE_LENGTH     8
#define configTIMER_TASK_STACK_DEPTH configMINIMAL_STACK_SIZE

#ifndef configSUPPORT_STATIC_ALLOCATION
#define configSUPPORT_STATIC_ALLOCATION 1
#endif
#ifndef configSUPPORT_DYNAMIC_ALLOCATION
#define configSUPPORT_DYNAMIC_ALLOCATION 1
#endif
#define configKERNEL_PROVIDED_STATIC_MEMORY configSUPPORT_STATIC_ALLOCATION
#define configTOTAL_HEAP_SIZE               (128 * 1024)
#define configUSE_MALLOC_FAILED_HOOK        1

#define INCLUDE_vTaskPrioritySet       1
#define INCLUDE_vTaskDelete            1
#define INCLUDE_vTaskSuspend           1
#define INCLUDE_vTaskDelay             1
#define INCLUDE_xTaskGetSchedulerState 1
#define INCLUDE_xTaskGetIdleTaskHandle 1

/* Returns when the test expects it (support/kernel_test.h). */
#ifdef __cplusplus
extern "C"
#endif
    void
    test_assert_failed(const char *file, int line, const char *what);
#define configASSERT(x) ((x) ? (void)0 : test_assert_failed(__FILE__, __LINE__, #x))

#ifdef TEST_RECORDER
#include "recorder.h"
#endif

#ifndef TEST_WITHOUT_HEAPLEDGER
#include "heapledger_freertos_config.h"
#endif

#endif
