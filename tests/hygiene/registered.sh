#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every source of the library and every test is named in the CMakeLists.txt at or above it.
# usage: registered.sh SOURCE
set -eu
cd "$1"

# named FILE: some CMakeLists.txt from its directory upwards has it, outside comments.
named() {
  directory=$(dirname "$1")
  while [ "$directory" != . ]; do
    if [ -f "$directory/CMakeLists.txt" ] &&
      sed 's/#.*//' "$directory/CMakeLists.txt" | tr -s ' ()"' '\n' | grep -qxF "${1#"$directory/"}"; then
      return 0
    fi
    directory=$(dirname "$directory")
  done
  return 1
}

failed=0
count=0
for file in $(find src -name '*.cpp') $(find tests -name '*_test.cpp'); do
  count=$((count + 1))
  named "$file" || { echo "$file is in no CMakeLists.txt" >&2; failed=1; }
done
[ $count -gt 50 ] || { echo "only $count files: not the source?" >&2; failed=1; }
exit $failed
