# SPDX-License-Identifier: MIT
# RISC-V, rv32imc (no atomic instructions) without an operating system: gcc, picolibc, and QEMU to run.

set(HL_RISCV_ARCH rv32imc)
set(HL_RISCV_CPU rv32,a=false,f=false,d=false)
include("${CMAKE_CURRENT_LIST_DIR}/riscv.cmake")
