# SPDX-License-Identifier: MIT
# Fails when PROGRAM, beside our malloc, has that of the C library. NM lists its symbols.

execute_process(COMMAND "${NM}" "${PROGRAM}" OUTPUT_VARIABLE symbols RESULT_VARIABLE result)
if(NOT result EQUAL 0 OR NOT symbols MATCHES " T malloc\n")
  message(FATAL_ERROR "${NM} ${PROGRAM}: there is no malloc in what it lists")
endif()
# What only newlib's malloc needs, then its small variant's and picolibc's, then both.
if(symbols MATCHES "(__malloc_av_|__malloc_free_list|__malloc_malloc|__malloc_sbrk_start|_?sbrk)")
  message(FATAL_ERROR "${PROGRAM} has a second malloc: ${CMAKE_MATCH_1}")
endif()
