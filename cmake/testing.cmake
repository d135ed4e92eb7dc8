# SPDX-License-Identifier: MIT
# How a test is added: hl_add_test(), hl_add_kernel_test(), hl_add_compare_test().

set(hl_test_ops 1000000)
if(NOT HL_BOARD STREQUAL "posix")
  set(hl_test_ops 5000) # emulated
endif()
set(HL_TEST_OPS ${hl_test_ops} CACHE STRING
  "Random operations of each model test; tests read it from the environment as HL_TEST_OPS")
find_program(HL_VALGRIND valgrind)
mark_as_advanced(HL_VALGRIND)
if(HL_VALGRIND_TESTS AND NOT HL_VALGRIND)
  message(STATUS "Tests under valgrind: left out, it is not installed (scripts/setup.sh check)")
endif()

# 32-bit programs need gcc-multilib, and not every sanitizer has them.
if(HL_BOARD STREQUAL "posix")
  include(CheckCSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS -m32)
  set(CMAKE_REQUIRED_LINK_OPTIONS -m32)
  check_c_source_compiles("#include <stdio.h>\nint main(void) { return puts(\"\"); }" HL_HAVE_M32)
  unset(CMAKE_REQUIRED_FLAGS)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
endif()

# What the sanitizers need to know about programs of the POSIX port; unused without them.
set(HL_TEST_ENVIRONMENT
  "ASAN_OPTIONS=use_sigaltstack=0"
  "UBSAN_OPTIONS=print_stacktrace=1"
  "TSAN_OPTIONS=suppressions=${HL_SOURCE_DIR}/test/tsan.supp"
)

# What the preset tsan builds: the programs of the tests labelled tsan.
add_custom_target(tsan_tests)

# Adds `target` to ctest, with its labels; labelled kernel, under valgrind as well.
function(hl_register_test name target)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "TIMEOUT" "ARGS;LABELS;ENVIRONMENT")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${target} ${arg_ARGS})
  set_tests_properties(${name} PROPERTIES
    LABELS "${arg_LABELS}"
    TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT "${HL_TEST_ENVIRONMENT};HL_TEST_OPS=${HL_TEST_OPS};${arg_ENVIRONMENT}"
  )
  if("tsan" IN_LIST arg_LABELS)
    add_dependencies(tsan_tests ${target})
  endif()
  if(HL_VALGRIND_TESTS AND HL_VALGRIND AND "kernel" IN_LIST arg_LABELS)
    # Operator new stays the program's own: valgrind would put another one in its place.
    add_test(NAME ${name}.valgrind COMMAND "${HL_VALGRIND}" --quiet --error-exitcode=99
      --fair-sched=yes --leak-check=no --soname-synonyms=somalloc=nouserintercepts $<TARGET_FILE:${target}> ${arg_ARGS})
    set_tests_properties(${name}.valgrind PROPERTIES
      LABELS valgrind
      TIMEOUT 300
      ENVIRONMENT "HL_TEST_OPS=2000;HL_UNDER_VALGRIND=1;${arg_ENVIRONMENT}"
    )
  endif()
endfunction()

# QEMU's clock need not follow the instructions where there is no kernel: it then runs faster.
function(hl_do_not_count_instructions target)
  set(emulator ${CMAKE_CROSSCOMPILING_EMULATOR})
  list(FIND emulator -icount at)
  if(at GREATER_EQUAL 0)
    math(EXPR value "${at} + 1")
    list(REMOVE_AT emulator ${at} ${value})
    set_target_properties(${target} PROPERTIES CROSSCOMPILING_EMULATOR "${emulator}")
  endif()
endfunction()

# hl_add_test(NAME <name> SOURCES <file>... [CORE <target>] [LIBS <target>...]
#             [DEFINITIONS <def>...] [LABELS <label>...] [ARGS <word>...] [ENVIRONMENT <A=B>...]
#             [TIMEOUT <seconds>] [NO_CMOCKA])
#
# A program of the core and cmocka (unless NO_CMOCKA) that ctest runs. CORE is the library tested:
# heapledger::heapledger unless another is named, which hl_add_core() makes with options of its own.
# Private headers of src/, and test/ itself, are on the include path. LABELS tsan: is run under TSan.
function(hl_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "NO_CMOCKA" "NAME;CORE;TIMEOUT"
    "SOURCES;LIBS;DEFINITIONS;LABELS;ARGS;ENVIRONMENT")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "hl_add_test(${arg_NAME}): NAME or SOURCES is missing, or there is a wrong "
      "word: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_CORE)
    set(arg_CORE heapledger::heapledger)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  hl_finish_test(${arg_NAME})
  hl_do_not_count_instructions(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBS} ${arg_CORE})
  hl_register_test(${arg_NAME} ${arg_NAME} TIMEOUT "${arg_TIMEOUT}" ARGS ${arg_ARGS}
    LABELS ${arg_LABELS} ENVIRONMENT ${arg_ENVIRONMENT})
endfunction()

# hl_add_kernel_test(NAME <name> SOURCES <file>... [HEAP 4|5] [BOARD <target>] [LIBS ...] ...)
#
# As hl_add_test, on the real kernel: links BOARD (default hl_board_posix; NONE and a kernel of
# hl_add_kernel() in LIBS for another configuration) and the port in the form of heap_4.c (default)
# or heap_5.c. Gets the label kernel.
function(hl_add_kernel_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "NO_CMOCKA" "NAME;HEAP;BOARD;TIMEOUT"
    "SOURCES;LIBS;DEFINITIONS;LABELS;ARGS;ENVIRONMENT")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "hl_add_kernel_test(${arg_NAME}): NAME or SOURCES is missing, or there is a "
      "wrong word: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_HEAP)
    set(arg_HEAP 4)
  endif()
  if(NOT arg_BOARD)
    set(arg_BOARD hl_board_posix)
  elseif(arg_BOARD STREQUAL "NONE")
    set(arg_BOARD "")
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  hl_finish_test(${arg_NAME})
  target_link_libraries(${arg_NAME} PRIVATE
    heapledger_freertos_heap_${arg_HEAP} ${arg_BOARD} ${arg_LIBS})
  hl_register_test(${arg_NAME} ${arg_NAME} TIMEOUT "${arg_TIMEOUT}" ARGS ${arg_ARGS}
    LABELS kernel ${arg_LABELS} ENVIRONMENT ${arg_ENVIRONMENT})
endfunction()

# What all test programs share. A macro: reads the caller's arg_.
macro(hl_finish_test target)
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/test")
  target_include_directories(${target} PRIVATE "${HL_SOURCE_DIR}/test" "${HL_SOURCE_DIR}/src")
  target_compile_definitions(${target} PRIVATE ${arg_DEFINITIONS})
  target_link_libraries(${target} PRIVATE hl_warnings)
  if(TARGET hl_machine) # not on the computer
    target_compile_definitions(${target} PRIVATE TEST_ON_TARGET)
    target_link_libraries(${target} PRIVATE hl_machine)
  endif()
  if(NOT arg_NO_CMOCKA)
    target_include_directories(${target} SYSTEM PRIVATE "${CMOCKA_INCLUDE_DIR}")
    target_link_libraries(${target} PRIVATE "${CMOCKA_LIBRARY}")
  endif()
endmacro()

# hl_add_compare_test(NAME <name> PROGRAMS <a> <b> SOURCES <file>... CORES <core a> <core b>
#                     [ARGS <word>...] [LABELS <label>...])
#
# The same sources linked with two cores: both programs must print the same and exit with 0.
function(hl_add_compare_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "PROGRAMS;SOURCES;CORES;ARGS;LABELS")
  set(arg_NO_CMOCKA ON)
  set(arg_DEFINITIONS "")
  foreach(program core IN ZIP_LISTS arg_PROGRAMS arg_CORES)
    add_executable(${program} ${arg_SOURCES})
    hl_finish_test(${program})
    target_link_libraries(${program} PRIVATE ${core})
    list(APPEND files "$<TARGET_FILE:${program}>")
  endforeach()
  list(JOIN files "|" files)
  list(JOIN arg_ARGS "|" args)
  add_test(NAME ${arg_NAME} COMMAND "${CMAKE_COMMAND}" "-DPROGRAMS=${files}" "-DARGS=${args}"
    -P "${HL_SOURCE_DIR}/cmake/compare_output.cmake")
  set_tests_properties(${arg_NAME} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 120)
endfunction()
