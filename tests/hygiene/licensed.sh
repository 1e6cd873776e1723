#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every source file says its licence in its first lines. usage: licensed.sh SOURCE
set -eu
cd "$1"
failed=0
for file in $(find .ci cmake generated include schema src tests CMakeLists.txt .clang-format .clang-tidy -type f \
  ! -path 'tests/fuzz/corpus/*' ! -name '*.md' ! -name '*.mig' ! -name '*.lock' ! -name '*.vec' ! -name '*.sed' ! -name '*.refused' ! -name '*.txt' ! -name NOTICES ! -name changelog) \
  $(find . -path ./build -prune -o -name CMakeLists.txt -print); do
  head -n 3 "$file" | grep -q 'SPDX-License-Identifier: LGPL-2.1-or-later' ||
    { echo "$file does not say its licence" >&2; failed=1; }
done
exit $failed
