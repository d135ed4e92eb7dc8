# SPDX-License-Identifier: MIT
# Cortex-M3 without an operating system: gcc, picolibc, and QEMU to run programs. Debian:
# gcc-arm-none-eabi, picolibc-arm-none-eabi, qemu-system-arm; for C++ libstdc++-arm-none-eabi-picolibc.

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR cortex-m3)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_ASM_COMPILER arm-none-eabi-gcc)

set(hl_flags "-mcpu=cortex-m3 -mthumb -ffunction-sections -fdata-sections")
if(NOT HL_LIBC STREQUAL "newlib")
  set(hl_flags "--specs=picolibc.specs ${hl_flags}")
endif()
set(CMAKE_C_FLAGS_INIT "${hl_flags}")
set(CMAKE_CXX_FLAGS_INIT "${hl_flags} -fno-exceptions -fno-rtti")
set(CMAKE_ASM_FLAGS_INIT "${hl_flags}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--gc-sections")

# One instruction takes one virtual nanosecond: every run is the same.
set(CMAKE_CROSSCOMPILING_EMULATOR
  qemu-system-arm -M mps2-an385 -nographic -semihosting-config enable=on,target=native
  -icount shift=0,sleep=off -kernel)
