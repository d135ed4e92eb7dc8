/* SPDX-License-Identifier: MIT */
/* A small configuration of the kernel, as a user has one. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include <stdlib.h>

#define configUSE_PREEMPTION             1
#define configUSE_IDLE_HOOK              0
#define configUSE_TICK_HOOK              0
#define configTICK_RATE_HZ               1000
#define configTICK_TYPE_WIDTH_IN_BITS    TICK_TYPE_WIDTH_32_BITS
#define configMAX_PRIORITIES             4
#define configMINIMAL_STACK_SIZE         256
#define configMAX_TASK_NAME_LEN          16
#define configTOTAL_HEAP_SIZE            (64 * 1024)
#define configSUPPORT_STATIC_ALLOCATION  0
#define configSUPPORT_DYNAMIC_ALLOCATION 1
#define configUSE_TRACE_FACILITY         1
#define configUSE_TIMERS                 0
#define configUSE_MALLOC_FAILED_HOOK     0
#define configCHECK_FOR_STACK_OVERFLOW   0
#define configASSERT(x)                                                                            \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#define INCLUDE_vTaskDelay                1
#define INCLUDE_vTaskDelete               1
#define INCLUDE_xTaskGetCurrentTaskHandle 1
#define INCLUDE_xTaskGetSchedulerState    1

#include "heapledger_freertos_config.h"

#endif
