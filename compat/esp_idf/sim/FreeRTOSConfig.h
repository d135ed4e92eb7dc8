/* SPDX-License-Identifier: MIT */
/* How the FreeRTOS kernel is configured for programs written against ESP-IDF, on the computer. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include "sdkconfig.h"

/* Time. The port's tick type has as many bits as `long`; the width named here only places the
 * control bits of event groups. */
#define configTICK_RATE_HZ            CONFIG_FREERTOS_HZ
#define configTICK_TYPE_WIDTH_IN_BITS TICK_TYPE_WIDTH_32_BITS
#define configUSE_TICKLESS_IDLE       0

/* Scheduling: one core, whatever the chip has. */
#define configNUMBER_OF_CORES                   1
#define configUSE_PREEMPTION                    1
#define configUSE_TIME_SLICING                  1
#define configUSE_PORT_OPTIMISED_TASK_SELECTION 0
#define configMAX_PRIORITIES                    25
#define configIDLE_SHOULD_YIELD                 1

/* Tasks. A task runs on a stack that the C library gives; the one that the kernel is given counts
 * on the heap, and holds a small record. */
#define configMAX_TASK_NAME_LEN                 CONFIG_FREERTOS_MAX_TASK_NAME_LEN
#define configMINIMAL_STACK_SIZE                CONFIG_FREERTOS_IDLE_TASK_STACKSIZE
#define configSTACK_DEPTH_TYPE                  uint32_t
#define configCHECK_FOR_STACK_OVERFLOW          0
#define configNUM_THREAD_LOCAL_STORAGE_POINTERS 2 /* one of them the core: tasks.c */
#define configUSE_APPLICATION_TASK_TAG          1
#define configUSE_TASK_NOTIFICATIONS            1
#define configTASK_NOTIFICATION_ARRAY_ENTRIES   1

/* Memory. As on the chip, the idle and the timer task live on the heap (idle.c, tasks.c). */
#define configSUPPORT_STATIC_ALLOCATION           1
#define configSUPPORT_DYNAMIC_ALLOCATION          1
#define configKERNEL_PROVIDED_STATIC_MEMORY       0
#define configHEAP_CLEAR_MEMORY_ON_FREE           0
#define configENABLE_HEAP_PROTECTOR               0
#define configSTACK_ALLOCATION_FROM_SEPARATE_HEAP 0
#define configTOTAL_HEAP_SIZE                     0 /* the chip's heaps are added at start-up */

/* What there is besides tasks. */
#define configUSE_MUTEXES             1
#define configUSE_RECURSIVE_MUTEXES   1
#define configUSE_COUNTING_SEMAPHORES 1
#define configUSE_QUEUE_SETS          1
#define configUSE_EVENT_GROUPS        1
#define configUSE_STREAM_BUFFERS      1
#define configQUEUE_REGISTRY_SIZE     0
#define configUSE_CO_ROUTINES         0

/* Software timers. Their task is created with the first timer (timers.c). */
#define configUSE_TIMERS             1
#define configTIMER_TASK_PRIORITY    CONFIG_FREERTOS_TIMER_TASK_PRIORITY
#define configTIMER_QUEUE_LENGTH     CONFIG_FREERTOS_TIMER_QUEUE_LENGTH
#define configTIMER_TASK_STACK_DEPTH CONFIG_FREERTOS_TIMER_TASK_STACK_DEPTH

/* Hooks. */
#define configUSE_IDLE_HOOK                1 /* makes time pass: board/posix/virtual_time.c */
#define configUSE_TICK_HOOK                1
#define configUSE_MALLOC_FAILED_HOOK       0
#define configUSE_DAEMON_TASK_STARTUP_HOOK 0

/* Figures about tasks. */
#define configUSE_TRACE_FACILITY             1
#define configGENERATE_RUN_TIME_STATS        0
#define configUSE_STATS_FORMATTING_FUNCTIONS 0

#define configENABLE_BACKWARD_COMPATIBILITY 1
#define configUSE_POSIX_ERRNO               0
#define configUSE_NEWLIB_REENTRANT          0

/* Optional functions. */
#define INCLUDE_vTaskPrioritySet            1
#define INCLUDE_uxTaskPriorityGet           1
#define INCLUDE_vTaskDelete                 1
#define INCLUDE_vTaskSuspend                1
#define INCLUDE_vTaskDelay                  1
#define INCLUDE_xTaskDelayUntil             1
#define INCLUDE_xTaskAbortDelay             1
#define INCLUDE_xTaskResumeFromISR          1
#define INCLUDE_xTaskGetSchedulerState      1
#define INCLUDE_xTaskGetCurrentTaskHandle   1
#define INCLUDE_xTaskGetIdleTaskHandle      1
#define INCLUDE_xTaskGetHandle              1
#define INCLUDE_eTaskGetState               1
#define INCLUDE_xQueueGetMutexHolder        1
#define INCLUDE_xSemaphoreGetMutexHolder    1
#define INCLUDE_xTimerPendFunctionCall      1
#define INCLUDE_uxTaskGetStackHighWaterMark 1

/* A broken assumption ends the program with exit code 1 and says where. */
__attribute__((noreturn)) void board_assert_failed(const char *file, int line, const char *what);
#define configASSERT(x) ((x) ? (void)0 : board_assert_failed(__FILE__, __LINE__, #x))

/* IDLE, or IDLE0 where the chip has two cores. */
const char *sim_idle_name(void);
#define configIDLE_TASK_NAME (sim_idle_name())

/* Each round of the idle task: is there anything left to happen? (idle.c) */
void sim_idle_round(void);
#define configCONTROL_INFINITE_LOOP() (sim_idle_round(), 1)

/* freertos_tasks_c_additions.h of this folder, with or without tracking. */
#define configINCLUDE_FREERTOS_TASK_C_ADDITIONS_H 1

/* The heaps are told what the kernel allocates (src/kernel_events.h): hooks, failures and the order
 * in which a task uses its heaps are then as on the chip, where the kernel calls heap_caps_malloc.
 * */
#include <stddef.h>
void esp_idf_kernel_malloc(void *ptr, size_t size);
void esp_idf_kernel_free(void *ptr);
void esp_idf_task_created(void *task);
#define traceMALLOC(ptr, size) esp_idf_kernel_malloc((ptr), xWantedSize)
#define traceFREE(ptr, size)   esp_idf_kernel_free(ptr)
#ifdef CONFIG_HEAP_TASK_TRACKING
#define traceTASK_CREATE(task) esp_idf_task_created(task)
#endif

/* heapledger watches tasks come and go. Last, so that it sees what is defined above. */
#include "heapledger_freertos_config.h"

#endif
