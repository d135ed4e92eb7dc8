/* SPDX-License-Identifier: MIT */
/* A small configuration of the kernel, as a user has one. The test adds the line that README.md says. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#include <stdlib.h>

#define configUSE_PREEMPTION          1
#define configUSE_IDLE_HOOK           0
#define configUSE_TICK_HOOK           0
#define configTICK_RATE_HZ            1000
#define configTICK_TYPE_WIDTH_IN_BITS TICK_TYPE_WIDTH_32_BITS
#define configMAX_PRIORITIES          4
#define configMINIMAL_STACK_SIZE      256
#define configTOTAL_HEAP_SIZE         (64 * 1024)
#define configASSERT(x)                                                                            \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#define INCLUDE_vTaskDelay  1
#define INCLUDE_vTaskDelete 1

/* README.md's line */

#endif
