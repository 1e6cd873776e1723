# SPDX-License-Identifier: LGPL-2.1-or-later
# A test that needs programs which a system may lack:
#
#   qember_tool_test(NAME TOOLS program... COMMAND command... [PROPERTIES property value...])
#
# Where one is not there, the test is not either, and configuring says so; all others stay.
function(qember_tool_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "TOOLS;COMMAND;PROPERTIES")
  set(missing)
  foreach(tool ${arg_TOOLS})
    find_program(program ${tool} NO_CACHE)
    if(NOT program)
      list(APPEND missing ${tool})
    endif()
    unset(program)
  endforeach()
  if(missing)
    list(JOIN missing ", " missing)
    message(WARNING "The test ${name} is absent: there is no ${missing}.")
    return()
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  if(arg_PROPERTIES)
    set_tests_properties(${name} PROPERTIES ${arg_PROPERTIES})
  endif()
endfunction()
