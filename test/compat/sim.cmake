# SPDX-License-Identifier: MIT
# The simulation around a program: FreeRTOS, libc, test cases, command line, Kconfig, projects.

hl_add_esp_idf_test(NAME compat_freertos SOURCES freertos_test.c)
hl_register_test(compat_freertos_esp32c3 compat_freertos ARGS --seed 1 --chip esp32c3 LABELS esp_idf)
hl_add_esp_idf_test(NAME compat_untracked SOURCES untracked_test.c CONFIG esp_idf_untracked)
hl_add_esp_idf_program(compat_unity_cases SOURCES unity_cases.c)
set_target_properties(compat_unity_cases PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/test")

foreach(subject Options Examples Cases)
  string(TOLOWER "compat_sim_${subject}" name)
  add_test(NAME ${name} COMMAND "${HL_KCONFIG_PYTHON}" -B
    "${CMAKE_CURRENT_SOURCE_DIR}/sim_test.py" "${PROJECT_BINARY_DIR}/bin" ${subject})
  set_tests_properties(${name} PROPERTIES
    LABELS esp_idf TIMEOUT 120 ENVIRONMENT "${HL_TEST_ENVIRONMENT}")
endforeach()

# Once is enough: they do not depend on the compiler.
if(HL_PACKAGE_TESTS)
  add_test(NAME compat_kconfig COMMAND "${HL_KCONFIG_PYTHON}" -B
    "${CMAKE_CURRENT_SOURCE_DIR}/kconfig_test.py" "${HL_SOURCE_DIR}")
  add_test(NAME compat_projects COMMAND "${HL_KCONFIG_PYTHON}" -B
    "${CMAKE_CURRENT_SOURCE_DIR}/projects_test.py" "${HL_SOURCE_DIR}"
    "${CMAKE_CURRENT_BINARY_DIR}/projects" "${HL_KERNEL_DIR}")
  add_test(NAME compat_size COMMAND "${HL_KCONFIG_PYTHON}" -B
    "${CMAKE_CURRENT_SOURCE_DIR}/size_test.py" "${HL_SOURCE_DIR}")
  set_tests_properties(compat_size PROPERTIES SKIP_RETURN_CODE 77)
  set_tests_properties(compat_kconfig compat_projects compat_size PROPERTIES LABELS esp_idf TIMEOUT 180)
endif()
