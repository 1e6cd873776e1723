# SPDX-License-Identifier: LGPL-2.1-or-later
# A schema, compiled by asn1c, described and wrapped in C++.
#
#   qember_asn1c_schema(TARGET
#     SCHEMA     my.schema          the schema
#     NAMESPACE  vmm                of its C++ types
#     TYPES      vmm/types.hpp      the header with these types, for TARGET and those who link it
#     DATA       vmm/schema.hpp     the header with the schema as data (ber::Schema), for TARGET; beside it
#                                   vmm/schema.data, the same for ber::SchemaData and `qember --schema`
#     DATA_NAMESPACE vmm::data      where that is
#     [SHAPES    shapes.txt...]     types that hand-written code follows
#     [DIRECTORY where])            in the build tree
#
# TARGET, a library, gets one object with the compiled schema in it, and the C++ types. The directory of
# asn1c's headers is left in the target property QEMBER_ASN1C_INCLUDE, for the code that may see them, and
# that of DATA in QEMBER_DATA_INCLUDE.
#
# What this needs lies around this file in the same way in the source and where it is installed.
set(QEMBER_ASN1C_VERSION 0.9.28 CACHE INTERNAL "")

function(qember_find_asn1c)
  find_program(ASN1C_EXECUTABLE asn1c DOC "The ASN.1 compiler, version ${QEMBER_ASN1C_VERSION}")
  if(NOT ASN1C_EXECUTABLE)
    message(FATAL_ERROR "qember needs asn1c ${QEMBER_ASN1C_VERSION} (on Debian: apt-get install asn1c).")
  endif()
  execute_process(COMMAND "${ASN1C_EXECUTABLE}" -version ERROR_VARIABLE said OUTPUT_VARIABLE said)
  if(NOT said MATCHES "v([0-9][^ \n]*)" OR NOT CMAKE_MATCH_1 STREQUAL QEMBER_ASN1C_VERSION)
    string(REGEX MATCH "^[^\n]*" first "${said}")
    message(FATAL_ERROR "qember needs asn1c ${QEMBER_ASN1C_VERSION}, whose faults it knows how to live with; "
      "${ASN1C_EXECUTABLE} says it is \"${first}\".")
  endif()
endfunction()

# Runs asn1c now, to know its files, and again in the build whenever the schema is newer.
function(qember_run_asn1c name schema out)
  set(script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/Asn1cRun.cmake")
  set(run "${CMAKE_COMMAND}" "-DASN1C=${ASN1C_EXECUTABLE}" "-DSCHEMA=${schema}" "-DOUT=${out}" -P "${script}")
  execute_process(COMMAND ${run} RESULT_VARIABLE failed ERROR_VARIABLE said)
  if(failed)
    message(FATAL_ERROR "${said}")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${schema}" "${script}")
  file(GLOB made "${out}/*.[ch]")
  add_custom_command(OUTPUT "${out}.stamp" BYPRODUCTS ${made}
    COMMAND ${run} COMMAND "${CMAKE_COMMAND}" -E touch "${out}.stamp"
    DEPENDS "${schema}" "${script}"
    COMMENT "Compiling ${schema}" VERBATIM)
  add_custom_target(${name} DEPENDS "${out}.stamp")
endfunction()

# All of asn1c's C as one object that exports one symbol. A function of asn1c's is no use to anyone else,
# its names are everybody's (INTEGER_free, NULL_print), and another copy may be in the same program.
function(qember_merge_asn1c name symbol out object)
  get_filename_component(generator "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../generated" ABSOLUTE)
  file(GLOB sources "${out}/*.c")
  add_library(${name}_c OBJECT ${sources} "${generator}/backend.c")
  add_dependencies(${name}_c ${name}_asn1c)
  target_include_directories(${name}_c PRIVATE "${out}" "${generator}")
  # ASN_DEBUG: otherwise a real function, so that every tag is formatted, into one static buffer.
  target_compile_definitions(${name}_c PRIVATE
    _DEFAULT_SOURCE "ASN_DEBUG=(void)sizeof" QEMBER_BACKEND=${symbol})
  # Not ours to make clean: shifts of negatives and NULL + 0, harmless with gcc and clang.
  target_compile_options(${name}_c PRIVATE -w -fno-sanitize=undefined -fno-lto
    "-ffile-prefix-map=${out}/=" "-ffile-prefix-map=${generator}/=")
  set_target_properties(${name}_c PROPERTIES C_STANDARD 11 C_EXTENSIONS ON POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden INTERPROCEDURAL_OPTIMIZATION OFF C_CLANG_TIDY "")
  add_custom_command(OUTPUT "${object}"
    COMMAND "${CMAKE_LINKER}" -r -o "${object}" "$<TARGET_OBJECTS:${name}_c>"
    COMMAND "${CMAKE_OBJCOPY}" --keep-global-symbol=${symbol} "${object}"
    DEPENDS ${name}_c "$<TARGET_OBJECTS:${name}_c>"
    COMMENT "Merging ${name}'s C into one object" COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(${name}_merge DEPENDS "${object}")
endfunction()

# The host tool that reads the compiled schema's descriptors and writes C++ from them. What of it does not
# see them is compiled once, for all schemas.
function(qember_describe_asn1c name symbol out object)
  get_filename_component(generator "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../generated" ABSOLUTE)
  set(describe "${generator}/describe")
  set(includes "$<TARGET_PROPERTY:qember::qember,INTERFACE_INCLUDE_DIRECTORIES>")
  if(NOT TARGET qember_describe)
    add_library(qember_describe STATIC "${describe}/emit_bodies.cpp" "${describe}/emit_data.cpp"
      "${describe}/emit_types.cpp" "${describe}/names.cpp" "${describe}/shapes.cpp"
      "${describe}/source_text.cpp")
    target_compile_features(qember_describe PUBLIC cxx_std_20)
    target_compile_options(qember_describe PUBLIC -Wall -Wextra -Wpedantic)
    target_include_directories(qember_describe PUBLIC "${includes}")
  endif()
  add_executable(${name}_describe "${describe}/main.cpp" "${describe}/model.cpp" "${object}")
  add_dependencies(${name}_describe ${name}_merge)
  target_link_libraries(${name}_describe PRIVATE qember_describe)
  target_compile_definitions(${name}_describe PRIVATE _DEFAULT_SOURCE QEMBER_BACKEND=${symbol})
  target_include_directories(${name}_describe PRIVATE "${generator}")
  target_include_directories(${name}_describe SYSTEM PRIVATE "${out}")
endfunction()

function(qember_asn1c_schema target)
  cmake_parse_arguments(arg "" "SCHEMA;NAMESPACE;TYPES;DATA;DATA_NAMESPACE;DIRECTORY" "SHAPES" ${ARGN})
  qember_find_asn1c()
  get_filename_component(schema "${arg_SCHEMA}" ABSOLUTE)
  string(REPLACE "::" "_" id "${arg_NAMESPACE}")
  set(name ${target}_schema)
  get_filename_component(base "${CMAKE_CURRENT_BINARY_DIR}/${arg_DIRECTORY}" ABSOLUTE)
  set(object "${base}/${name}.o")
  set(types "${base}/include/${arg_TYPES}")
  set(data "${base}/data/${arg_DATA}")
  set(bodies "${base}/types.cpp")
  # The header of a schema as data, and the same as lines: NAME.hpp and NAME.data.
  string(REGEX REPLACE "[.]hpp$" ".data" lines "${data}")

  qember_run_asn1c(${name}_asn1c "${schema}" "${base}/asn1c")
  qember_merge_asn1c(${name} qember_backend_${id} "${base}/asn1c" "${object}")
  qember_describe_asn1c(${name} qember_backend_${id} "${base}/asn1c" "${object}")
  set(shapes)
  foreach(file ${arg_SHAPES})
    get_filename_component(file "${file}" ABSOLUTE)
    list(APPEND shapes "${file}")
  endforeach()
  add_custom_command(OUTPUT "${base}/described.stamp" BYPRODUCTS "${types}" "${data}" "${lines}" "${bodies}"
    COMMAND ${name}_describe --schema "${arg_SCHEMA}" --text "${schema}" --backend qember_backend_${id}
      --namespace "${arg_NAMESPACE}" --data-namespace "${arg_DATA_NAMESPACE}"
      --types-name "${arg_TYPES}" --data-name "${arg_DATA}"
      --types "${types}" --data "${data}" --lines "${lines}" --bodies "${bodies}" ${shapes}
    COMMAND "${CMAKE_COMMAND}" -E touch "${base}/described.stamp"
    DEPENDS ${name}_describe "${schema}" ${shapes} COMMENT "Describing ${arg_SCHEMA}" VERBATIM)
  add_custom_target(${name} DEPENDS "${base}/described.stamp")

  set_source_files_properties("${object}" "${bodies}" PROPERTIES GENERATED ON)
  set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT ON)
  target_sources(${target} PRIVATE "${object}" "${bodies}")
  target_include_directories(${target} PUBLIC "$<BUILD_INTERFACE:${base}/include>" PRIVATE "${base}/data")
  add_dependencies(${target} ${name})
  set_target_properties(${target} PROPERTIES QEMBER_ASN1C_INCLUDE "${base}/asn1c"
    QEMBER_DATA_INCLUDE "${base}/data")
endfunction()
