/* SPDX-License-Identifier: MIT */
/* The configuration of what is compiled only. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#define configNUMBER_OF_CORES             TEST_CORES
#define configTICK_RATE_HZ                1000
#define configTICK_TYPE_WIDTH_IN_BITS     TICK_TYPE_WIDTH_32_BITS
#define configUSE_PREEMPTION              1
#define configUSE_TIME_SLICING            1
#define configRUN_MULTIPLE_PRIORITIES     1
#define configUSE_CORE_AFFINITY           0
#define configUSE_TASK_PREEMPTION_DISABLE 0
#define configMAX_PRIORITIES              5
#define configMINIMAL_STACK_SIZE          256
#define configMAX_TASK_NAME_LEN           16
#define configUSE_IDLE_HOOK               0
#define configUSE_PASSIVE_IDLE_HOOK       0
#define configUSE_TICK_HOOK               0
#define configSUPPORT_STATIC_ALLOCATION   1
#define configSUPPORT_DYNAMIC_ALLOCATION  1
#define configTOTAL_HEAP_SIZE             4096
#define configCHECK_FOR_STACK_OVERFLOW    0

#define INCLUDE_vTaskDelete  1
#define INCLUDE_vTaskSuspend 1
#define INCLUDE_vTaskDelay   1

void test_assert_failed(const char *file, int line, const char *what);
#define configASSERT(x) ((x) ? (void)0 : test_assert_failed(__FILE__, __LINE__, #x))

#include "heapledger_freertos_config.h"

#endif
