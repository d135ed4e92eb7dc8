# SPDX-License-Identifier: MIT
# Finds the FreeRTOS kernel's folder (HL_KERNEL_DIR) and builds it: hl_add_kernel().
#
# The folder comes from, in this order:
#   -DFREERTOS_KERNEL_PATH=DIR   a checkout of the kernel that you have
#   -DHL_KERNEL_GIT=ON           the official repository, by git, at the commit below
#   cargo                        the crate named in cmake/kernel/Cargo.toml (the default)

set(HL_KERNEL_GIT_URL "https://github.com/FreeRTOS/FreeRTOS-Kernel.git")
set(HL_KERNEL_GIT_COMMIT "dbf70559b27d39c1fdb68dfb9a32140b6a6777a0") # the commit of tag V11.2.0
set(HL_KERNEL_CARGO_MINIMUM "1.85") # the crate is of Rust's edition 2024

set(FREERTOS_KERNEL_PATH "" CACHE PATH "Folder of a FreeRTOS kernel to use instead of fetching one")
option(HL_KERNEL_GIT "Fetch the FreeRTOS kernel from its official git repository" OFF)

set(HL_KERNEL_OTHER_WAYS
  "Two other ways to name the FreeRTOS kernel:\n"
  "  -DFREERTOS_KERNEL_PATH=DIR   a checkout of FreeRTOS-Kernel V11 that you have\n"
  "  -DHL_KERNEL_GIT=ON           fetch the official repository with git\n"
  "With make: CMAKE_FLAGS=-DHL_KERNEL_GIT=ON make demo.\n"
  "-DHL_WITH_FREERTOS=OFF builds heapledger alone, without kernel, example and simulation."
)
string(CONCAT HL_KERNEL_OTHER_WAYS ${HL_KERNEL_OTHER_WAYS})

# Sets `out` to the kernel's folder inside the crate that cargo has fetched.
function(hl_kernel_from_cargo out)
  # What the user's shell would run, and nothing else.
  find_program(HL_CARGO cargo NO_CMAKE_SYSTEM_PATH DOC "cargo, which fetches the FreeRTOS kernel")
  mark_as_advanced(HL_CARGO)
  if(NOT HL_CARGO)
    message(FATAL_ERROR "cargo was not found; it fetches the FreeRTOS kernel "
      "(${HL_KERNEL_CARGO_MINIMUM} or newer is needed).\n${HL_KERNEL_OTHER_WAYS}")
  endif()

  set(manifest "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/kernel/Cargo.toml")
  execute_process(COMMAND "${HL_CARGO}" --version
    OUTPUT_VARIABLE version ERROR_VARIABLE error RESULT_VARIABLE result)
  if(NOT result EQUAL 0 OR NOT version MATCHES "^cargo ([0-9]+\\.[0-9]+)")
    message(FATAL_ERROR "${HL_CARGO} --version does not say its version: ${version}${error}\n"
      "${HL_KERNEL_OTHER_WAYS}")
  endif()
  if(CMAKE_MATCH_1 VERSION_LESS HL_KERNEL_CARGO_MINIMUM)
    message(FATAL_ERROR "cargo ${CMAKE_MATCH_1} (${HL_CARGO}) is too old to read the crate that "
      "carries the FreeRTOS kernel; ${HL_KERNEL_CARGO_MINIMUM} or newer is needed. "
      "(Debian 12: apt-get install cargo-web; elsewhere: rustup update.)\n${HL_KERNEL_OTHER_WAYS}")
  endif()

  # Fetches what is missing and prints where everything is; compiles nothing.
  execute_process(
    COMMAND "${HL_CARGO}" metadata --format-version 1 --locked --manifest-path "${manifest}"
    OUTPUT_VARIABLE json ERROR_VARIABLE error RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "cargo could not fetch the FreeRTOS kernel:\n${error}\n"
      "${HL_KERNEL_OTHER_WAYS}")
  endif()

  string(JSON last LENGTH "${json}" packages)
  math(EXPR last "${last} - 1")
  foreach(i RANGE ${last})
    string(JSON name GET "${json}" packages ${i} name)
    if(name STREQUAL "freertos-next")
      string(JSON path GET "${json}" packages ${i} manifest_path)
      get_filename_component(path "${path}" DIRECTORY)
      set(${out} "${path}/FreeRTOS-Kernel" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "cargo metadata does not list the crate freertos-next.\n"
    "${HL_KERNEL_OTHER_WAYS}")
endfunction()

# Sets `out` to a clone of the official repository under the build folder.
function(hl_kernel_from_git out)
  find_program(HL_GIT git DOC "git, which fetches the FreeRTOS kernel")
  mark_as_advanced(HL_GIT)
  if(NOT HL_GIT)
    message(FATAL_ERROR "HL_KERNEL_GIT=ON needs git, which was not found.")
  endif()
  include(FetchContent)
  # SOURCE_SUBDIR names a folder that is not there: fetched, but none of its CMake is run.
  FetchContent_Declare(hl_freertos_kernel
    GIT_REPOSITORY "${HL_KERNEL_GIT_URL}"
    GIT_TAG "${HL_KERNEL_GIT_COMMIT}"
    GIT_SUBMODULES ""
    SOURCE_SUBDIR "no-cmake-of-its-own"
  )
  FetchContent_MakeAvailable(hl_freertos_kernel)
  set(${out} "${hl_freertos_kernel_SOURCE_DIR}" PARENT_SCOPE)
endfunction()

# Sets HL_KERNEL_DIR in the caller, or stops with a message.
function(hl_find_kernel)
  if(FREERTOS_KERNEL_PATH)
    # Against the folder that cmake was called for, as a user would read it.
    get_filename_component(dir "${FREERTOS_KERNEL_PATH}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
    set(origin "FREERTOS_KERNEL_PATH")
  elseif(HL_KERNEL_GIT)
    hl_kernel_from_git(dir)
    set(origin "git")
  else()
    hl_kernel_from_cargo(dir)
    set(origin "cargo")
  endif()

  foreach(file tasks.c include/FreeRTOS.h portable/ThirdParty/GCC/Posix/port.c)
    if(NOT EXISTS "${dir}/${file}")
      message(FATAL_ERROR "${dir} (from ${origin}) is not a FreeRTOS kernel: ${file} is not there.\n"
        "FREERTOS_KERNEL_PATH wants the folder that holds tasks.c.")
    endif()
  endforeach()
  message(STATUS "FreeRTOS kernel: ${dir} (from ${origin})")
  set(HL_KERNEL_DIR "${dir}" PARENT_SCOPE)
endfunction()

# hl_add_kernel(<target> CONFIG_DIR <dir> [PORT posix|riscv|cortex_m3] [DEFINITIONS <def>...]
#               [EXTRA_INCLUDES <dir>...])
#
# A static library of the real kernel, without a heap_N.c and without our warnings, built for the
# FreeRTOSConfig.h in CONFIG_DIR. DEFINITIONS reach whoever links it too, so that everybody sees one
# configuration. heapledger's trace hooks are expanded inside tasks.c: its folders are on the path.
function(hl_add_kernel target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CONFIG_DIR;PORT" "DEFINITIONS;EXTRA_INCLUDES")
  if(NOT arg_CONFIG_DIR OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "hl_add_kernel(${target}): CONFIG_DIR is missing, or there is a wrong word: "
      "${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_PORT OR arg_PORT STREQUAL "posix")
    set(port_dir "${HL_KERNEL_DIR}/portable/ThirdParty/GCC/Posix")
    set(port_sources port.c utils/wait_for_event.c)
    set(port_includes "${port_dir}/utils")
  elseif(arg_PORT STREQUAL "riscv")
    set(port_dir "${HL_KERNEL_DIR}/portable/GCC/RISC-V")
    set(port_sources port.c portASM.S)
    set(port_includes
      "${port_dir}/chip_specific_extensions/RISCV_MTIME_CLINT_no_extensions")
  elseif(arg_PORT STREQUAL "cortex_m3")
    set(port_dir "${HL_KERNEL_DIR}/portable/GCC/ARM_CM3")
    set(port_sources port.c)
    set(port_includes "")
  else()
    message(FATAL_ERROR "hl_add_kernel(${target}): there is no PORT ${arg_PORT}")
  endif()

  add_library(${target} STATIC)
  foreach(file tasks.c queue.c list.c timers.c event_groups.c stream_buffer.c)
    target_sources(${target} PRIVATE "${HL_KERNEL_DIR}/${file}")
  endforeach()
  foreach(file IN LISTS port_sources)
    target_sources(${target} PRIVATE "${port_dir}/${file}")
  endforeach()
  target_include_directories(${target} PUBLIC
    "${arg_CONFIG_DIR}"
    ${arg_EXTRA_INCLUDES}
    "${HL_SOURCE_DIR}/include"
    "${HL_SOURCE_DIR}/port/freertos"
  )
  target_include_directories(${target} SYSTEM PUBLIC "${HL_KERNEL_DIR}/include" "${port_dir}")
  target_include_directories(${target} PRIVATE ${port_includes})
  target_compile_definitions(${target} PUBLIC ${arg_DEFINITIONS})
  target_compile_options(${target} PRIVATE -w) # the kernel's warnings are not ours
  if(UNIX)
    find_package(Threads REQUIRED)
    target_link_libraries(${target} PUBLIC Threads::Threads)
  endif()
endfunction()
