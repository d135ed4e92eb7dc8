# SPDX-License-Identifier: MIT
# As cortex-m3.cmake, with newlib in picolibc's place. Debian: libnewlib-arm-none-eabi; for C++
# libstdc++-arm-none-eabi-newlib.

set(HL_LIBC newlib)
include("${CMAKE_CURRENT_LIST_DIR}/cortex-m3.cmake")
