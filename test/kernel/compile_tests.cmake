# SPDX-License-Identifier: MIT
# Tests that compile and do not run: other kernel ports, and the messages for what is not supported.

# add_compile_test(<name> FILE <file> [COMPILER <cc>] [FLAGS ...] [INCLUDES <dir>...]
#                  [MESSAGE <regex>] [QUIET_ABOUT <regex>])
#
# FILE compiles; or, with MESSAGE, does not, and the compiler says that. QUIET_ABOUT: warnings about
# matching files fail the test; without it none are asked for.
function(add_compile_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FILE;COMPILER;MESSAGE;QUIET_ABOUT" "FLAGS;INCLUDES")
  if(NOT arg_COMPILER)
    set(arg_COMPILER "${CMAKE_C_COMPILER}")
  endif()
  # Not -isystem: gcc would take our headers for system headers, too, that a kernel's includes.
  set(warnings -w)
  if(arg_QUIET_ABOUT)
    get_target_property(warnings hl_c_warnings INTERFACE_COMPILE_OPTIONS)
    list(FILTER warnings EXCLUDE REGEX "Werror")
  endif()
  list(TRANSFORM arg_INCLUDES PREPEND "-I")
  add_test(NAME ${name} COMMAND "${arg_COMPILER}" ${warnings} ${arg_FLAGS} ${arg_INCLUDES}
    "-I${HL_SOURCE_DIR}/port/freertos" "-I${HL_SOURCE_DIR}/include"
    "-I${HL_KERNEL_DIR}/include" -c "${arg_FILE}" -o "${CMAKE_CURRENT_BINARY_DIR}/${name}.o")
  set_tests_properties(${name} PROPERTIES TIMEOUT 60)
  if(arg_MESSAGE)
    set_tests_properties(${name} PROPERTIES PASS_REGULAR_EXPRESSION "error: .*${arg_MESSAGE}")
  elseif(arg_QUIET_ABOUT)
    set_tests_properties(${name} PROPERTIES FAIL_REGULAR_EXPRESSION
      "${arg_QUIET_ABOUT}[^\n]*warning;error: ")
  endif()
endfunction()

set(here "${CMAKE_CURRENT_SOURCE_DIR}")
set(port_dir "${HL_SOURCE_DIR}/port/freertos")
set(posix "${HL_KERNEL_DIR}/portable/ThirdParty/GCC/Posix")

# What is compiled inside tasks.c: hooks in every configuration, under our warnings.
set(single -std=c11 -DTEST_CORES=1 -DHL_CONFIG_FILE=\"unknown_port.h\")
set(smp -std=c11 -DTEST_CORES=2)
foreach(variant single smp)
  add_compile_test(compile_tasks_${variant} FILE "${HL_KERNEL_DIR}/tasks.c" FLAGS ${${variant}}
    INCLUDES "${here}/smp" QUIET_ABOUT "${HL_SOURCE_DIR}/")
  foreach(file IN ITEMS "${port_dir}/port.c" "${port_dir}/heap_4.c" "${HL_SOURCE_DIR}/src/alloc.c")
    get_filename_component(short "${file}" NAME_WE)
    add_compile_test(compile_${short}_${variant} FILE "${file}" FLAGS ${${variant}}
      INCLUDES "${here}/smp" QUIET_ABOUT "${HL_SOURCE_DIR}/")
  endforeach()
endforeach()

# What is not supported is told.
function(add_error_test name message)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "DIR" "FLAGS")
  if(NOT arg_DIR)
    set(arg_DIR "${here}/config")
  endif()
  add_compile_test(compile_error_${name} FILE "${port_dir}/port.c" MESSAGE "${message}"
    FLAGS -std=c11 ${arg_FLAGS} INCLUDES "${arg_DIR}" "${posix}")
endfunction()
add_error_test(heap_protector "configENABLE_HEAP_PROTECTOR must be 0"
  FLAGS -DconfigENABLE_HEAP_PROTECTOR=1)
add_error_test(alignment "HL_ALIGN must equal portBYTE_ALIGNMENT"
  FLAGS -DHL_ALIGN=16)
add_error_test(capabilities "HL_FREERTOS_CAPS 0" FLAGS -DHL_FREERTOS_CAPS=0)
add_error_test(tasks "HL_MAX_TASKS must be 1 to" FLAGS -DHL_MAX_TASKS=252)
add_error_test(heaps "HL_MAX_HEAPS must be 1 to 255" FLAGS -DHL_MAX_HEAPS=256)
add_error_test(unknown_port "this kernel port is not known" DIR "${here}/smp"
  FLAGS -DTEST_CORES=1 -U__linux__ -U__APPLE__)
add_error_test(smp_without_in_isr "portCHECK_IF_IN_ISR is missing" DIR "${here}/smp"
  FLAGS -DTEST_CORES=2 -DTEST_WITHOUT_IN_ISR=1)

# Real kernel ports for real chips, where clang is there: it compiles for all of them.
find_program(HL_CLANG clang)
mark_as_advanced(HL_CLANG)
if(NOT HL_CLANG)
  return()
endif()
set(chip -std=gnu11 -ffreestanding -isystem "${here}/cross/include" -Os)
set(rv32 --target=riscv32-unknown-elf -march=rv32imac -mabi=ilp32 -DHL_ALIGN=16 ${chip})
set(cm3 --target=arm-none-eabi -mcpu=cortex-m3 -mthumb ${chip})
set(cm0 --target=arm-none-eabi -mcpu=cortex-m0 -mthumb -DconfigENABLE_MPU=0 ${chip})
set(mpu --target=arm-none-eabi -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -DconfigTOTAL_MPU_REGIONS=8
  -DconfigSYSTEM_CALL_STACK_SIZE=128 -DconfigUSE_MPU_WRAPPERS_V1=1
  -DconfigENFORCE_SYSTEM_CALLS_FROM_KERNEL_ONLY=1 ${chip})
set(rv32_port GCC/RISC-V)
set(cm3_port GCC/ARM_CM3)
set(cm0_port GCC/ARM_CM0)
set(mpu_port GCC/ARM_CM4_MPU)
foreach(target rv32 cm3 cm0 mpu)
  foreach(file IN ITEMS
      "${HL_KERNEL_DIR}/tasks.c" "${port_dir}/port.c" "${HL_SOURCE_DIR}/src/alloc.c")
    get_filename_component(short "${file}" NAME_WE)
    add_compile_test(cross_${target}_${short} FILE "${file}" COMPILER "${HL_CLANG}"
      FLAGS ${${target}} INCLUDES "${here}/cross" "${HL_KERNEL_DIR}/portable/${${target}_port}"
      QUIET_ABOUT "${HL_SOURCE_DIR}/")
  endforeach()
endforeach()
add_compile_test(cross_rv32_own_isr_stack FILE "${port_dir}/port.c" COMPILER "${HL_CLANG}"
  FLAGS ${rv32} -DTEST_LINKER_GIVES_ISR_STACK=1 -DHL_FREERTOS_ISR_STACK_BYTES=2048
  INCLUDES "${here}/cross" "${HL_KERNEL_DIR}/portable/${rv32_port}")
add_compile_test(cross_rv32_error_isr_stack FILE "${port_dir}/port.c" COMPILER "${HL_CLANG}"
  FLAGS ${rv32} -DTEST_LINKER_GIVES_ISR_STACK=1 MESSAGE "define HL_FREERTOS_ISR_STACK_BYTES"
  INCLUDES "${here}/cross" "${HL_KERNEL_DIR}/portable/${rv32_port}")
add_compile_test(cross_rv32_assembly FILE "${here}/cross/config_in_assembly.S"
  COMPILER "${HL_CLANG}" FLAGS --target=riscv32-unknown-elf -march=rv32imac
  INCLUDES "${here}/cross")
add_compile_test(cross_rv32_cplusplus FILE "${here}/cross/config_in_cplusplus.cpp"
  COMPILER "${HL_CLANG}" FLAGS --target=riscv32-unknown-elf -march=rv32imac -mabi=ilp32
  -ffreestanding -isystem "${here}/cross/include" -DHL_ALIGN=16
  INCLUDES "${here}/cross" "${HL_KERNEL_DIR}/portable/${rv32_port}")
