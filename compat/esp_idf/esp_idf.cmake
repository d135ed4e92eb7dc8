# SPDX-License-Identifier: MIT
# How programs written for ESP-IDF are built on the computer: functions for CMakeLists.txt.

set(HL_ESP_IDF_DIR "${CMAKE_CURRENT_LIST_DIR}")

# Sources of the simulation. The heap's, in src/, are all that are there.
set(hl_esp_idf_sim_sources console.c idle.c libc.c log.c log_buffer.c memory_utils.c options.c
  start.c system.c tasks.c unity.c)
set(hl_esp_idf_board_sources console.c hooks.c options.c virtual_time.c watchdog.c ../random.c)
list(TRANSFORM hl_esp_idf_sim_sources PREPEND "${HL_ESP_IDF_DIR}/sim/")
list(TRANSFORM hl_esp_idf_board_sources PREPEND "${HL_SOURCE_DIR}/board/posix/")

# For a program's own sources. As on the chip assertions hold; and malloc is not the one of which
# compilers know that it calls nobody back, and that it may be left out when nobody looks at the
# block.
set(hl_esp_idf_options -UNDEBUG -fno-builtin-malloc -fno-builtin-calloc -fno-builtin-realloc
  "SHELL:-include \"${HL_ESP_IDF_DIR}/sim/no_leaf.h\"")

# Sets HL_KCONFIG_PYTHON to a python3 that has kconfiglib, or to "".
function(hl_find_kconfig)
  foreach(python IN ITEMS python3 /usr/bin/python3)
    execute_process(COMMAND "${python}" -c "import kconfiglib"
      RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
    if(result EQUAL 0)
      set(HL_KCONFIG_PYTHON "${python}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(HL_KCONFIG_PYTHON "" PARENT_SCOPE)
endfunction()

# Makes sdkconfig, sdkconfig.h and sdkconfig.cmake in `dir`, now; and anew when a file it rests on
# changes.
function(hl_make_sdkconfig dir chip project defaults)
  set(command "${HL_KCONFIG_PYTHON}" -B "${HL_ESP_IDF_DIR}/kconfig.py" generate
    --target "${chip}" --output "${dir}")
  if(project)
    list(APPEND command --project "${project}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${project}")
    file(GLOB files CONFIGURE_DEPENDS "${project}/sdkconfig*" "${project}/main/Kconfig*"
      "${project}/components/*/Kconfig*")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  endif()
  foreach(file IN LISTS defaults)
    list(APPEND command --defaults "${file}")
  endforeach()
  file(GLOB kconfigs "${HL_ESP_IDF_DIR}/Kconfig*")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${kconfigs} ${defaults} "${HL_SOURCE_DIR}/Kconfig" "${HL_ESP_IDF_DIR}/kconfig.py")
  execute_process(COMMAND ${command} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "The configuration could not be made (see above).")
  endif()
endfunction()

# hl_add_esp_idf(<name> [CHIP <chip>] [PROJECT <dir>] [DEFAULTS <sdkconfig.defaults>...])
#
# Everything but the program's own sources - kernel, core, port, heaps and start-up - for the
# sdkconfig that follows from the files (kconfig.py). <name>_interface has headers and options only.
# <name> is for programs. CHIP (esp32s3) is what the configuration is made for, and the default of
# --chip.
function(hl_add_esp_idf name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CHIP;PROJECT" "DEFAULTS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "hl_add_esp_idf(${name}): what is ${arg_UNPARSED_ARGUMENTS}?")
  endif()
  if(NOT arg_CHIP)
    set(arg_CHIP esp32s3)
  endif()
  set(config_dir "${CMAKE_CURRENT_BINARY_DIR}/${name}.config")
  hl_make_sdkconfig("${config_dir}" "${arg_CHIP}" "${arg_PROJECT}" "${arg_DEFAULTS}")
  hl_esp_chips(chips SDKCONFIG "${config_dir}/sdkconfig")

  hl_add_kernel(${name}_kernel
    CONFIG_DIR "${HL_ESP_IDF_DIR}/sim"
    DEFINITIONS "HL_CONFIG_FILE=\"heapledger/kconfig.h\""
    EXTRA_INCLUDES "${config_dir}"
  )
  add_library(${name}_interface INTERFACE)
  target_include_directories(${name}_interface INTERFACE "${HL_ESP_IDF_DIR}/include")
  target_link_libraries(${name}_interface INTERFACE ${name}_kernel)

  file(GLOB heap_sources CONFIGURE_DEPENDS "${HL_ESP_IDF_DIR}/src/*.c")
  add_library(${name}_objects OBJECT
    ${heap_sources} ${chips} ${hl_esp_idf_sim_sources} ${hl_esp_idf_board_sources})
  target_include_directories(${name}_objects PRIVATE "${HL_ESP_IDF_DIR}/src" "${HL_ESP_IDF_DIR}/sim"
    "${HL_SOURCE_DIR}/board/posix" "${HL_SOURCE_DIR}/board")
  target_compile_definitions(${name}_objects PRIVATE "SIM_VERSION=\"${HL_VERSION}\"")
  target_compile_options(${name}_objects PRIVATE -UNDEBUG) # as on the chip: assertions hold
  target_link_libraries(${name}_objects PRIVATE
    ${name}_interface heapledger_freertos_heap_5 hl_warnings)

  add_library(${name} INTERFACE)
  target_sources(${name} INTERFACE "$<TARGET_OBJECTS:${name}_objects>")
  target_link_libraries(${name} INTERFACE ${name}_interface)
  target_link_options(${name} INTERFACE
    -Wl,--wrap=pthread_create -Wl,--wrap=xTimerCreateTimerTask)
endfunction()

# The objects of a static library become a program's on the chip: malloc, and what else there is in
# sim/redefined_names, are the simulation's.
function(hl_redefine_names library)
  set(names "${HL_ESP_IDF_DIR}/sim/redefined_names")
  add_custom_command(TARGET ${library} POST_BUILD
    COMMAND "${CMAKE_OBJCOPY}" "--redefine-syms=${names}" "$<TARGET_FILE:${library}>" VERBATIM)
  set_property(TARGET ${library} APPEND PROPERTY LINK_DEPENDS "${names}")
endfunction()

# Links `program` with all of a static library's objects: test cases are found by nobody's name.
function(hl_link_whole program library)
  add_dependencies(${program} ${library})
  target_link_options(${program} PRIVATE
    "LINKER:--whole-archive,$<TARGET_FILE:${library}>,--no-whole-archive")
  set_property(TARGET ${program} APPEND PROPERTY LINK_DEPENDS "$<TARGET_FILE:${library}>")
endfunction()

# hl_add_esp_idf_program(<name> SOURCES <file>... [CONFIG <target>] [INCLUDES <dir>...])
#
# A program whose app_main() is in SOURCES, for the configuration of a hl_add_esp_idf() target.
function(hl_add_esp_idf_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CONFIG" "SOURCES;INCLUDES")
  if(NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "hl_add_esp_idf_program(${name}): SOURCES is missing, or there is a wrong "
      "word: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_CONFIG)
    set(arg_CONFIG heapledger_esp_idf)
  endif()
  add_library(${name}_app STATIC ${arg_SOURCES})
  target_include_directories(${name}_app PRIVATE ${arg_INCLUDES})
  target_compile_options(${name}_app PRIVATE ${hl_esp_idf_options})
  target_link_libraries(${name}_app PRIVATE ${arg_CONFIG}_interface)
  hl_redefine_names(${name}_app)
  add_executable(${name} "${HL_ESP_IDF_DIR}/sim/empty.c")
  target_link_libraries(${name} PRIVATE ${arg_CONFIG})
  hl_link_whole(${name} ${name}_app)
endfunction()

# hl_add_esp_idf_test(NAME <name> SOURCES <file>... [CONFIG <target>] [ARGS <word>...]
#                     [LABELS <label>...] [TIMEOUT <seconds>])
#
# A program as above that ctest runs, with warnings; src/ is on its include path, for what a test
# looks into. It passes with exit code 0. Gets the label esp_idf.
function(hl_add_esp_idf_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;CONFIG;TIMEOUT" "SOURCES;ARGS;LABELS")
  if(NOT arg_NAME OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "hl_add_esp_idf_test(${arg_NAME}): NAME is missing, or there is a wrong "
      "word: ${arg_UNPARSED_ARGUMENTS}")
  endif()
  hl_add_esp_idf_program(${arg_NAME} SOURCES ${arg_SOURCES} CONFIG "${arg_CONFIG}"
    INCLUDES "${HL_ESP_IDF_DIR}/src" "${HL_SOURCE_DIR}/test")
  target_link_libraries(${arg_NAME}_app PRIVATE hl_warnings)
  set_target_properties(${arg_NAME} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/test")
  hl_register_test(${arg_NAME} ${arg_NAME} TIMEOUT "${arg_TIMEOUT}" ARGS --seed 1 ${arg_ARGS}
    LABELS esp_idf ${arg_LABELS})
endfunction()
