# SPDX-License-Identifier: LGPL-2.1-or-later
# The target `docs`: a reference of the face, include/qember/*.hpp, and of the headers that it names. The run
# fails at a public name without a comment.
find_program(QEMBER_DOXYGEN doxygen DOC "Makes the reference")
if(NOT QEMBER_DOXYGEN)
  message(STATUS "There is no target docs: it takes doxygen.")
  return()
endif()

file(GLOB documented CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/qember/*.hpp")
foreach(header IN LISTS documented)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${header}")
  file(STRINGS "${header}" named REGEX "^#include <qember/advanced/")
  foreach(line IN LISTS named)
    string(REGEX REPLACE "^#include <(.*)>" "${PROJECT_SOURCE_DIR}/include/\\1" line "${line}")
    list(APPEND documented "${line}")
  endforeach()
endforeach()
list(REMOVE_DUPLICATES documented)
list(JOIN documented "\" \\\n  \"" documented)

set(QEMBER_DOCS "${PROJECT_BINARY_DIR}/docs")
file(MAKE_DIRECTORY "${QEMBER_DOCS}")
configure_file("${CMAKE_CURRENT_LIST_DIR}/Doxyfile.in" "${QEMBER_DOCS}/Doxyfile" @ONLY)
add_custom_target(docs COMMAND "${QEMBER_DOXYGEN}" "${QEMBER_DOCS}/Doxyfile"
  COMMENT "Writing ${QEMBER_DOCS}/html/index.html" VERBATIM)
