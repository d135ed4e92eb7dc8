# SPDX-License-Identifier: MIT
# The warnings of our own targets: link hl_warnings PRIVATE. Never on the kernel's sources.

option(HL_WERROR "Treat warnings in heapledger's own sources as errors" ${PROJECT_IS_TOP_LEVEL})

# For sources of C, and where other languages are about. C++ would have it that no function is called as a
# struct is, and knows no other prototypes.
add_library(hl_c_warnings INTERFACE)
add_library(hl_warnings INTERFACE)
foreach(option IN ITEMS
    -Wall
    -Wextra
    -Wconversion
    -Wshadow
    -Wcast-align
    -Wstrict-prototypes
    -Wundef
    $<$<BOOL:${HL_WERROR}>:-Werror>)
  target_compile_options(hl_c_warnings INTERFACE ${option})
  if(option MATCHES "shadow|prototypes")
    set(option $<$<COMPILE_LANGUAGE:C>:${option}>)
  endif()
  target_compile_options(hl_warnings INTERFACE ${option})
endforeach()
