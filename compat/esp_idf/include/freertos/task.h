/* SPDX-License-Identifier: MIT */
/* Tasks as ESP-IDF has them: stack sizes in bytes, and cores to be pinned to. */
#pragma once

#include "freertos/FreeRTOS.h"

#ifdef __cplusplus
extern "C" {
#endif

#undef taskENTER_CRITICAL
#undef taskEXIT_CRITICAL
#undef taskENTER_CRITICAL_FROM_ISR
#undef taskEXIT_CRITICAL_FROM_ISR
#define taskENTER_CRITICAL               esp_critical_enter
#define taskEXIT_CRITICAL                esp_critical_exit
#define taskENTER_CRITICAL_ISR           esp_critical_enter
#define taskEXIT_CRITICAL_ISR            esp_critical_exit
#define taskENTER_CRITICAL_FROM_ISR(...) portSET_INTERRUPT_MASK_FROM_ISR()
#define taskEXIT_CRITICAL_FROM_ISR(x)    portCLEAR_INTERRUPT_MASK_FROM_ISR(x)

/*
 * The kernel's functions of these names count stacks in words. A core is only remembered: it is
 * shown as on the chip, and all tasks run on one. A stack of the computer's takes the place of the
 * given one, so neither overflows at its size.
 */
#define xTaskCreate                      esp_xTaskCreate
#define xTaskCreateStatic                esp_xTaskCreateStatic
#define uxTaskGetStackHighWaterMark      esp_uxTaskGetStackHighWaterMark
#define xTaskGetCurrentTaskHandleForCore esp_xTaskGetCurrentTaskHandleForCore
#define xTaskGetIdleTaskHandleForCore    esp_xTaskGetIdleTaskHandleForCore

BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                       void *argument, UBaseType_t priority, TaskHandle_t *created);
BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                                   void *argument, UBaseType_t priority, TaskHandle_t *created,
                                   BaseType_t core);
TaskHandle_t xTaskCreateStatic(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                               void *argument, UBaseType_t priority, StackType_t *stack,
                               StaticTask_t *memory);
TaskHandle_t xTaskCreateStaticPinnedToCore(TaskFunction_t function, const char *name,
                                           uint32_t stack_bytes, void *argument,
                                           UBaseType_t priority, StackType_t *stack,
                                           StaticTask_t *memory, BaseType_t core);

/* The core that a task (NULL: the caller) was pinned to, or tskNO_AFFINITY. */
BaseType_t xTaskGetCoreID(TaskHandle_t task);
#define xTaskGetAffinity xTaskGetCoreID

/* The running task on core 0, the idle task on any other. And the idle task of a core, or NULL. */
TaskHandle_t xTaskGetCurrentTaskHandleForCore(BaseType_t core);
TaskHandle_t xTaskGetIdleTaskHandleForCore(BaseType_t core);

/* Bytes of the stack that is on the heap, less the kernel's record: never what the task really
 * left. */
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task);

#ifdef __cplusplus
}
#endif
