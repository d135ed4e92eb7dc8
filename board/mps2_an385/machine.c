/* SPDX-License-Identifier: MIT */
/* QEMU's Cortex-M3 machine `mps2-an385`: vector table, UART, and the end by semihosting. */
#include <stdint.h>

#include "machine.h"

/* NOLINTBEGIN(performance-no-int-to-ptr): registers have fixed addresses */
#define UART_DATA    (*(volatile uint32_t *)0x40004000) /* CMSDK */
#define UART_STATE   (*(volatile uint32_t *)0x40004004)
#define UART_CTRL    (*(volatile uint32_t *)0x40004008)
#define UART_BAUDDIV (*(volatile uint32_t *)0x40004010)
/* NOLINTEND(performance-no-int-to-ptr) */

enum {
    UART_STATE_FULL = 1,
    UART_CTRL_SEND = 1,
    SEMIHOSTING_EXIT_EXTENDED = 0x20,
    SEMIHOSTING_EXIT_REASON = 0x20026, /* the application ended by itself */
};

void machine_start(void)
{
    UART_BAUDDIV = 16;
    UART_CTRL = UART_CTRL_SEND;
}

void machine_put(char c)
{
    while ((UART_STATE & UART_STATE_FULL) != 0) {
    }
    UART_DATA = (uint8_t)c;
}

void machine_exit(int code)
{
    const uint32_t arguments[2] = {SEMIHOSTING_EXIT_REASON, (uint32_t)code};
    register uint32_t operation __asm("r0") = SEMIHOSTING_EXIT_EXTENDED;
    register const uint32_t *parameter __asm("r1") = arguments;

    __asm volatile("bkpt 0xab" ::"r"(operation), "r"(parameter) : "memory");
    for (;;) {
    }
}

void machine_wait(void)
{
    __asm volatile("wfi");
}

static void fault(void)
{
    uint32_t exception;

    __asm volatile("mrs %0, ipsr" : "=r"(exception));
    firmware_fail("exception ", exception);
}

extern char __stack[];    /* of the linker script */
extern void _start(void); /* of the C library: sets up memory and calls main() */

/* Of the kernel's port; programs of the core alone do without. */
extern void vPortSVCHandler(void) __attribute__((weak));
extern void xPortPendSVHandler(void) __attribute__((weak));
extern void xPortSysTickHandler(void) __attribute__((weak));

/* The name is the one that the C library's start-up code and linker script know. */
__attribute__((section(".data.init.enter"), used)) const void *const __interrupt_vector[] = {
    __stack,
    _start,
    fault,
    fault,
    fault,
    fault,
    fault,
    0,
    0,
    0,
    0,
    vPortSVCHandler,
    fault,
    0,
    xPortPendSVHandler,
    xPortSysTickHandler,
};
