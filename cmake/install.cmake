# SPDX-License-Identifier: MIT
# What `cmake --install` gives: headers, libraries, the sources of heapledger::freertos, a CMake
# package and a pkg-config file.

include(CMakePackageConfigHelpers)

set(hl_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/heapledger")
set(hl_share_dir "${CMAKE_INSTALL_DATADIR}/heapledger")

set(hl_libraries heapledger heapledger_freertos_heap_4 heapledger_freertos_heap_5
  heapledger_libc heapledger_new)
if(TARGET heapledger_posix)
  list(APPEND hl_libraries heapledger_posix)
endif()
install(TARGETS ${hl_libraries}
  EXPORT heapledgerTargets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  INCLUDES DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
)
install(DIRECTORY "${HL_SOURCE_DIR}/include/heapledger" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")
if(HL_CONFIG_FILE)
  install(FILES "${HL_CONFIG_FILE}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/heapledger")
endif()

# Ports are compiled, or included, by whoever uses them: all of them come as sources.
foreach(dir src port/none port/posix port/freertos port/libc)
  install(DIRECTORY "${HL_SOURCE_DIR}/${dir}/" DESTINATION "${hl_share_dir}/${dir}"
    FILES_MATCHING PATTERN "*.[ch]" PATTERN "*.cpp")
endforeach()
target_include_directories(heapledger INTERFACE "$<INSTALL_INTERFACE:${hl_share_dir}/port/none>")
if(TARGET heapledger_posix)
  target_include_directories(heapledger_posix INTERFACE
    "$<INSTALL_INTERFACE:${hl_share_dir}/port/posix>")
endif()

install(EXPORT heapledgerTargets NAMESPACE heapledger:: DESTINATION "${hl_package_dir}")
configure_package_config_file(
  cmake/package/heapledgerConfig.cmake.in "${PROJECT_BINARY_DIR}/heapledgerConfig.cmake"
  INSTALL_DESTINATION "${hl_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/heapledgerConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/heapledgerConfig.cmake"
  "${PROJECT_BINARY_DIR}/heapledgerConfigVersion.cmake"
  DESTINATION "${hl_package_dir}")

# The prefix is said relative to the .pc file, so that an installation can be moved.
file(RELATIVE_PATH HL_PC_PREFIX "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" HL_PC_PREFIX "${HL_PC_PREFIX}")
set(HL_PC_CFLAGS "-I\${includedir} -I\${prefix}/${hl_share_dir}/port/none")
if(HL_CONFIG_FILE)
  get_filename_component(hl_config_name "${HL_CONFIG_FILE}" NAME)
  # Not HL_CONFIG_FILE, whose quotes or brackets no shell would let pass.
  string(APPEND HL_PC_CFLAGS " -include \${includedir}/heapledger/${hl_config_name}")
endif()
configure_file(cmake/package/heapledger.pc.in "${PROJECT_BINARY_DIR}/heapledger.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/heapledger.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(FILES "${HL_SOURCE_DIR}/Kconfig" DESTINATION "${hl_share_dir}")
