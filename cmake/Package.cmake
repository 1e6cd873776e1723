# SPDX-License-Identifier: LGPL-2.1-or-later
# `cpack` in the build directory makes Debian's packages: libqember-dev of the component `development`, and
# qember of `command`. What Debian wants of every package is put in by PackageFiles.cmake.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME qember)
set(CPACK_PACKAGE_VENDOR "The qember authors")
set(CPACK_PACKAGE_CONTACT "The qember authors <qember@example.org>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/PackageFiles.cmake")

set(CPACK_COMPONENTS_ALL development)
if(QEMBER_COMMAND)
  list(APPEND CPACK_COMPONENTS_ALL command)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libqember-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libbz2-dev, libfmt-dev, liblzma-dev, libzstd-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "asn1c (>= 0.9.28)")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
"qember converts the migration stream of a QEMU virtual machine losslessly to
ASN.1 BER and back.

This package has the C++20 static library and its headers, and what CMake
projects need to extend its schema with types of their own; that takes asn1c.")

set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME qember)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SHLIBDEPS ON)
# The second and the third for `--schema` with ASN.1.
set(CPACK_DEBIAN_COMMAND_PACKAGE_SUGGESTS "lzop, cmake, libqember-dev")
set(CPACK_COMPONENT_COMMAND_DESCRIPTION
"qember converts the migration stream of a QEMU virtual machine losslessly to
ASN.1 BER and back: files, and pipes in the middle of a live migration. It
also checks, shows, compares and draws such streams, and extracts the memory
in them.

This package has the command.")
include(CPack)
