/* SPDX-License-Identifier: MIT */
/* The FreeRTOS kernel as ESP-IDF gives it: all cores of the chip are one core of the computer. */
#pragma once

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sdkconfig.h"

#include "esp_attr.h"
#include "esp_err.h"

/* The kernel's. */
#include <FreeRTOS.h>
#include <task.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifdef CONFIG_FREERTOS_UNICORE
#define portNUM_PROCESSORS 1
#else
#define portNUM_PROCESSORS 2
#endif
#define configNUM_CORES portNUM_PROCESSORS

#undef tskNO_AFFINITY
#define tskNO_AFFINITY ((BaseType_t)0x7FFFFFFF)

/* Stack sizes, and what a static stack is made of, are bytes. */
#define StackType_t uint8_t

/* A spinlock: one core needs none. */
typedef struct {
    uint32_t owner;
    uint32_t count;
} portMUX_TYPE;

#define portMUX_FREE_VAL 0xB33FFFFFU
#define portMUX_INITIALIZER_UNLOCKED                                                               \
    {                                                                                              \
        .owner = portMUX_FREE_VAL, .count = 0                                                      \
    }
#define portMUX_INITIALIZE(mux) ((mux)->owner = portMUX_FREE_VAL, (mux)->count = 0)
#define spinlock_t              portMUX_TYPE
#define SPINLOCK_INITIALIZER    portMUX_INITIALIZER_UNLOCKED

/* Critical sections: with a spinlock, or without as in the kernel's own sources. */
#undef portENTER_CRITICAL
#undef portEXIT_CRITICAL
#define portENTER_CRITICAL(...)          vPortEnterCritical()
#define portEXIT_CRITICAL(...)           vPortExitCritical()
#define portENTER_CRITICAL_ISR(...)      vPortEnterCritical()
#define portEXIT_CRITICAL_ISR(...)       vPortExitCritical()
#define portENTER_CRITICAL_SAFE(...)     vPortEnterCritical()
#define portEXIT_CRITICAL_SAFE(...)      vPortExitCritical()
#define portTRY_ENTER_CRITICAL(mux, cyc) (vPortEnterCritical(), pdPASS)

#undef portYIELD_FROM_ISR
#define portYIELD_FROM_ISR(...) vPortYield()

/* Where the calling task was pinned to, or 0. */
BaseType_t xPortGetCoreID(void);

/* No interrupt of the chip happens here. */
static inline BaseType_t xPortInIsrContext(void)
{
    return pdFALSE;
}

#define xPortCanYield() (xTaskGetSchedulerState() == taskSCHEDULER_RUNNING)

#ifdef __cplusplus
}
#endif
