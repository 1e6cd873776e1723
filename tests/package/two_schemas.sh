#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two schemas and the library's in one program, used from threads, under the thread sanitizer: with the
# library's own code too, hence from its source.
# usage: two_schemas.sh SOURCE SCRATCH
# The compilers are in CC and CXX.
set -eu
source=$1
scratch=$2
mkdir -p "$scratch"
cd "$scratch"
cp "$source"/tests/package/own_schema/* .
sed -f extend.sed "$source/schema/migration.schema" > vmm.schema
sed -f other.sed "$source/schema/migration.schema" > other.schema
sed -f machine.sed "$source/schema/migration.schema" > machine.schema
flags="-g1 -fsanitize=thread"
cmake -G Ninja -S . -B build -DCMAKE_BUILD_TYPE=None -DQEMBER_SOURCE="$source" -DCMAKE_C_FLAGS="$flags" \
  -DCMAKE_CXX_FLAGS="$flags" > log 2>&1 && cmake --build build --parallel 2 --target two_schemas > log 2>&1 ||
  { cat log; exit 1; }
TSAN_OPTIONS=halt_on_error=1 build/two_schemas
