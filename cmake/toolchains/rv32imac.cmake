# SPDX-License-Identifier: MIT
# RISC-V, rv32imac without an operating system: gcc, picolibc, and QEMU to run programs.

set(HL_RISCV_ARCH rv32imac)
set(HL_RISCV_CPU rv32)
include("${CMAKE_CURRENT_LIST_DIR}/riscv.cmake")
