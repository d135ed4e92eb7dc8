# SPDX-License-Identifier: MIT
# cmake -DCOMMAND=<a|b|...> -DEXPECTED=FILE -DALIGN=<n> -DSAVE=FILE -P check_layout.cmake
#
# Runs layout_trace and compares the sum of what it prints with the one in FILE. What a machine prints is the same
# everywhere but for carriage returns.
string(REPLACE "|" ";" command "${COMMAND}")
execute_process(COMMAND ${command} INPUT_FILE /dev/null
  OUTPUT_VARIABLE output RESULT_VARIABLE result)
string(REPLACE "\r" "" output "${output}")
string(SHA256 sum "${output}")
file(READ "${EXPECTED}" expected)
if(result EQUAL 0 AND expected MATCHES "(^|\n)${sum}  alignment ${ALIGN}\n")
  return()
endif()
file(WRITE "${SAVE}" "${output}")
message(FATAL_ERROR "The layout at alignment ${ALIGN} is not the one in ${EXPECTED}.\n"
  "exit status: ${result}, sum: ${sum}\n"
  "The output is in ${SAVE}; compare it with that of another machine or another commit:\n"
  "  diff build/bin/test/layout_${ALIGN}.txt ${SAVE}   (build/bin/test/layout_${ALIGN} > ...txt first)")
