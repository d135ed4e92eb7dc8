# SPDX-License-Identifier: MIT
# Sets HL_HAVE_CPLUSPLUS where there are a compiler and headers for C++, and then gives hl_make_cplusplus().

include(CheckLanguage)
check_language(CXX)
set(HL_HAVE_CPLUSPLUS OFF)
if(NOT CMAKE_CXX_COMPILER)
  message(STATUS "C++: its example is left out, there is no compiler for it")
  return()
endif()
if(HL_BOARD STREQUAL "posix") # sanitizers and coverage, as in C
  set(CMAKE_CXX_FLAGS_INIT "${CMAKE_C_FLAGS}")
endif()
enable_language(CXX)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)

include(CheckCXXSourceCompiles)
set(hl_cplusplus_program "#include <vector>\nint main() { return std::vector<int>(1).at(0); }")
check_cxx_source_compiles("${hl_cplusplus_program}" HL_CPLUSPLUS_WORKS)
set(HL_HAVE_CPLUSPLUS ${HL_CPLUSPLUS_WORKS})

# Debian has no C++ library for RISC-V without an operating system. What is a template, as vectors and
# strings are, comes from the headers of the one for ARM: the same release of GCC, also for 32 bits.
set(hl_cplusplus_headers "")
if(NOT HL_HAVE_CPLUSPLUS AND CMAKE_SYSTEM_PROCESSOR STREQUAL "riscv32")
  string(REGEX MATCH "^[0-9]+" hl_gcc "${CMAKE_CXX_COMPILER_VERSION}")
  find_path(HL_CPLUSPLUS_HEADERS vector NO_CMAKE_FIND_ROOT_PATH
    PATHS "/usr/include/newlib/c++/${hl_gcc}.2.1" "/usr/include/newlib/c++/${hl_gcc}.3.1"
    DOC "Folder of libstdc++'s headers, for a compiler that has none of its own")
  if(HL_CPLUSPLUS_HEADERS)
    set(hl_cplusplus_headers
      "${HL_CPLUSPLUS_HEADERS}" "${HL_CPLUSPLUS_HEADERS}/arm-none-eabi/thumb/nofp")
    set(CMAKE_REQUIRED_INCLUDES ${hl_cplusplus_headers})
    check_cxx_source_compiles("${hl_cplusplus_program}" HL_CPLUSPLUS_WORKS_WITH_HEADERS)
    unset(CMAKE_REQUIRED_INCLUDES)
    set(HL_HAVE_CPLUSPLUS ${HL_CPLUSPLUS_WORKS_WITH_HEADERS})
  endif()
endif()
if(NOT HL_HAVE_CPLUSPLUS)
  message(STATUS "C++: its example is left out, the compiler finds no header <vector>")
  return()
endif()

# hl_make_cplusplus(<target>)
#
# For a program of C++ without exceptions and run-time types: new and delete are on the ledger. On firmware
# it takes templates only, and nothing from a C++ library: what they call is in board/firmware/cplusplus.cpp.
function(hl_make_cplusplus target)
  target_link_libraries(${target} PRIVATE heapledger::new)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
  if(HL_BOARD STREQUAL "posix")
    return()
  endif()
  target_sources(${target} PRIVATE "${HL_SOURCE_DIR}/board/firmware/cplusplus.cpp")
  target_include_directories(${target} PRIVATE "${HL_SOURCE_DIR}/board/firmware")
  foreach(dir IN LISTS hl_cplusplus_headers)
    target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-isystem ${dir}>")
  endforeach()
  if(hl_cplusplus_headers) # there is no library to link
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
  endif()
endfunction()
