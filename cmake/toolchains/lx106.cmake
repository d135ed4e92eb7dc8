# SPDX-License-Identifier: MIT
# Xtensa lx106 without an operating system: gcc, picolibc, and QEMU to run programs. Debian:
# gcc-xtensa-lx106, picolibc-xtensa-lx106-elf, qemu-system-misc.

set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR lx106)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

set(CMAKE_C_COMPILER xtensa-lx106-elf-gcc)
set(CMAKE_ASM_COMPILER xtensa-lx106-elf-gcc)

# The compiler does not find the C library's specs by name.
find_file(HL_LX106_SPECS picolibc.specs PATHS /usr/lib/xtensa-lx106-elf NO_CMAKE_FIND_ROOT_PATH)
if(NOT HL_LX106_SPECS)
  message(FATAL_ERROR "picolibc.specs for lx106 was not found (Debian: picolibc-xtensa-lx106-elf; "
    "elsewhere: -DHL_LX106_SPECS=FILE)")
endif()
set(hl_flags "--specs=${HL_LX106_SPECS} -mlongcalls -ffunction-sections -fdata-sections")
set(CMAKE_C_FLAGS_INIT "${hl_flags}")
set(CMAKE_ASM_FLAGS_INIT "${hl_flags}")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-Wl,--gc-sections")

# On a file that is missing, empty or still being written, this emulator runs nothing and never ends.
set(CMAKE_CROSSCOMPILING_EMULATOR
  qemu-system-xtensa -M sim -cpu lx106 -m 64 -nographic -monitor none -semihosting -kernel)
