# SPDX-License-Identifier: LGPL-2.1-or-later
# A schema of one's own, as a library that is linked beside qember::qember:
#
#   find_package(qember REQUIRED)
#   qember_add_schema(vmm SCHEMA my.schema NAMESPACE vmm)
#   target_link_libraries(program PRIVATE vmm)
#
#   <vmm/types.hpp>   a class for each type of the schema, in the namespace
#   <vmm/schema.hpp>  the schema as data: vmm::data::schema, a constexpr qember::ber::Schema, of which
#                     qember::PageCodec<vmm::data::schema> of <qember/schema.hpp> makes the fast path for
#                     pages, and qember::WireFormat::of(vmm::data::schema) what readers and writers go by
#   vmm/schema.data   the same for `qember --schema`: below the build tree, in vmm.schema/data
#
# The page types must have the shapes that the fast path follows (share/qember/src/ram/shapes.txt), or the
# build stops; WITHOUT_PAGES is for a schema that has none. Needs asn1c, and C among the project's languages.
include("${CMAKE_CURRENT_LIST_DIR}/Asn1c.cmake")

function(qember_add_schema target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WITHOUT_PAGES" "SCHEMA;NAMESPACE" "")
  if(NOT target OR NOT arg_SCHEMA OR NOT arg_NAMESPACE OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "qember_add_schema(TARGET SCHEMA file NAMESPACE name [WITHOUT_PAGES]) is called "
      "with: ${ARGV}")
  endif()
  if(NOT CMAKE_C_COMPILER_LOADED)
    message(FATAL_ERROR "qember_add_schema compiles C, asn1c's: add C to the LANGUAGES of project().")
  endif()
  get_filename_component(schema "${arg_SCHEMA}" ABSOLUTE)
  if(NOT EXISTS "${schema}")
    message(FATAL_ERROR "qember_add_schema: there is no ${schema}.")
  endif()
  string(REPLACE "::" "/" directory "${arg_NAMESPACE}")
  set(shapes SHAPES "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../src/ram/shapes.txt")
  if(arg_WITHOUT_PAGES)
    set(shapes)
  endif()

  add_library(${target} STATIC)
  target_link_libraries(${target} PUBLIC qember::qember)
  qember_asn1c_schema(${target} SCHEMA "${arg_SCHEMA}" NAMESPACE "${arg_NAMESPACE}" ${shapes}
    TYPES ${directory}/types.hpp DATA ${directory}/schema.hpp DATA_NAMESPACE "${arg_NAMESPACE}::data"
    DIRECTORY ${target}.schema)
  target_include_directories(${target} INTERFACE "$<TARGET_PROPERTY:${target},QEMBER_DATA_INCLUDE>")
endfunction()
