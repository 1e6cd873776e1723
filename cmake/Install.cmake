# SPDX-License-Identifier: LGPL-2.1-or-later
# What `cmake --install` puts where. Two components: `development` is the library, `command` the command.
include(CMakePackageConfigHelpers)
# As Debian's own packages have it, whatever the prefix: cpack packs what was configured for another than /usr.
if(NOT DEFINED CMAKE_INSTALL_LIBDIR AND EXISTS /etc/debian_version AND CMAKE_LIBRARY_ARCHITECTURE AND
    NOT CMAKE_CROSSCOMPILING)
  set(CMAKE_INSTALL_LIBDIR "lib/${CMAKE_LIBRARY_ARCHITECTURE}" CACHE PATH "Libraries, below the prefix")
endif()
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/qember")
set(made "${PROJECT_BINARY_DIR}/package")

install(TARGETS qember EXPORT qember-targets
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT development)
# The header that is made from the schema, too.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/qember" "${PROJECT_BINARY_DIR}/generated/include/qember"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development FILES_MATCHING PATTERN "*.hpp")

# What qember_add_schema needs, as it lies in the source; and the schema, to begin one's own with.
set(data_dir "${CMAKE_INSTALL_DATADIR}/qember")
install(FILES "${CMAKE_CURRENT_LIST_DIR}/AddSchema.cmake" "${CMAKE_CURRENT_LIST_DIR}/Asn1c.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/Asn1cRun.cmake" "${CMAKE_CURRENT_LIST_DIR}/SchemaData.cmake"
  DESTINATION "${data_dir}/cmake" COMPONENT development)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/generated" DESTINATION "${data_dir}" COMPONENT development
  FILES_MATCHING PATTERN "*.[ch]" PATTERN "*.[ch]pp")
install(FILES "${PROJECT_SOURCE_DIR}/src/ram/shapes.txt" DESTINATION "${data_dir}/src/ram" COMPONENT development)
install(FILES "${PROJECT_SOURCE_DIR}/schema/migration.schema" DESTINATION "${data_dir}/schema"
  COMPONENT development)

install(EXPORT qember-targets NAMESPACE qember:: DESTINATION "${package_dir}" COMPONENT development)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/qember-config.cmake.in" "${made}/qember-config.cmake"
  INSTALL_DESTINATION "${package_dir}" PATH_VARS data_dir NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file("${made}/qember-config-version.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${made}/qember-config.cmake" "${made}/qember-config-version.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindZstd.cmake"
  DESTINATION "${package_dir}" COMPONENT development)

# Relative to where the file is, so that the prefix can be moved.
set(pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
file(RELATIVE_PATH pc_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" pc_prefix "${pc_prefix}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/qember.pc.in" "${made}/qember.pc" @ONLY)
install(FILES "${made}/qember.pc" DESTINATION "${pkgconfig_dir}" COMPONENT development)

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${CMAKE_CURRENT_LIST_DIR}/NOTICES"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development)
# Where the target `docs` has made it.
install(DIRECTORY "${PROJECT_BINARY_DIR}/docs/html" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT development
  OPTIONAL)
if(QEMBER_COMMAND)
  install(TARGETS qember-cli RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT command)

  # Manual pages and completion.
  set(prose "${CMAKE_CURRENT_LIST_DIR}/man")
  set(manual "${PROJECT_BINARY_DIR}/manual")
  file(GLOB prose_files CONFIGURE_DEPENDS "${prose}/*")
  add_custom_command(OUTPUT "${manual}.stamp"
    COMMAND qember-manual "${prose}" "${manual}"
    COMMAND "${CMAKE_COMMAND}" -E touch "${manual}.stamp"
    DEPENDS qember-manual ${prose_files}
    COMMENT "Writing the manual" VERBATIM)
  add_custom_target(manual ALL DEPENDS "${manual}.stamp")
  install(DIRECTORY "${manual}/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT command
    FILES_MATCHING PATTERN "*.1")
  set(DATADIR "${CMAKE_INSTALL_FULL_DATADIR}")
  configure_file("${prose}/format.man" "${made}/qember.5" @ONLY)
  install(FILES "${made}/qember.5" DESTINATION "${CMAKE_INSTALL_MANDIR}/man5" COMPONENT command)
  install(FILES "${CMAKE_CURRENT_LIST_DIR}/magic" DESTINATION "${data_dir}" COMPONENT command)
  install(FILES "${manual}/qember.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions"
    RENAME qember COMPONENT command)
  # Where Debian's shells look, who has /usr for packages.
  set(zsh_functions site-functions)
  if(EXISTS /etc/debian_version)
    set(zsh_functions vendor-completions)
  endif()
  install(FILES "${manual}/_qember" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/${zsh_functions}" COMPONENT command)
  install(FILES "${manual}/qember.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d"
    COMPONENT command)
endif()
