#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds everything, and runs all tests.
# usage: sh tests/run.sh [PRESET [ARGUMENT OF CTEST...]]
#
# QEMBER_STREAMS is a directory with more real streams than the one that is shipped; ../shared/streams is
# taken where it is there. Without one the tests do with the shipped stream; but not where CI=true.
set -eu
cd "$(dirname "$0")/.."
. tests/setup.sh
exec < /dev/null

streams=${QEMBER_STREAMS:-../shared/streams}
if [ -d "$streams" ]; then
  streams=$(realpath "$streams")
elif [ "${CI:-}" = true ]; then
  echo "run.sh: no streams in $streams; set QEMBER_STREAMS" >&2
  exit 1
else
  echo "No streams in $streams: the tests use the one that is shipped."
fi

preset=${1:-release}
[ $# = 0 ] || shift
install_missing build test
build "$preset" -DQEMBER_TESTS=ON -DQEMBER_STREAMS="$streams"
ctest --preset "$preset" --parallel "$(nproc)" "$@"
