/* SPDX-License-Identifier: MIT */
/* How interrupts are kept out, and how they are recognised, on each kernel port. */
#ifndef HL_FREERTOS_LOCK_H
#define HL_FREERTOS_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "FreeRTOS.h"
#include "task.h"

#include "heapledger/config.h"

/*
 * This file gives, for the kernel port in use:
 *
 *   hl_freertos_lock_state
 *   hl_freertos_lock_state hl_freertos_lock(void);
 *   void hl_freertos_unlock(hl_freertos_lock_state state);
 *       Keep out every context that may allocate, for a few dozen instructions. They save and
 *       restore, so that they nest in each other, in critical sections and in interrupts, and leave
 *       the interrupts as they were before the scheduler starts.
 *
 *   bool hl_port_in_isr(void);
 *
 *   void hl_freertos_isr_enter(void);
 *   void hl_freertos_isr_exit(void);
 *       See heapledger_freertos.h.
 *
 * A kernel port that is not known here: define HL_FREERTOS_LOCK(), HL_FREERTOS_UNLOCK(state), which
 * take and give a UBaseType_t, and HL_FREERTOS_IN_ISR(), in HL_CONFIG_FILE. They win over what is
 * below.
 */

#if defined(configNUMBER_OF_CORES) && configNUMBER_OF_CORES > 1
#define HL_FREERTOS_CORES configNUMBER_OF_CORES
#else
#define HL_FREERTOS_CORES 1
#endif

#if defined(__linux__) || defined(__APPLE__)
#define HL_FREERTOS_POSIX 1
#else
#define HL_FREERTOS_POSIX 0
#endif

#if !HL_FREERTOS_POSIX && defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define HL_FREERTOS_CORTEX_M 1
#else
#define HL_FREERTOS_CORTEX_M 0
#endif

#if !HL_FREERTOS_POSIX && defined(__riscv)
#define HL_FREERTOS_RISCV 1
#else
#define HL_FREERTOS_RISCV 0
#endif

#ifdef __cplusplus
#define HL_FREERTOS_EXTERN extern "C"
#else
#define HL_FREERTOS_EXTERN extern
#endif

#if HL_TASK_TRACKING && HL_FREERTOS_CORES == 1
/* Whom the running task's allocations are charged to; kept by the hook that runs when the kernel
 * switches tasks. HL_TASK_PRE_SCHEDULER while no task runs. */
HL_FREERTOS_EXTERN volatile uint32_t hl_freertos_running;
#endif

/* Which of the ways below recognise interrupts by themselves. */
#if defined(HL_FREERTOS_IN_ISR)
#define HL_FREERTOS_COUNTS_ISRS 0

HL_FN static inline bool hl_port_in_isr(void)
{
    return HL_FREERTOS_IN_ISR();
}

#elif HL_FREERTOS_CORES > 1
#define HL_FREERTOS_COUNTS_ISRS 0

#ifndef portCHECK_IF_IN_ISR
#error "heapledger: portCHECK_IF_IN_ISR is missing: define HL_FREERTOS_IN_ISR()"
#endif
HL_FN static inline bool hl_port_in_isr(void)
{
    return portCHECK_IF_IN_ISR() != 0;
}

#elif HL_FREERTOS_CORTEX_M
#define HL_FREERTOS_COUNTS_ISRS 0

HL_FN static inline bool hl_port_in_isr(void)
{
    return xPortIsInsideInterrupt() != pdFALSE; /* reads IPSR */
}

#elif HL_FREERTOS_RISCV
#define HL_FREERTOS_COUNTS_ISRS 0

/* Interrupts run on a stack of their own. When the linker script gives it, the kernel does not know
 * its size; and main() runs on it, too, until the scheduler starts. */
#if !defined(HL_FREERTOS_ISR_STACK_BYTES) && defined(configISR_STACK_SIZE_WORDS)
#define HL_FREERTOS_ISR_STACK_BYTES (configISR_STACK_SIZE_WORDS * sizeof(StackType_t))
#elif !defined(HL_FREERTOS_ISR_STACK_BYTES)
#error "heapledger: define HL_FREERTOS_ISR_STACK_BYTES: the size of the linker script's ISR stack"
#endif

HL_FREERTOS_EXTERN const StackType_t xISRStackTop; /* defined by the kernel's port */

HL_FN static inline bool hl_port_in_isr(void)
{
    StackType_t sp;

    __asm volatile("mv %0, sp" : "=r"(sp));
#if HL_TASK_TRACKING
    if (hl_freertos_running == 0) {
        return false; /* HL_TASK_PRE_SCHEDULER: main() */
    }
#endif
    return xISRStackTop - 1 - sp < HL_FREERTOS_ISR_STACK_BYTES;
}

#else
#define HL_FREERTOS_COUNTS_ISRS 1

HL_FREERTOS_EXTERN volatile uint32_t hl_freertos_isr_depth;

HL_FN static inline bool hl_port_in_isr(void)
{
    return hl_freertos_isr_depth != 0;
}

#endif

HL_FN static inline void hl_freertos_isr_enter(void)
{
#if HL_FREERTOS_COUNTS_ISRS
    hl_freertos_isr_depth = hl_freertos_isr_depth + 1;
#endif
}

HL_FN static inline void hl_freertos_isr_exit(void)
{
#if HL_FREERTOS_COUNTS_ISRS
    hl_freertos_isr_depth = hl_freertos_isr_depth - 1;
#endif
}

#if defined(HL_FREERTOS_LOCK)

typedef UBaseType_t hl_freertos_lock_state;

HL_FN static inline hl_freertos_lock_state hl_freertos_lock(void)
{
    return HL_FREERTOS_LOCK();
}

HL_FN static inline void hl_freertos_unlock(hl_freertos_lock_state state)
{
    HL_FREERTOS_UNLOCK(state);
}

#elif HL_FREERTOS_CORES > 1

/* The kernel's own spinlocks. Before the scheduler starts they leave the interrupts off, as every
 * critical section does then. */
typedef struct {
    UBaseType_t mask;
    bool in_isr;
} hl_freertos_lock_state;

HL_FN static inline hl_freertos_lock_state hl_freertos_lock(void)
{
    hl_freertos_lock_state state = {0, hl_port_in_isr()};

    if (state.in_isr) {
        state.mask = taskENTER_CRITICAL_FROM_ISR();
    } else {
        taskENTER_CRITICAL();
    }
    return state;
}

HL_FN static inline void hl_freertos_unlock(hl_freertos_lock_state state)
{
    if (state.in_isr) {
        taskEXIT_CRITICAL_FROM_ISR(state.mask);
    } else {
        taskEXIT_CRITICAL();
    }
}

#elif HL_FREERTOS_POSIX

/* Interrupts are signals. The kernel's critical section counts, in tasks as in signal handlers, and
 * does nothing before the scheduler starts. */
typedef int hl_freertos_lock_state;

HL_FN static inline hl_freertos_lock_state hl_freertos_lock(void)
{
    taskENTER_CRITICAL();
    return 0;
}

HL_FN static inline void hl_freertos_unlock(hl_freertos_lock_state state)
{
    (void)state;
    taskEXIT_CRITICAL();
}

#elif HL_FREERTOS_RISCV

typedef UBaseType_t hl_freertos_lock_state;

HL_FN static inline hl_freertos_lock_state hl_freertos_lock(void)
{
    hl_freertos_lock_state state;

    __asm volatile("csrrci %0, mstatus, 8" : "=r"(state)::"memory"); /* clears MIE */
    return state;
}

HL_FN static inline void hl_freertos_unlock(hl_freertos_lock_state state)
{
    __asm volatile("csrs mstatus, %0" ::"r"(state & 8) : "memory");
}

#elif portHAS_NESTED_INTERRUPTS == 1 /* Cortex-M among them */

typedef UBaseType_t hl_freertos_lock_state;

HL_FN static inline hl_freertos_lock_state hl_freertos_lock(void)
{
    return (hl_freertos_lock_state)portSET_INTERRUPT_MASK_FROM_ISR();
}

HL_FN static inline void hl_freertos_unlock(hl_freertos_lock_state state)
{
    portCLEAR_INTERRUPT_MASK_FROM_ISR(state);
}

#else
#error "heapledger: this kernel port is not known: see HL_FREERTOS_LOCK in hl_freertos_lock.h"
#endif

#endif
