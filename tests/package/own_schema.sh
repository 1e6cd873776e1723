#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A project outside with schemas of its own, against the installed package alone: old and new streams go
# between a build of the schema before and one of the schema after a change, and the build follows changes.
# usage: own_schema.sh exchange|machines|evolution|rebuild|refuse SOURCE PREFIX SCRATCH GENERATOR
# The compilers and their flags are in CC, CFLAGS, CXX and CXXFLAGS.
set -eu
what=$1
source=$2
prefix=$3
scratch=$4
generator=$5
project=$source/tests/package/own_schema
shared=$prefix/share/qember
export CXXFLAGS="${CXXFLAGS:-} -Wall -Wextra -Wpedantic -Werror"
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"
log=$scratch/log

fail() {
  cat "$log"
  echo "own_schema.sh: $*" >&2
  exit 1
}
# configure DIRECTORY [ARGUMENT...]: of the project in it; what follows it is built there.
configure() {
  directory=$1
  shift
  cmake -G "$generator" -S "$directory" -B "$directory/build" -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_PREFIX_PATH="$prefix" "$@" > "$log" 2>&1
}
build() { cmake --build "$directory/build" --parallel 2 --target "$@" > "$log" 2>&1; }
# A copy of the project, with its schemas.
copy() {
  cp -R "$project" "$1"
  cp "$shared/schema/migration.schema" "$1/vmm.schema"
  sed -f "$project/other.sed" "$1/vmm.schema" > "$1/other.schema"
  sed -f "$project/machine.sed" "$shared/schema/migration.schema" > "$1/machine.schema"
}
extend() { sed -f "$project/extend.sed" "$1" > "$1.new" && mv "$1.new" "$1"; }
fingerprint() { "$1" info --json "$2" | sed -n 's/.*"schema_fingerprint": "\([0-9a-f]*\)".*/\1/p'; }

exchange() {
  copy old
  copy new
  extend new/vmm.schema
  configure old || fail "the old project does not configure"
  build read_stream || fail "the old project does not build"
  configure new || fail "the new project does not configure"
  build read_stream add_screen || fail "the new project does not build"
  qember=$prefix/bin/qember
  "$qember" encode "$source/tests/streams/sample.mig" -o old.ber
  old/build/read_stream old.ber > old.said || fail "the old reader does not read the old stream"
  new/build/read_stream old.ber > new.said || fail "the new reader does not read the old stream"
  ! cmp -s old.said new.said || fail "the schemas have the same fingerprint"
  new/build/add_screen old.ber screen.ber node.ber > "$log" 2>&1 || fail "new values do not come back"
  new/build/read_stream screen.ber > new.said && new/build/read_stream node.ber > new.said ||
    fail "the new reader does not read the new streams"

  # The command reads them by the schema's text, which it has compiled.
  "$qember" check --schema new/vmm.schema screen.ber > "$log" 2>&1 || fail "check by the new schema's text"
  # With ninja alone, too.
  mkdir no_make
  for directory in $(echo "$PATH" | tr : ' '); do
    test ! -d "$directory" || cp -rsf "$directory/." no_make/
  done
  rm -f no_make/make no_make/gmake
  PATH=$PWD/no_make "$qember" check --schema new/vmm.schema screen.ber > "$log" 2>&1 || fail "a schema without make"
  test "$("$qember" info --schema new/vmm.schema --json screen.ber | sed -n 's/.*"schema_fingerprint": "\([0-9a-f]*\)".*/\1/p')" = \
    "$(sed 's/.*schema //' new.said)" || fail "not the fingerprint of the new schema"
  ! "$qember" check --schema "$source/README.md" screen.ber > "$log" 2>&1 || fail "README as a schema"
  echo 'A DEFINITIONS ::= BEGIN X ::= Y END' > bad.schema
  ! "$qember" check --schema bad.schema screen.ber > "$log" 2>&1 || fail "a schema without an end of its types"
  grep -q 'Unknown type "Y"' "$log" || fail "what asn1c says is not passed on"
  # Of another shape: what says so runs in the build.
  sed 's/addr INTEGER/addr BOOLEAN/' new/vmm.schema > bad.schema
  ! cmp -s new/vmm.schema bad.schema || fail "the schema has no address to change"
  ! "$qember" check --schema bad.schema screen.ber > "$log" 2>&1 || fail "a schema of another shape"
  grep -q 'FullPage' "$log" || fail "what the build says is not passed on"

  # What readers of the schema before, and the library's own, make of it: the place, the tag and the schema.
  offset=$(LC_ALL=C grep -obaP '\x7f\x89\x7e' screen.ber | tail -n 1 | cut -d: -f1)
  sections=$(sed 's/ .*//' old.said)
  by=$(sed 's/.*schema //' old.said)
  test "$by" = "$(fingerprint "$qember" old.ber)" || fail "not the fingerprint that info prints"
  place="$offset: QemuFile.top\[$sections\]: expected .*, found \[APPLICATION 1278\] (7f 89 7e .*) (schema $by)"
  ! old/build/read_stream screen.ber > "$log" || fail "the old reader takes the new section"
  grep -q "^$place" "$log" || fail "the old reader does not say $place"
  ! "$qember" check screen.ber > "$log" || fail "check takes the new section"
  grep -q "^screen.ber:$place" "$log" || fail "check does not say $place"
  ! "$qember" check --json screen.ber > "$log" || fail "check takes the new section"
  grep -q "\"offset\":$offset,.*\"schema_fingerprint\":\"$by\"" "$log" || fail "check --json has no fingerprint"
  place='QemuFile.top\[[0-9]*\].full.contents.ramblid.blocks\[0\]: expected the end of RAMBlockID, found \[0\] (80 01 03'
  ! old/build/read_stream node.ber > "$log" || fail "the old reader takes the new field"
  grep -q "$place.* (schema $by)" "$log" || fail "the old reader does not say $place"
  ! "$qember" check node.ber > "$log" || fail "check takes the new field"
  grep -q "$place.* (schema $by)" "$log" || fail "check does not say $place"

  # The schema's comments, and no warning from either compiler.
  types=new/build/vmm.schema/include/vmm/types.hpp
  tr -s '\n' ' ' < "$types" | grep -q '/// What a virtual display shows. /// Pixels are rows' || fail "no docstring"
  grep -q '^    /// where its tip is$' "$types" || fail "no docstring of an alternative"
  grep -A 1 '^  /// in pixels,$' "$types" | grep -q '^  /// of a row$' || fail "no docstring in two lines"
  for compiler in g++ clang++; do
    "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$prefix/include" \
      -I new/build/vmm.schema/include -I new/build/vmm.schema/data new/build/vmm.schema/types.cpp \
      > "$log" 2>&1 || fail "$compiler warns of the generated code"
  done
}

# sends NAME SENDER RECEIVER MIB SCHEMA [ARGUMENT...]: from one process to another; what they print is in
# NAME.sent and NAME.received, and in NAME.code how the receiver ends.
sends() {
  name=$1 from=$2 to=$3
  shift 3
  rm -f socket
  "$to/build/vmm_machine" receive socket "$@" > "$name.received" 2> "$name.received.log" &
  receiver=$!
  # A receiver that refuses the stream goes away: how the sender ends then says nothing.
  if "$from/build/vmm_machine" send socket "$@" > "$name.sent" 2> "$name.sent.log"; then sent=all; else sent=part; fi
  code=0
  wait $receiver || code=$?
  echo "$code $sent" > "$name.code"
}
# arrives NAME: all of it.
arrives() {
  test "$(cat "$1.code")" = "0 all" || fail "$1 is refused: $(cat "$1.received.log")"
  grep memory "$1.sent" > sent && grep memory "$1.received" > received && cmp -s sent received ||
    fail "$1 arrives otherwise: $(cat "$1.sent" "$1.received")"
  for end in sent received; do
    beside=$(sed -n 's/beside memory \(.*\) KiB/\1/p' "$1.$end.log")
    test "$beside" -lt 65536 || fail "$1: $beside KiB beside the memory"
  done
}
# refuses NAME TEXT: with the place and the schema.
refuses() {
  grep -q ^1 "$1.code" || fail "$1 is taken"
  grep -qE "^[0-9]+: QemuFile.top\[[0-9]+\].*$2.* \(schema [0-9a-f]{16}\)" "$1.received.log" ||
    fail "$1 is refused with: $(cat "$1.received.log")"
}

machines() {
  copy old
  copy new
  sed -f "$project/machine_new.sed" new/machine.schema > machine && mv machine new/machine.schema
  configure old -DCMAKE_BUILD_TYPE=Release || fail "the old VMM does not configure"
  build vmm_machine || fail "the old VMM does not build"
  configure new -DCMAKE_BUILD_TYPE=Release -DNEW_MACHINE=ON || fail "the new VMM does not configure"
  build vmm_machine || fail "the new VMM does not build"

  sends same old old 1024 own
  arrives same
  grep -q 'devices 10' same.received || fail "not all devices arrive: $(cat same.received)"
  sends older old new 64 own
  arrives older
  sends newer new old 64 own
  arrives newer
  sends lossy new old 64 own lossy
  arrives lossy
  ! grep -q stats lossy.received || fail "the old VMM knows what is new"
  sends known new new 64 own lossy clock
  arrives known
  test "$(grep -c 'stats\|clock' known.received)" = 8 || fail "what is new does not arrive: $(cat known.received)"
  sends clock new old 64 own clock
  refuses clock 'expected .*, found \[APPLICATION 300\] \(7f 82 2c'
  commands
}

# What a reader of the schema before a change makes of streams of the one after it, and the reverse.
evolution() {
  copy both
  sed -f "$project/machine_new.sed" both/machine.schema > both/after.schema
  sed -f "$project/machine_broken.sed" both/machine.schema > both/broken.schema
  configure both || fail "does not configure"
  build evolution || fail "does not build"
  both/build/evolution > said 2> "$log" || fail "ends early"
  diff "$project/evolution.txt" said > "$log" || fail "readers say something else"
}

# The command reads by the file that the build leaves beside the bindings.
commands() {
  qember=$prefix/bin/qember
  data=new/build/machine.schema/data/machine/schema.data
  new/build/vmm_machine save new.ber 4 own lossy clock > "$log" || fail "does not save"
  # For readers that share no code with the library.
  old/build/vmm_machine save old.ber 4 own > "$log" || fail "the old VMM does not save"
  old/build/vmm_machine save library.ber 4 library > "$log" || fail "does not save by the library's schema"
  "$qember" check new.ber --schema $data > "$log" || fail "check refuses what the schema has"
  ! "$qember" check new.ber > "$log" || fail "check takes what the schema does not have"
  by=$(sed -n '1s/qember-schema 1 //p' $data)
  "$qember" info --json new.ber --schema $data | grep -q "\"schema_fingerprint\": \"$by\"" || fail "info has another schema"
  "$qember" show new.ber --schema $data > shown || fail "show refuses what the schema has"
  tr -s ' ' < shown | grep -A 9 '^vmm/disk/0 version 1' > "$log"
  for line in 'name "vda"' 'sectors 2097152' 'sector 7' 'write 73 65 63 74 6f 72 20 37'; do
    grep -qF " $line" "$log" || fail "show does not print $line"
  done
  tr -s ' ' < shown | grep -A 2 '^clock' | grep -q 'nanoseconds 5' || fail "show does not print the clock"
  "$qember" show --json new.ber --schema $data --device vmm/rtc |
    grep -q '"name":"vmm/rtc".*"alternative":"rtc","value":{"rtc":{"seconds":1764195300}}' || fail "show --json"
  code=0
  "$qember" decode new.ber -o native --schema $data > "$log" 2>&1 || code=$?
  test $code = 4 || fail "decode ends with $code"
}

# objects: what the last build made.
objects() { find "$directory/build" \( -name '*.o' -o -name types.hpp -o -name schema.hpp \) -newer "$scratch/mark"; }
mark() {
  touch "$scratch/mark"
  sleep 1
}
only() {
  pattern=$1
  shift
  test -n "$(objects)" || fail "$*: nothing is rebuilt"
  other=$(objects | grep -vE "$pattern" || [ $? = 1 ])
  test -z "$other" || fail "$*: rebuilds $other"
}

rebuild() {
  copy outside
  configure outside || fail "does not configure"
  build read_stream two_schemas || fail "does not build"
  mark
  touch outside/vmm.schema
  build read_stream two_schemas || fail "does not build after a touch"
  test -z "$(objects)" || fail "a touch rebuilds $(objects)"

  # Of the other schema, and of what knows none, nothing.
  mine='/vmm[._]|read_stream|/two_schemas\.cpp'
  mark
  extend outside/vmm.schema
  build read_stream two_schemas || fail "does not build with a type more"
  only "$mine" "a type more"
  build add_screen || fail "the new type is not there"

  mark
  sed 's/Screen\b/Display/g' outside/vmm.schema > renamed && cp renamed outside/vmm.schema
  build read_stream two_schemas || fail "does not build with another name"
  only "$mine" "another name"
  ! build add_screen || fail "the old name is still there"
  sed 's/Screen\b/Display/g' outside/add_screen.cpp > renamed && cp renamed outside/add_screen.cpp
  build add_screen || fail "the new name is not there"

  mark
  cp "$shared/schema/migration.schema" outside/vmm.schema
  build read_stream two_schemas || fail "does not build without the type"
  only "$mine" "a type less"
  made=outside/build/vmm.schema
  ! grep -rq 'Screen\|Display' "$made/include" "$made/data" "$made/types.cpp" || fail "a removed type has a class"
  test -z "$(find "$made" -name 'Screen.*' -o -name 'Display.*')" || fail "a removed type has files"
  ! nm "$made/vmm_schema.o" outside/build/libvmm.a | grep -q 'Screen\|Display' || fail "a removed type is compiled"
  build read_stream two_schemas && grep -qE 'no work to do|up to date|Built target' "$log" || fail "not idle"
  outside/build/two_schemas > "$log" || fail "two schemas in one program do not hold"
}

# stops SENTENCE [ARGUMENT...]: configuring does, with that.
stops() {
  sentence=$1
  shift
  rm -rf outside/build
  ! configure outside "$@" || fail "configures, and does not say: $sentence"
  tr -s '\n ' ' ' < "$log" | grep -qF "$sentence" || fail "stops without: $sentence"
}

refuse() {
  copy outside
  # A machine without asn1c.
  mkdir bin
  ln -s /usr/bin/* bin/
  rm bin/asn1c
  printf '#!/bin/sh\necho "ASN.1 Compiler, v0.9.29" >&2\n' > other-asn1c
  chmod +x other-asn1c
  without="-DCMAKE_IGNORE_PATH=/usr/bin;/bin"
  path=$PATH
  PATH=$scratch/bin
  stops "qember needs asn1c 0.9.28 (on Debian: apt-get install asn1c)." "$without"
  mkdir plain
  cp "$source/tests/package/find_package/CMakeLists.txt" plain/
  echo '#include <qember/advanced/asn1/types.hpp>
int main() { return qember::asn1::schema().fingerprint.size() == 16 ? 0 : 1; }' > plain/main.cpp
  configure plain "$without" -DSOURCES=main.cpp || fail "the library needs asn1c"
  build example && plain/build/example || fail "the library does not work without asn1c"
  PATH=$path
  stops "other-asn1c says it is \"ASN.1 Compiler, v0.9.29\"." "-DASN1C_EXECUTABLE=$scratch/other-asn1c"

  # The fast path does not follow this: the type, the shape wanted and the shape found.
  rm -rf outside/build
  sed -f "$source/tests/schema/changes/swapped.sed" "$shared/schema/migration.schema" > outside/vmm.schema
  configure outside || fail "does not configure"
  ! build read_stream || fail "pages of another shape are taken"
  grep -qF "$(cat "$source/tests/schema/changes/swapped.refused")" "$log" || fail "stops without the shape"
}

"$what"
