#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The schema is standard ASN.1: three compilers take it. usage: compilers.sh SCHEMA
set -eu
schema=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# Erlang wants the file named like the module.
cp "$schema" "$scratch/Qemu.asn1"
cd "$scratch"

asn1c -fcompound-names Qemu.asn1 > /dev/null 2> said || { cat said; exit 1; }
if grep -E 'WARNING|FATAL' said; then exit 1; fi
erlc -bber Qemu.asn1
test -s Qemu.beam
asn1Parser -c Qemu.asn1
echo "asn1c, Erlang and libtasn1 take $schema"
