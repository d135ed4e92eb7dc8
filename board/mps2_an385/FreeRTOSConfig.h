/* SPDX-License-Identifier: MIT */
/* How the FreeRTOS kernel is configured for QEMU's Cortex-M3 machine `mps2-an385` (port GCC/ARM_CM3). */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

#define configCPU_CLOCK_HZ 25000000UL

/* 8 priority bits. Interrupts of priority 160 and below may use the kernel and allocate. */
#define configPRIO_BITS                      8
#define configKERNEL_INTERRUPT_PRIORITY      255
#define configMAX_SYSCALL_INTERRUPT_PRIORITY 160

#include "firmware_config.h"

#endif
