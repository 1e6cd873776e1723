# SPDX-License-Identifier: LGPL-2.1-or-later
# cmake -DASN1C=... -DSCHEMA=... -DOUT=... -P Asn1cRun.cmake
#
# Compiles SCHEMA in an empty directory and brings OUT in line with the result: files that did not change
# keep their time, files of types that are gone go. asn1c writes into the directory it runs in, never
# removes a file, and puts the schema's path into every file, hence the fixed relative one.
set(flags -fcompound-names -fwide-types -fincludes-quoted -fno-include-deps -pdu=all)
set(scratch "${OUT}.scratch")
file(REMOVE_RECURSE "${scratch}")
file(MAKE_DIRECTORY "${scratch}/made" "${OUT}")
get_filename_component(name "${SCHEMA}" NAME)
file(COPY "${SCHEMA}" DESTINATION "${scratch}")

execute_process(COMMAND "${ASN1C}" ${flags} "../${name}" WORKING_DIRECTORY "${scratch}/made"
  RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE said)
if(failed)
  string(REPLACE "../${name}" "${SCHEMA}" said "${said}")
  message(FATAL_ERROR "asn1c refuses ${SCHEMA}:\n${said}")
endif()
# Without its skeletons asn1c writes less and still returns 0.
foreach(expected pdu_collection.c constr_TYPE.h ber_decoder.c der_encoder.c constr_SEQUENCE.c)
  if(NOT EXISTS "${scratch}/made/${expected}")
    message(FATAL_ERROR "${ASN1C} made no ${expected} from ${SCHEMA}: are its skeletons installed?")
  endif()
endforeach()
file(REMOVE "${scratch}/made/converter-sample.c" "${scratch}/made/Makefile.am.sample")

file(GLOB made RELATIVE "${scratch}/made" "${scratch}/made/*")
file(GLOB present RELATIVE "${OUT}" "${OUT}/*")
list(REMOVE_ITEM present ${made})
foreach(stale ${present})
  file(REMOVE "${OUT}/${stale}")
endforeach()
foreach(file ${made})
  file(COPY_FILE "${scratch}/made/${file}" "${OUT}/${file}" ONLY_IF_DIFFERENT)
endforeach()
file(REMOVE_RECURSE "${scratch}")
