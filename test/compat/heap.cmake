# SPDX-License-Identifier: MIT
# The heap's functions: allocation, queries, statistics of tasks, multi_heap.

# All that a chip's program can switch on: hooks, memory for code; deleted tasks that owe nothing go.
hl_add_esp_idf(esp_idf_watched DEFAULTS "${CMAKE_CURRENT_SOURCE_DIR}/sdkconfig.watched")

set(test_parts worker.c own_heaps.c)
foreach(subject caps_choice caps_alloc caps_query multi_heap_test)
  hl_add_esp_idf_test(NAME compat_${subject} SOURCES ${subject}.c ${test_parts})
endforeach()
foreach(chip esp32 esp32s2 esp32c3 esp32p4)
  hl_register_test(compat_caps_choice_${chip} compat_caps_choice
    ARGS --seed 1 --chip ${chip} LABELS esp_idf)
endforeach()
# Without the ledger; with memory for code, which makes more heaps match.
foreach(subject caps_choice caps_alloc caps_query multi_heap_test)
  hl_add_esp_idf_test(NAME compat_${subject}_untracked SOURCES ${subject}.c ${test_parts}
    CONFIG esp_idf_untracked)
endforeach()

foreach(subject books arrays text totals)
  hl_add_esp_idf_test(NAME compat_task_info_${subject}
    SOURCES task_info_${subject}.c task_stats.c ${test_parts})
endforeach()
set_source_files_properties(task_info_text.c PROPERTIES COMPILE_DEFINITIONS _GNU_SOURCE) # fopencookie

hl_add_esp_idf_test(NAME compat_task_info_large
  SOURCES task_info_large.c task_stats.c ${test_parts} ARGS --chip esp32p4 --psram 64M)
hl_add_esp_idf_test(NAME compat_caps_hooks CONFIG esp_idf_watched
  SOURCES caps_hooks.c task_stats.c ${test_parts})

hl_add_esp_idf_test(NAME compat_caps_busy SOURCES caps_busy.c task_stats.c ${test_parts})

# Chips with both ways of seeing memory for code.
hl_add_esp_idf_test(NAME compat_caps_exec CONFIG esp_idf_watched SOURCES caps_exec.c task_stats.c)
foreach(chip esp32 esp32s2 esp32c3 esp32c6)
  hl_register_test(compat_caps_exec_${chip} compat_caps_exec
    ARGS --seed 1 --chip ${chip} LABELS esp_idf)
endforeach()

# What a program says when it ends, which it has to do with exit code 1.
function(add_fatal_test case message)
  add_test(NAME compat_fatal_${case} COMMAND compat_caps_fatal --seed 1)
  set_tests_properties(compat_fatal_${case} PROPERTIES LABELS esp_idf
    ENVIRONMENT "${HL_TEST_ENVIRONMENT};CASE=${case}"
    PASS_REGULAR_EXPRESSION "${message}" FAIL_REGULAR_EXPRESSION "still running")
endfunction()
hl_add_esp_idf_program(compat_caps_fatal SOURCES caps_fatal.c)
hl_add_esp_idf(esp_idf_abort DEFAULTS "${CMAKE_CURRENT_SOURCE_DIR}/sdkconfig.abort")
hl_add_esp_idf_program(compat_caps_abort SOURCES caps_abort.c CONFIG esp_idf_abort)
set_target_properties(compat_caps_fatal compat_caps_abort PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin/test")
add_fatal_test(free_outside "heap_caps_free\\(0x[0-9a-f]+\\): it lies in no heap")
add_fatal_test(realloc_outside "heap_caps_realloc\\(0x[0-9a-f]+\\): it lies in no heap")
add_fatal_test(free_twice "\\(0x[0-9a-f]+\\): the block is free already")
add_fatal_test(free_inside "\\(0x[0-9a-f]+\\): .*no block starts there")
add_fatal_test(size_outside "heap_caps_get_allocated_size\\(0x[0-9a-f]+\\): it lies in no heap")
add_fatal_test(containing_nothing "_block_size\\(0x[0-9a-f]+\\): it lies in no block that is in use")
add_fatal_test(written_past_the_end "\\(0x[0-9a-f]+\\): .*\\(written")
add_fatal_test(multi_heap_outside "multi_heap\\(0x[0-9a-f]+\\): it lies in no heap")
add_fatal_test(multi_heap_nothing "_block\\(0x[0-9a-f]+\\): it lies in no block that is in use")
add_fatal_test(size_of_freed "\\(0x[0-9a-f]+\\): the block is free already")
add_fatal_test(misaligned "\\(0x[0-9a-f]+\\): no block starts there: it is not aligned")
add_fatal_test(containing_outside "_block_size\\(0x[0-9a-f]+\\): it lies in no heap")
add_fatal_test(arrays_outside "free_single_task_stat_arrays\\(0x[0-9a-f]+\\): it lies in no heap")
add_fatal_test(walk_without_function "walker_func != NULL")
add_fatal_test(register_nothing "start != NULL")
add_test(NAME compat_caps_abort COMMAND compat_caps_abort --seed 1)
set_tests_properties(compat_caps_abort PROPERTIES LABELS esp_idf ENVIRONMENT "${HL_TEST_ENVIRONMENT}"
  PASS_REGULAR_EXPRESSION "told: 4096 0x2000000 heap_caps_calloc.*aborted: Mem alloc fail. size 0x00001000 caps 0x02000000"
  FAIL_REGULAR_EXPRESSION "still running")

hl_add_esp_idf_test(NAME compat_caps_concurrent SOURCES caps_concurrent.c ${test_parts}
  ARGS --realtime)
