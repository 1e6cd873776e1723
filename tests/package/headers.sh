#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Each installed header compiles alone, twice in a row, without a warning and without another package.
# usage: self_contained.sh CXX INCLUDE
set -eu
cxx=$1
include=$2
headers=$(cd "$include" && find qember -name '*.hpp' | sort)
test -n "$headers" || { echo "no headers in $include" >&2; exit 1; }
failed=0
for header in $headers; do
  printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
    "$cxx" -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$include" -x c++ - ||
    { echo "$header is not self-contained" >&2; failed=1; }
done
exit $failed
