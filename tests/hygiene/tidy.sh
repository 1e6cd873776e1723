#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# clang-tidy, and clang's own warnings, find nothing in the library and the command; .clang-tidy says what is looked for.
# usage: tidy.sh SOURCE BUILD [JOBS]
set -eu
source=$1
build=$2
jobs=${3:-$(nproc)}
cd "$source"
find src -name '*.cpp' | sort | xargs -n 2 -P "$jobs" clang-tidy-19 -p "$build" --quiet
