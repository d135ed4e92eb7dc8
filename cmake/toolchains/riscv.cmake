# SPDX-License-Identifier: MIT
# What the toolchain files for RISC-V have in common. Debian: gcc-riscv64-unknown-elf,
# picolibc-riscv64-unknown-elf, qemu-system-misc.

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_CXX_COMPILER riscv64-unknown-elf-g++)
set(CMAKE_ASM_COMPILER riscv64-unknown-elf-gcc)

# -misa-spec=2.2: control registers belong to the base set, as the C library's variants have it.
set(hl_flags "--specs=picolibc.specs -march=${HL_RISCV_ARCH} -misa-spec=2.2 -mabi=ilp32 -mcmodel=medany")
set(hl_flags "${hl_flags} -ffunction-sections -fdata-sections")
set(CMAKE_C_FLAGS_INIT "${hl_flags}")
set(CMAKE_CXX_FLAGS_INIT "${hl_flags} -fno-exceptions -fno-rtti")
set(CMAKE_ASM_FLAGS_INIT "${hl_flags}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--gc-sections")

# One instruction takes one virtual nanosecond: every run is the same.
set(CMAKE_CROSSCOMPILING_EMULATOR
  qemu-system-riscv32 -M virt -cpu ${HL_RISCV_CPU} -bios none -nographic
  -icount shift=0,sleep=off -kernel)
