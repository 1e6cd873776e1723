# SPDX-License-Identifier: LGPL-2.1-or-later
# Run by cpack on the trees that it has installed, one for each package: the directory of documents is named
# after the package, and has a copyright and a changelog; what is not read as it is, is compressed.
foreach(tool file dpkg-shlibdeps gzip)
  find_program(program ${tool} NO_CACHE)
  if(NOT program)
    message(FATAL_ERROR "cpack needs ${tool} (on Debian: apt-get install file dpkg-dev gzip).")
  endif()
  unset(program)
endforeach()

function(add_documents tree package)
  set(documents "${tree}/usr/share/doc/${package}")
  file(MAKE_DIRECTORY "${documents}")
  file(READ "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/NOTICES" notices)
  file(WRITE "${documents}/copyright" "qember, ${CPACK_PACKAGE_VERSION}

Copyright 2014 Red Hat, Inc. and/or its affiliates (the schema)
Copyright 2026 The qember authors

This library is free software; you can redistribute it and/or modify it under
the terms of the GNU Lesser General Public License as published by the Free
Software Foundation; either version 2.1 of the License, or (at your option) any
later version. On Debian systems the license is in
/usr/share/common-licenses/LGPL-2.1.

${notices}")
  file(COPY "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/changelog" DESTINATION "${documents}")
  execute_process(COMMAND gzip -9n "${documents}/changelog" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND chmod -R u=rwX,go=rX "${tree}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

if(EXISTS "${CPACK_TEMPORARY_DIRECTORY}/development")
  set(tree "${CPACK_TEMPORARY_DIRECTORY}/development")
  # Those that `cmake --install` brings; here they are in the copyright.
  file(REMOVE_RECURSE "${tree}/usr/share/doc/qember")
  add_documents("${tree}" libqember-dev)
endif()
if(EXISTS "${CPACK_TEMPORARY_DIRECTORY}/command")
  set(tree "${CPACK_TEMPORARY_DIRECTORY}/command")
  file(GLOB pages "${tree}/usr/share/man/man*/*.[15]")
  execute_process(COMMAND gzip -9n ${pages} COMMAND_ERROR_IS_FATAL ANY)
  add_documents("${tree}" qember)
endif()
