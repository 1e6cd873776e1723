#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds the command, and takes a stream to BER and back.
# usage: sh tests/try.sh [STREAM]
set -eu
stream=$(realpath "${1:-$(dirname "$0")/streams/sample.mig}")
cd "$(dirname "$0")/.."
. tests/setup.sh
install_missing build
build release -DQEMBER_TESTS=OFF
qember=build/release/qember
out=build/try
mkdir -p "$out"

# step COMMAND...: says what is done and how long it took.
step() {
  echo
  echo "\$ $*"
  begin=$(date +%s%N)
  "$@"
  echo "  ($(($(date +%s%N) / 1000000 - begin / 1000000)) ms)"
}
step "$qember" encode "$stream" -o "$out/stream.ber"
step "$qember" check "$stream" "$out/stream.ber"
step "$qember" info "$out/stream.ber"
step "$qember" decode "$out/stream.ber" -o "$out/stream.mig"
step cmp "$stream" "$out/stream.mig"

size() { wc -c < "$1"; }
echo
echo "$(size "$stream") bytes in QEMU's form, $(size "$out/stream.ber") in BER, and the same $(size "$out/stream.mig") back."
