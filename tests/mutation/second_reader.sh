#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# usage: second_reader.sh SCHEMA READER.c CC OUTPUT.so
set -eu
schema=$(realpath "$1")
reader=$(realpath "$2")
compiler=$3
output=$(realpath -m "$4")
directory=$output.d
rm -rf "$directory"
mkdir -p "$directory"
cd "$directory"
asn1c -fwide-types -fcompound-names "$schema" > asn1c.log 2>&1 || { cat asn1c.log >&2; exit 1; }
rm -f converter-sample.c
# Its names stay its own: the library has asn1c in it, too.
"$compiler" -shared -fPIC -fvisibility=hidden -Wl,-Bsymbolic -O1 -w -I. -o "$output" "$reader" ./*.c
