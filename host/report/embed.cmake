# SPDX-License-Identifier: MIT
# One page of several files, as an array in C: cmake -DPARTS= -DSCRIPTS= -DUPLOT= -DOUT= -P embed.cmake
cmake_minimum_required(VERSION 3.22) # else @NAME@ stands for a variable

file(READ "${PARTS}/page.html" page)
file(READ "${PARTS}/style.css" style)

string(REPLACE "," ";" scripts "${SCRIPTS}")
set(script "")
foreach(part IN LISTS scripts)
  file(READ "${PARTS}/${part}" text)
  string(APPEND script "${text}")
endforeach()

set(uplot "")
set(uplot_style "")
if(UPLOT)
  file(READ "${UPLOT}/LICENSE" licence)
  file(READ "${UPLOT}/dist/uPlot.iife.min.js" text)
  file(READ "${UPLOT}/dist/uPlot.min.css" uplot_style)
  set(uplot "/*! uPlot. ${licence}*/\n${text}")
endif()

string(REPLACE "/* @STYLE@ */" "${uplot_style}\n${style}" page "${page}")
string(REPLACE "/* @UPLOT@ */" "${uplot}" page "${page}")
string(REPLACE "/* @SCRIPT@ */" "${script}" page "${page}")
file(WRITE "${OUT}.html" "${page}")

file(READ "${OUT}.html" bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${OUT}" "/* Made by host/report/embed.cmake. */
#include \"report_page.h\"

const unsigned char report_page[] = {
${bytes}
};
const size_t report_page_length = sizeof(report_page);
")
