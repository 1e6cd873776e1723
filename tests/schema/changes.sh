#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The schema changes and the build follows, or says why not. In a scratch copy of the source: each
# changes/NAME.sed is applied to the schema and the library rebuilt. Where there is a NAME.refused, the build
# must fail with that sentence; else the probe must find old and new values to come back (see probe.cpp).
# usage: changes.sh SOURCE GENERATOR [CHANGE...]
set -eu
source=$1
generator=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/source"
for part in CMakeLists.txt cmake generated include src schema; do
  cp -R "$source/$part" "$scratch/source/"
done
cp -R "$source/tests/schema" "$scratch/probe"
schema=$scratch/source/schema/migration.schema
changes=$scratch/probe/changes
log=$scratch/log

fail() {
  cat "$log"
  echo "changes.sh: $*" >&2
  exit 1
}

# Written only if different from what is there, as an editor would.
use_schema() { cmp -s "$1" "$schema" || cp "$1" "$schema"; }
build() { cmake --build "$scratch/build" --parallel 2 --target probe > "$log" 2>&1; }

cp "$schema" "$scratch/original"
: > "$scratch/probe/change.cpp"
cmake -G "$generator" -S "$scratch/probe" -B "$scratch/build" -DCMAKE_BUILD_TYPE=None > "$log" 2>&1 ||
  fail "does not configure"
build || fail "does not build as it is"
"$scratch/build/probe" write "$scratch/old.ber" || fail "no value of the schema as it is"

# A schema that is newer, and the same, is compiled again and changes nothing.
touch "$scratch/mark"
sleep 1
touch "$schema"
build || fail "does not build after a touch"
test -z "$(find "$scratch/build" -name '*.o' -newer "$scratch/mark")" || fail "a touch of the schema rebuilds"
build && test -z "$(find "$scratch/build" -name '*.stamp' -newer "$log")" || fail "a second build is not idle"

test $# -gt 0 || set -- $(cd "$changes" && ls *.sed)
for change; do
  name=${change%.sed}
  sleep 1
  sed -f "$changes/$name.sed" "$scratch/original" > "$scratch/changed"
  ! cmp -s "$scratch/changed" "$scratch/original" || fail "$name changes nothing"
  use_schema "$scratch/changed"
  if test -f "$changes/$name.refused"; then
    ! build || fail "$name: the build takes it"
    grep -qF "$(cat "$changes/$name.refused")" "$log" || fail "$name: the build stops without its sentence"
  else
    cp "$changes/$name.cpp" "$scratch/probe/change.cpp"
    build || fail "$name: does not build"
    "$scratch/build/probe" read "$scratch/old.ber" || fail "$name: values do not come back"
  fi
  echo "$name: as it should be"
done

sleep 1
use_schema "$scratch/original"
: > "$scratch/probe/change.cpp"
build || fail "does not build after the changes are taken back"
"$scratch/build/probe" read "$scratch/old.ber" || fail "does not read its own value"
generated=$scratch/build/source/generated
test -z "$(find "$generated" -name 'DeviceTable.[ch]')" || fail "files of a removed type are left"
! nm "$generated/qember_schema.o" | grep -q DeviceTable || fail "a removed type is still in the object"
! grep -q DeviceTable "$generated/include/qember/advanced/asn1/types.hpp" || fail "a removed type still has a class"
