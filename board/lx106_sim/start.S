/* SPDX-License-Identifier: MIT */
/* Start-up for QEMU's Xtensa machine `sim`: a stack, zeroed data, main(), and the simulator's calls. */

    .section .reset, "ax" /* where the machine starts; literals cannot come before it */
    .global _reset
_reset:
    j       _start

    .section .start, "ax"
    .literal_position
    .align 4
    .global _start
_start:
    movi    a1, __stack
    movi    a2, __bss_start
    movi    a3, __bss_end
    movi    a4, 0
    bgeu    a2, a3, 2f
1:  s32i    a4, a2, 0
    addi    a2, a2, 4
    bltu    a2, a3, 1b
2:  movi    a2, 0
    movi    a3, 0
    movi    a0, main
    callx0  a0
    mov     a3, a2 /* exit code */
    movi    a2, 1
    simcall
3:  j       3b

/* int machine_call(int number, int a, int b, int c): a call of the simulator's */
    .text
    .align 4
    .global machine_call
machine_call:
    simcall
    ret
