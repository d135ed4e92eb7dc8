# SPDX-License-Identifier: MIT
# The Debian package of the command: `make deb`, or cpack in the build folder.

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL command) # the library is for firmware; it comes with `cmake --install`
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX "/usr")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_CONTACT "The heapledger authors <heapledger@localhost>")
set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME heapledger)
set(CPACK_DEBIAN_COMMAND_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_COMMAND_DESCRIPTION
  "Says who holds the memory of a device, whether it grows, and who will never give it
back: from what its firmware prints on the console.")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "who holds the heap of a device, from its console")
include(CPack)
