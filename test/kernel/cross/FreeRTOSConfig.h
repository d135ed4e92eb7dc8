/* SPDX-License-Identifier: MIT */
/* A configuration as on a chip, for kernel ports that are cross-compiled and not run. */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#define configCPU_CLOCK_HZ                   10000000
#define configTICK_RATE_HZ                   1000
#define configTICK_TYPE_WIDTH_IN_BITS        TICK_TYPE_WIDTH_32_BITS
#define configUSE_PREEMPTION                 1
#define configMAX_PRIORITIES                 5
#define configMINIMAL_STACK_SIZE             128
#define configMAX_TASK_NAME_LEN              16
#define configUSE_IDLE_HOOK                  0
#define configUSE_TICK_HOOK                  0
#define configTOTAL_HEAP_SIZE                16384
#define configCHECK_FOR_STACK_OVERFLOW       0
#define configMTIME_BASE_ADDRESS             0x0200BFF8
#define configMTIMECMP_BASE_ADDRESS          0x02004000
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 160
#ifndef TEST_LINKER_GIVES_ISR_STACK
#define configISR_STACK_SIZE_WORDS 512
#endif

#define INCLUDE_vTaskDelete 1

#include "heapledger_freertos_config.h"

#endif
