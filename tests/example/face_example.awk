# SPDX-License-Identifier: LGPL-2.1-or-later
# The example in the comment that a header of the face begins with, as a function: awk -v name=NAME -f THIS HEADER.
# Its lines are indented by four spaces more than the comment; those with #include come first.
/^#pragma once/ { exit }
/^\/\/\/     / {
  line = substr($0, 9)
  if (line ~ /^#include/) includes = includes line "\n"
  else body = body line "\n"
}
/^\/\/\/$/ { if (body != "") body = body "\n" }
END {
  if (body == "") { print FILENAME ": no example" > "/dev/stderr"; exit 1 }
  printf "#include <qember/%s.hpp>\n\n%s\n", name, includes
  printf "int example_%s([[maybe_unused]] char** argv) {\n%s  return 0;\n}\n", name, body
}
