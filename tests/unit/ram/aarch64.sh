#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The kernels of another processor: cross-compiled, and run by QEMU's emulation of it for one program.
# usage: aarch64.sh SOURCE BUILD
set -eu
program=$2/kernels_aarch64
cd "$1"
# Headers of {fmt} are taken from this system, behind those of the other one; Catch2's library can't be.
aarch64-linux-gnu-g++ -std=c++20 -O1 -static -Wall -Wextra -Wpedantic -Werror -DFMT_HEADER_ONLY \
  -Iinclude -Isrc -Itests/support/catch2_small -Itests/support -Itests/unit/ram -idirafter /usr/include -o "$program" \
  src/core/error.cpp src/ram/kernels.cpp src/ram/kernels_neon.cpp src/ram/kernels_scalar.cpp \
  src/ram/place.cpp src/ram/xbzrle.cpp src/ram/zero.cpp tests/unit/ram/kernels_test.cpp tests/main.cpp
qemu-aarch64 "$program"
QEMBER_KERNELS=neon qemu-aarch64 "$program" "QEMBER_KERNELS forces a kernel"
