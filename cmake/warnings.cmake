# SPDX-License-Identifier: MIT
# The warnings of our own targets: link hl_warnings PRIVATE. Never on the kernel's sources.

option(HL_WERROR "Treat warnings in heapledger's own sources as errors" ${PROJECT_IS_TOP_LEVEL})

add_library(hl_warnings INTERFACE)
target_compile_options(hl_warnings INTERFACE
  -Wall
  -Wextra
  -Wconversion
  -Wshadow
  -Wcast-align
  -Wstrict-prototypes
  -Wundef
  $<$<BOOL:${HL_WERROR}>:-Werror>
)
