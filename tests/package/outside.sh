#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# README's example, with a main of its own, in a project outside: it builds without a warning and gives a
# stream back. With the library's source in that project: two schemas besides the library's in one program, used
# from threads, all under the thread sanitizer.
# usage: outside.sh find_package|pkg_config|add_subdirectory SOURCE PREFIX SCRATCH
# The compilers and their flags are in CC, CFLAGS, CXX and CXXFLAGS.
set -eu
way=$1
source=$2
prefix=$3
scratch=$4
project=$source/tests/package/$way
mkdir -p "$scratch"
cd "$scratch"
# The program that it begins with has a main; tests/example/look.sh builds that one.
awk '/^```$/ { if (inside && !program) printf "%s", block; inside = 0 }
  inside { block = block $0 "\n"; if (/^int main\(/) program = 1 }
  /^```cpp$/ { inside = 1; block = ""; program = 0 }' "$source/README.md" > example.cpp
test -s example.cpp
if [ "$way" = add_subdirectory ]; then
  # Instead of flags that are given: there may be another sanitizer among them.
  CFLAGS="-g1 -fsanitize=thread"
  CXXFLAGS=$CFLAGS
  export CFLAGS TSAN_OPTIONS=halt_on_error=1
  mkdir -p schemas
  sed -f "$source/tests/package/own_schema/extend.sed" "$source/schema/migration.schema" > schemas/vmm.schema
  sed -f "$source/tests/package/own_schema/other.sed" "$source/schema/migration.schema" > schemas/other.schema
fi
export CXXFLAGS="${CXXFLAGS:-} -Wall -Wextra -Wpedantic -Werror"

if [ "$way" = pkg_config ]; then
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name qember.pc)")
  export PKG_CONFIG_PATH
  make --always-make -f "$project/Makefile" SOURCES="$source/tests/package/main.cpp example.cpp" example
else
  cmake --no-warn-unused-cli -S "$project" -B . -DCMAKE_BUILD_TYPE=None -DCMAKE_PREFIX_PATH="$prefix" \
    -DQEMBER_SOURCE="$source" -DSCHEMAS="$scratch/schemas" \
    "-DSOURCES=$source/tests/package/main.cpp;$scratch/example.cpp" > /dev/null
  cmake --build . --parallel 2 > built || { cat built; exit 1; }
fi

sample=$source/tests/streams/sample.mig
"$prefix/bin/qember" encode "$sample" -o sample.ber
./example < sample.ber > back
cmp back "$sample"
# A stream that is cut ends with the error, and its place, and not with a crash.
head -c 1000000 sample.ber > cut.ber
if ./example < cut.ber > back 2> said; then
  echo "a cut stream is taken" >&2
  exit 1
fi
grep -q "^[0-9]*: QemuFile.* expected .*, found " said
if [ "$way" = add_subdirectory ]; then ./two_schemas; fi
