# SPDX-License-Identifier: MIT
# What test_model, test_exhaustive and fuzz_ops share: the model and the interpreter of operations.

set(HL_MODEL_SOURCES
  say.c
  layout.c
  content.c
  model.c
  world.c
  check.c
  check_ledger.c
  ops.c
  ops_blocks.c
  ops_tasks.c
  ops_faults.c
  ops_reports.c
)
list(TRANSFORM HL_MODEL_SOURCES PREPEND "${HL_SOURCE_DIR}/test/support/")
set(HL_MODEL_SHRINK "${HL_SOURCE_DIR}/test/support/shrink.c")
if(NOT HL_BOARD STREQUAL "posix")
  set(HL_MODEL_SHRINK "${HL_SOURCE_DIR}/test/support/no_shrink.c")
endif()
set(HL_MODEL_PORT_DIR "${HL_SOURCE_DIR}/test/support/port")

# hl_add_model_core(<target> <definition or M32>...)
#
# The core with some options, for the port that the model brings along.
function(hl_add_model_core target)
  set(m32 "")
  if("M32" IN_LIST ARGN)
    set(m32 M32)
    list(REMOVE_ITEM ARGN M32)
  endif()
  hl_add_core(${target} PORT_DIR "${HL_MODEL_PORT_DIR}" DEFINITIONS ${ARGN} ${m32})
endfunction()
