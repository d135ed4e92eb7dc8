/* SPDX-License-Identifier: MIT */
/* How the FreeRTOS kernel is configured for QEMU's RISC-V machine `virt` (its port GCC/RISC-V). */
#ifndef FREERTOS_CONFIG_H
#define FREERTOS_CONFIG_H

/* The CLINT's timer, 10 MHz, makes the ticks. */
#define configMTIME_BASE_ADDRESS    0x0200BFF8UL
#define configMTIMECMP_BASE_ADDRESS 0x02004000UL
#define configCPU_CLOCK_HZ          10000000UL

#define configISR_STACK_SIZE_WORDS 512

#include "firmware_config.h"

#endif
