# SPDX-License-Identifier: MIT
# The chips: their table, what heaps it makes, and heaps that a program adds.

find_package(Python3 REQUIRED COMPONENTS Interpreter)

add_test(NAME compat_chips_generator COMMAND "${Python3_EXECUTABLE}" -B
  "${CMAKE_CURRENT_SOURCE_DIR}/chips_generator_test.py" "${HL_SOURCE_DIR}")

hl_add_test(NAME compat_chips_layout
  SOURCES chips_layout_test.c "${HL_ESP_IDF_DIR}/src/layout.c")
target_include_directories(compat_chips_layout PRIVATE
  "${HL_ESP_IDF_DIR}/src" "${HL_ESP_IDF_DIR}/include")

function(add_start_test name which)
  hl_add_esp_idf_program(${name} SOURCES chips_start.c ${ARGN}
    INCLUDES "${HL_ESP_IDF_DIR}/src" "${HL_SOURCE_DIR}/test")
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/test")
  add_test(NAME ${name} COMMAND "${Python3_EXECUTABLE}" -B
    "${CMAKE_CURRENT_SOURCE_DIR}/chips_start_test.py" $<TARGET_FILE:${name}>
    "${CMAKE_CURRENT_SOURCE_DIR}/${name}.golden" ${which})
  set_tests_properties(${name} PROPERTIES LABELS esp_idf ENVIRONMENT "${HL_TEST_ENVIRONMENT}")
endfunction()
add_start_test(compat_chips_start all)
add_start_test(compat_chips_start_other some CONFIG esp_idf_untracked)

hl_add_esp_idf_test(NAME compat_regions SOURCES regions.c)
foreach(chip esp32 esp32c3 esp32p4)
  hl_register_test(compat_regions_${chip} compat_regions ARGS --chip ${chip} LABELS esp_idf)
endforeach()

hl_add_esp_idf_test(NAME compat_chips_psram SOURCES chips_psram.c)
foreach(fitted esp32:64K esp32:4M esp32s2:2M esp32s3:32M esp32c61:8M esp32h4:2M esp32p4:64M)
  string(REPLACE ":" ";" words "${fitted}")
  list(GET words 0 chip)
  list(GET words 1 size)
  hl_register_test(compat_chips_psram_${chip}_${size} compat_chips_psram
    ARGS --seed 1 --chip ${chip} --psram ${size} LABELS esp_idf)
endforeach()

hl_add_esp_idf_test(NAME compat_chips_reserve SOURCES chips_reserve.c)
hl_register_test(compat_chips_reserve_overlap compat_chips_reserve ARGS --chip esp32c6
  LABELS esp_idf)
set_tests_properties(compat_chips_reserve_overlap PROPERTIES PASS_REGULAR_EXPRESSION
  "reserved ranges overlap on esp32c6: 0x4087f560 to 0x4087f570 and 0x4087f564 to 0x40880000")
hl_register_test(compat_chips_taken compat_chips_reserve ARGS --chip esp32p4 LABELS esp_idf)
set_tests_properties(compat_chips_taken PROPERTIES PASS_REGULAR_EXPRESSION
  "memory of esp32p4: the addresses 0x50108000 to 0x50110000 are taken in this process")

# A storm over each chip's heaps.
hl_add_esp_idf_test(NAME compat_storm SOURCES storm.c)
foreach(chip esp32 esp32s2 esp32c2 esp32c3 esp32c5 esp32c6 esp32c61 esp32h2 esp32h21 esp32h4 esp32p4
    esp32s31)
  hl_register_test(compat_storm_${chip} compat_storm ARGS --seed 1 --chip ${chip} LABELS esp_idf)
endforeach()
hl_register_test(compat_storm_psram compat_storm ARGS --seed 2 --chip esp32p4 --psram 64M
  LABELS esp_idf)
