# SPDX-License-Identifier: MIT
# The report's page: host/report/'s files become one, and that an array in C. Included by host/.

# In this order: each uses what stands before it. Listed here and nowhere else.
set(report_scripts decode.js model.js format.js dom.js colour.js state.js chart.js summary.js
  series.js blocks.js map.js treemap.js tasks.js task.js fragmentation.js damage.js main.js)
set(report_parts page.html style.css ${report_scripts})
list(TRANSFORM report_parts PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/report/")
list(JOIN report_scripts "," report_scripts)

# uPlot draws the curves. scripts/setup.sh installs it, in the version that package-lock.json pins.
set(HL_UPLOT_DIR "${HL_SOURCE_DIR}/build/npm/page/node_modules/uplot" CACHE PATH
  "Where npm put uPlot, for the curves of 'heapledger report'")
set(uplot_parts "${HL_UPLOT_DIR}/dist/uPlot.iife.min.js" "${HL_UPLOT_DIR}/dist/uPlot.min.css"
  "${HL_UPLOT_DIR}/LICENSE")
if(EXISTS "${HL_UPLOT_DIR}/dist/uPlot.iife.min.js")
  set(HL_HAVE_UPLOT ON)
else()
  set(HL_HAVE_UPLOT OFF)
  set(uplot_parts)
  message(STATUS "The curves of 'heapledger report': left out, npm or uPlot is not there "
    "(scripts/setup.sh, where npm is)")
endif()

add_custom_command(
  OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/report_page_bytes.c"
  COMMAND "${CMAKE_COMMAND}" "-DPARTS=${CMAKE_CURRENT_SOURCE_DIR}/report"
    "-DSCRIPTS=${report_scripts}"
    "-DUPLOT=$<$<BOOL:${HL_HAVE_UPLOT}>:${HL_UPLOT_DIR}>"
    "-DOUT=${CMAKE_CURRENT_BINARY_DIR}/report_page_bytes.c"
    -P "${CMAKE_CURRENT_SOURCE_DIR}/report/embed.cmake"
  DEPENDS ${report_parts} ${uplot_parts} "${CMAKE_CURRENT_SOURCE_DIR}/report/embed.cmake"
  COMMENT "Putting the report's page together" VERBATIM)
