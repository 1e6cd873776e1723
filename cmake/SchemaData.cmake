# SPDX-License-Identifier: LGPL-2.1-or-later
# The data of a schema, as qember_add_schema leaves it, on standard output: for `qember --schema`.
#
#   cmake -DSCHEMA=my.schema -DPREFIX=/usr -P SchemaData.cmake
#
# PREFIX is where the package is. Works in a directory that it removes.
cmake_minimum_required(VERSION 3.22)
execute_process(COMMAND mktemp -d -t qember-schema-XXXXXXXXXX OUTPUT_VARIABLE scratch
  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE failed OUTPUT_VARIABLE told ERROR_VARIABLE said)
  if(failed)
    file(REMOVE_RECURSE "${scratch}")
    # What a tool says that the build runs is on the build's standard output.
    message(NOTICE "${told}${said}")
    message(FATAL_ERROR "${SCHEMA} cannot be compiled.")
  endif()
endfunction()

file(WRITE "${scratch}/CMakeLists.txt" [[
cmake_minimum_required(VERSION 3.22)
project(schema LANGUAGES C CXX)
find_package(qember REQUIRED PATHS "${QEMBER_PREFIX}" NO_DEFAULT_PATH)
qember_add_schema(its SCHEMA "${QEMBER_SCHEMA}" NAMESPACE its)
]])
# Make is what CMake takes by itself, where it is not told otherwise.
find_program(make NAMES make gmake)
find_program(ninja NAMES ninja ninja-build)
set(generator)
if(NOT make AND ninja AND NOT DEFINED ENV{CMAKE_GENERATOR})
  set(generator -G Ninja)
endif()
run("${CMAKE_COMMAND}" ${generator} --log-level=ERROR -S "${scratch}" -B "${scratch}/build"
  -DCMAKE_BUILD_TYPE=Debug "-DQEMBER_PREFIX=${PREFIX}" "-DQEMBER_SCHEMA=${SCHEMA}")
run("${CMAKE_COMMAND}" --build "${scratch}/build" --parallel --target its_schema)
execute_process(COMMAND "${CMAKE_COMMAND}" -E cat "${scratch}/build/its.schema/data/its/schema.data")
file(REMOVE_RECURSE "${scratch}")
