/* SPDX-License-Identifier: MIT */
/* The FreeRTOS kernel as ESP-IDF gives it: all cores of the chip are one core of the computer. */
#pragma once

/* Sources for the chip count on these to come with it. */
#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Critical sections: with a spinlock, which is used in name only, or without, as in the kernel's
 * own sources. */
static inline void esp_spinlock_unused(int none, ...)
{
    (void)none;
}
#define esp_critical_enter(...) (esp_spinlock_unused(0, ##__VA_ARGS__), vPortEnterCritical())
#define esp_critical_exit(...)  (esp_spinlock_unused(0, ##__VA_ARGS__), vPortExitCritical())

#undef portENTER_CRITICAL
#undef portEXIT_CRITICAL
#define portENTER_CRITICAL               esp_critical_enter
#define portEXIT_CRITICAL                esp_critical_exit
#define portENTER_CRITICAL_ISR           esp_critical_enter
#define portEXIT_CRITICAL_ISR            esp_critical_exit
#define portENTER_CRITICAL_SAFE          esp_critical_enter
#define portEXIT_CRITICAL_SAFE           esp_critical_exit
#define portTRY_ENTER_CRITICAL(mux, cyc) (esp_critical_enter(mux), (void)(cyc), pdPASS)

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
