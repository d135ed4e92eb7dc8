/* SPDX-License-Identifier: MIT */
/* Software timers: the kernel's. Their task is created with the first timer. */
#pragma once

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#pragma push_macro("StackType_t")
#undef StackType_t  /* which is the kernel's there */
#include <timers.h> /* the kernel's */
#pragma pop_macro("StackType_t")

#ifdef __cplusplus
extern "C" {
#endif

#define xTimerCreate           esp_xTimerCreate
#define xTimerCreateStatic     esp_xTimerCreateStatic
#define xTimerPendFunctionCall esp_xTimerPendFunctionCall

TimerHandle_t xTimerCreate(const char *name, TickType_t period, BaseType_t repeats, void *id,
                           TimerCallbackFunction_t callback);
TimerHandle_t xTimerCreateStatic(const char *name, TickType_t period, BaseType_t repeats, void *id,
                                 TimerCallbackFunction_t callback, StaticTimer_t *timer);
BaseType_t xTimerPendFunctionCall(PendedFunction_t function, void *parameter, uint32_t number,
                                  TickType_t wait);

#ifdef __cplusplus
}
#endif
