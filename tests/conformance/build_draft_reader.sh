#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# build_draft_reader.sh ASN1C CC SCHEMA MAIN DIRECTORY: asn1c's reader for a schema, with INTEGERs of any size.
set -eu
asn1c=$1 cc=$2 schema=$3 main=$4 directory=$5
rm -rf "$directory"
mkdir -p "$directory"
cd "$directory"
"$asn1c" -fcompound-names -fwide-types "$schema" >asn1c.log 2>&1 || { cat asn1c.log >&2; exit 1; }
rm -f converter-sample.c
# Without the definition every tag that is read gets formatted for a log that nobody sees.
"$cc" -O2 -w "-DASN_DEBUG=(void)sizeof" -I. ./*.c "$main" -o draft_reader
