#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# other_tools.sh QEMBER BER_JSON SCHEMA STREAM: what openssl, asn1c's unber and Erlang make of a stream in BER.
set -eu
qember=$1 ber_json=$2 schema=$3 stream=$4
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
fail() { echo "$*" >&2; exit 1; }

"$qember" encode "$stream" -o ber
"$qember" encode --der "$stream" -o der

# Both walk it to its end, and find as many primitive values.
for form in ber der; do
  openssl asn1parse -inform DER -in $form >openssl.$form || fail "openssl asn1parse stops in $form"
  unber $form >unber.$form || fail "unber stops in $form"
  by_openssl=$(grep 'prim:' openssl.$form | wc -l)
  ends=$(grep 'prim: EOC' openssl.$form | wc -l)
  by_unber=$(grep '<P ' unber.$form | wc -l)
  [ $((by_openssl - ends)) -eq "$by_unber" ] || fail "$form: $by_openssl less $ends primitive values, or $by_unber"
  echo "$form: $by_unber primitive values, $ends ends of contents"
done

# Erlang reads the same values as our asn1 layer.
cp "$schema" Qemu.asn1
erlc -bber +undec_rest +noobj Qemu.asn1
erlc Qemu.erl "$here/ber_values.erl"
erlang() { erl -noshell -pa . -eval 'ber_values:main(init:get_plain_arguments()), halt().' -extra "$@"; }
for form in ber der; do
  "$ber_json" $form >ours.json
  erlang json $form >theirs.json
  python3 -c 'import json; a, b = (json.load(open(name)) for name in ("ours.json", "theirs.json")); assert a == b' ||
    fail "Erlang reads other values in $form"
done

# A value and a page that Erlang changes are changed in the native stream, and nothing else is.
erlang edit ber edited
"$qember" decode edited -o edited.native
python3 "$here/edited.py" "$stream" edited.native
