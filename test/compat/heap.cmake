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
foreach(subject books arrays)
  hl_add_esp_idf_test(NAME compat_task_info_${subject}
    SOURCES task_info_${subject}.c task_stats.c ${test_parts})
endforeach()
