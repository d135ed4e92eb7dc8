/* SPDX-License-Identifier: MIT */
/* How the FreeRTOS kernel is configured for firmware: what all machines have in common. */
#ifndef FIRMWARE_CONFIG_H
#define FIRMWARE_CONFIG_H

/* A board's FreeRTOSConfig.h defines its clock and its interrupts, and includes this at its end. */

#define configTICK_RATE_HZ            1000
#define configTICK_TYPE_WIDTH_IN_BITS TICK_TYPE_WIDTH_32_BITS
#define configUSE_TICKLESS_IDLE       0

/* Scheduling. */
#define configNUMBER_OF_CORES                   1
#define configUSE_PREEMPTION                    1
#define configUSE_TIME_SLICING                  1
#define configUSE_PORT_OPTIMISED_TASK_SELECTION 0
#define configMAX_PRIORITIES                    8
#define configIDLE_SHOULD_YIELD                 1

/* Tasks. */
#define configMAX_TASK_NAME_LEN                 16
#define configMINIMAL_STACK_SIZE                256
#define configSTACK_DEPTH_TYPE                  uint32_t
#define configCHECK_FOR_STACK_OVERFLOW          2
#define configNUM_THREAD_LOCAL_STORAGE_POINTERS 0
#define configUSE_APPLICATION_TASK_TAG          0
#define configUSE_TASK_NOTIFICATIONS            1
#define configTASK_NOTIFICATION_ARRAY_ENTRIES   1

/* Memory. */
#define configSUPPORT_STATIC_ALLOCATION     1
#define configSUPPORT_DYNAMIC_ALLOCATION    1
#define configKERNEL_PROVIDED_STATIC_MEMORY 1
#ifndef configTOTAL_HEAP_SIZE
#define configTOTAL_HEAP_SIZE (256 * 1024)
#endif
#ifndef configHEAP_CLEAR_MEMORY_ON_FREE
#define configHEAP_CLEAR_MEMORY_ON_FREE 0
#endif
#ifndef configAPPLICATION_ALLOCATED_HEAP
#define configAPPLICATION_ALLOCATED_HEAP 0
#endif
#define configENABLE_HEAP_PROTECTOR               0
#define configSTACK_ALLOCATION_FROM_SEPARATE_HEAP 0

/* What there is besides tasks. */
#define configUSE_MUTEXES             1
#define configUSE_RECURSIVE_MUTEXES   1
#define configUSE_COUNTING_SEMAPHORES 1
#define configUSE_QUEUE_SETS          0
#define configUSE_EVENT_GROUPS        1
#define configUSE_STREAM_BUFFERS      1
#define configQUEUE_REGISTRY_SIZE     0
#define configUSE_CO_ROUTINES         0

/* Software timers. */
#define configUSE_TIMERS             1
#define configTIMER_TASK_PRIORITY    (configMAX_PRIORITIES - 1)
#define configTIMER_QUEUE_LENGTH     16
#define configTIMER_TASK_STACK_DEPTH configMINIMAL_STACK_SIZE

/* Hooks: hooks.c. */
#define configUSE_IDLE_HOOK                1
#define configUSE_TICK_HOOK                1
#define configUSE_MALLOC_FAILED_HOOK       1
#define configUSE_DAEMON_TASK_STARTUP_HOOK 0

#ifndef configUSE_TRACE_FACILITY
#define configUSE_TRACE_FACILITY 0
#endif
#define configGENERATE_RUN_TIME_STATS        0
#define configUSE_STATS_FORMATTING_FUNCTIONS 0
#define configENABLE_BACKWARD_COMPATIBILITY  0
#define configUSE_POSIX_ERRNO                0
#define configUSE_NEWLIB_REENTRANT           0

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
#define INCLUDE_xTimerPendFunctionCall      1
#define INCLUDE_uxTaskGetStackHighWaterMark 1

/* A broken assumption ends the program and says where (hooks.c). */
#ifndef __ASSEMBLER__
__attribute__((noreturn)) void board_assert_failed(const char *file, int line, const char *what);
#endif
#define configASSERT(x) ((x) ? (void)0 : board_assert_failed(__FILE__, __LINE__, #x))

/* heapledger watches tasks come and go. Last, so that it sees what is defined above. */
#include "heapledger_freertos_config.h"

#endif
