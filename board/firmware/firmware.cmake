# SPDX-License-Identifier: MIT
# hl_add_firmware_board(): what boards without an operating system have in common.

# hl_add_firmware_board(KERNEL_PORT <port> [SOURCES <file>...] [LINK_OPTIONS <option>...])
#
# For the CMakeLists.txt of a board's folder, which holds FreeRTOSConfig.h, the options header
# heapledger_board_config.h, and SOURCES (machine.h by default in machine.c). Gives hl_board.
macro(hl_add_firmware_board)
  cmake_parse_arguments(board "" "KERNEL_PORT" "SOURCES;LINK_OPTIONS" ${ARGN})
  enable_language(ASM)
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
  foreach(source IN LISTS board_SOURCES)
    target_sources(hl_board INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}/${source}")
  endforeach()
  target_include_directories(hl_board INTERFACE
    "${CMAKE_CURRENT_SOURCE_DIR}" "${HL_SOURCE_DIR}/board")
  target_link_libraries(hl_board INTERFACE hl_kernel)
  target_link_options(hl_board INTERFACE ${board_LINK_OPTIONS})
endmacro()
