/* SPDX-License-Identifier: MIT */
/* QEMU's RISC-V machine `virt`: UART, trap vector, and the device that ends the emulation. */
#include <stddef.h>
#include <stdint.h>

#include "machine.h"

/* NOLINTBEGIN(performance-no-int-to-ptr): registers have fixed addresses */
#define UART_DATA   (*(volatile uint8_t *)0x10000000) /* NS16550 */
#define UART_STATUS (*(volatile uint8_t *)0x10000005)
#define TEST_DEVICE (*(volatile uint32_t *)0x100000) /* SiFive's, as QEMU has it */
/* NOLINTEND(performance-no-int-to-ptr) */

enum {
    UART_STATUS_EMPTY = 0x20,
    TEST_PASS = 0x5555,
    TEST_FAIL = 0x3333,
};

/* Of the kernel's port; programs of the core alone do without. */
extern void freertos_risc_v_trap_handler(void) __attribute__((weak));

__attribute__((aligned(4))) static void fail(void)
{
    uint32_t cause;

    __asm volatile("csrr %0, mcause" : "=r"(cause));
    firmware_fail("exception, mcause ", cause);
}

void machine_start(void)
{
    void (*handler)(void) = freertos_risc_v_trap_handler;

    __asm volatile("csrw mtvec, %0" ::"r"(handler != NULL ? handler : fail));
}

void machine_put(char c)
{
    while ((UART_STATUS & UART_STATUS_EMPTY) == 0) {
    }
    UART_DATA = (uint8_t)c;
}

void machine_exit(int code)
{
    __asm volatile("csrci mstatus, 8");
    TEST_DEVICE = code == 0 ? (uint32_t)TEST_PASS : (uint32_t)code << 16 | TEST_FAIL;
    for (;;) {
    }
}

void machine_wait(void)
{
    __asm volatile("wfi");
}

/* The kernel's own version waits for ever: an exception would look like a program that hangs. */
void freertos_risc_v_application_exception_handler(void);
void freertos_risc_v_application_exception_handler(void)
{
    fail();
}
