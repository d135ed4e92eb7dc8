/* SPDX-License-Identifier: MIT */
/* A kernel port to be compiled only: two cores, or one that heapledger does not know. */
#ifndef PORTMACRO_H
#define PORTMACRO_H

#include <stdint.h>

#define portSTACK_TYPE        uintptr_t
#define portBASE_TYPE         long
#define portPOINTER_SIZE_TYPE uintptr_t

typedef portSTACK_TYPE StackType_t;
typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;

#define portMAX_DELAY      ((TickType_t)0xffffffffUL)
#define portTICK_PERIOD_MS ((TickType_t)1)
#define portSTACK_GROWTH   (-1)
#define portBYTE_ALIGNMENT 8

#define portYIELD()              stub_call()
#define portDISABLE_INTERRUPTS() stub_call()
#define portENABLE_INTERRUPTS()  stub_call()
void stub_call(void);

#define portTASK_FUNCTION_PROTO(vFunction, pvParameters) void vFunction(void *pvParameters)
#define portTASK_FUNCTION(vFunction, pvParameters)       void vFunction(void *pvParameters)

#if TEST_CORES > 1

UBaseType_t stub_mask(void);
void stub_restore(UBaseType_t mask);
BaseType_t stub_number(BaseType_t number);

#define portSET_INTERRUPT_MASK()             stub_mask()
#define portCLEAR_INTERRUPT_MASK(x)          stub_restore(x)
#define portSET_INTERRUPT_MASK_FROM_ISR()    stub_mask()
#define portCLEAR_INTERRUPT_MASK_FROM_ISR(x) stub_restore(x)

#define portGET_CORE_ID()        stub_number(0)
#define portYIELD_CORE(x)        (void)stub_number(x)
#define portGET_TASK_LOCK(x)     (void)stub_number(x)
#define portRELEASE_TASK_LOCK(x) (void)stub_number(x)
#define portGET_ISR_LOCK(x)      (void)stub_number(x)
#define portRELEASE_ISR_LOCK(x)  (void)stub_number(x)
#ifndef TEST_WITHOUT_IN_ISR
#define portCHECK_IF_IN_ISR() stub_number(1)
#endif

#define portCRITICAL_NESTING_IN_TCB   1
#define portENTER_CRITICAL()          vTaskEnterCritical()
#define portEXIT_CRITICAL()           vTaskExitCritical()
#define portENTER_CRITICAL_FROM_ISR() vTaskEnterCriticalFromISR()
#define portEXIT_CRITICAL_FROM_ISR(x) vTaskExitCriticalFromISR(x)
void vTaskEnterCritical(void);
void vTaskExitCritical(void);
UBaseType_t vTaskEnterCriticalFromISR(void);
void vTaskExitCriticalFromISR(UBaseType_t uxSavedInterruptStatus);

#else

#define portENTER_CRITICAL() stub_call()
#define portEXIT_CRITICAL()  stub_call()

#endif

#endif
