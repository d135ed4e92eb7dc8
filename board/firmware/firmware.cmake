# SPDX-License-Identifier: MIT
# hl_add_machine() and hl_add_firmware_board(): what boards without an operating system have in common.

# hl_add_machine([SOURCES <file>...] [LINK_OPTIONS <option>...])
#
# For the CMakeLists.txt of a board's folder. Gives hl_machine: machine.h, in SOURCES, and the C library on
# top of it: picolibc, or newlib where the toolchain file sets HL_LIBC to that. Programs of the core alone link it.
macro(hl_add_machine)
  cmake_parse_arguments(machine "" "" "SOURCES;LINK_OPTIONS" ${ARGN})
  set(machine_libc stdio.c)
  if(HL_LIBC STREQUAL "newlib")
    set(machine_libc newlib.c)
  endif()
  add_library(hl_machine_objects OBJECT
    ${machine_SOURCES} ../firmware/fail.c ../firmware/${machine_libc})
  target_include_directories(hl_machine_objects PRIVATE "${HL_SOURCE_DIR}/board/firmware")
  target_link_libraries(hl_machine_objects PRIVATE hl_warnings)
  add_library(hl_machine INTERFACE)
  # Objects and not a library: the linker would leave out what only hardware calls.
  target_sources(hl_machine INTERFACE $<TARGET_OBJECTS:hl_machine_objects>)
  target_include_directories(hl_machine INTERFACE "${HL_SOURCE_DIR}/board/firmware")
  target_link_options(hl_machine INTERFACE ${machine_LINK_OPTIONS})
  if(CMAKE_CROSSCOMPILING_EMULATOR) # `run PROGRAM`, in the build folder
    string(JOIN " " machine_emulator ${CMAKE_CROSSCOMPILING_EMULATOR})
    configure_file(../firmware/run.sh.in "${CMAKE_BINARY_DIR}/run"
      FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
        WORLD_READ WORLD_EXECUTE @ONLY)
  endif()
endmacro()

# hl_add_firmware_board(KERNEL_PORT <port>)
#
# After hl_add_machine(), for a folder with FreeRTOSConfig.h and the options header
# heapledger_board_config.h. Gives hl_board, which programs on the kernel link.
macro(hl_add_firmware_board)
  cmake_parse_arguments(board "" "KERNEL_PORT" "" ${ARGN})
  hl_add_kernel(hl_kernel
    CONFIG_DIR "${CMAKE_CURRENT_SOURCE_DIR}"
    PORT ${board_KERNEL_PORT}
    DEFINITIONS "HL_CONFIG_FILE=\"heapledger_board_config.h\""
    EXTRA_INCLUDES "${HL_SOURCE_DIR}/board/firmware"
  )
  add_library(hl_board INTERFACE)
  foreach(source IN ITEMS console.c hooks.c start.c ../random.c)
    get_filename_component(source "${HL_SOURCE_DIR}/board/firmware/${source}" ABSOLUTE)
    target_sources(hl_board INTERFACE "${source}")
  endforeach()
  target_include_directories(hl_board INTERFACE
    "${CMAKE_CURRENT_SOURCE_DIR}" "${HL_SOURCE_DIR}/board")
  target_link_libraries(hl_board INTERFACE hl_kernel hl_machine)
endmacro()
