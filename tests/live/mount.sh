#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files of a stream in a directory: what they hold, many readers at once, and how it ends.
# usage: mount.sh QEMBER SAMPLE
set -eu
qember=$1
sample=$2
scratch=$(mktemp -d)
server=
clean() {
  if mountpoint -q "$scratch/vm"; then fusermount3 -u -z "$scratch/vm"; fi
  if [ -n "$server" ] && kill -0 "$server" 2> /dev/null; then kill "$server"; fi
  rm -rf "$scratch"
}
trap clean EXIT
cd "$scratch"
mkdir vm

fail() {
  echo "mount.sh: $*" >&2
  exit 1
}
is_mounted() { mountpoint -q vm; }
within_ten_seconds() {
  for _ in $(seq 100); do
    if "$@"; then return; fi
    sleep 0.1
  done
  fail "not within ten seconds: $*"
}
is_unmounted() { ! is_mounted; }
records() { grep -c '"record":"progress"' said; }

# In the background: it is there when the command returns.
"$qember" mount "$sample" vm 2> said || fail "mount: $(cat said)"
is_mounted || fail "the command returned before the files were there"
"$qember" extract --raw raw "$sample" 2> /dev/null
"$qember" extract --elf core "$sample" 2> /dev/null
"$qember" extract --ram ram "$sample" 2> /dev/null
cmp raw vm/physical.raw
cmp core vm/core
for block in vm/ram/*; do cmp "$block" "ram/$(basename "$block")"; done
[ "$(ls vm/devices | wc -l)" -gt 5 ] || fail "no devices"
readers=
for _ in 1 2 3 4; do
  cmp raw vm/physical.raw &
  readers="$readers $!"
done
for reader in $readers; do wait "$reader" || fail "one of four readers"; done
if touch vm/new 2> /dev/null || rm -f vm/core 2> /dev/null || sh -c ': > vm/core' 2> /dev/null; then
  fail "something was written"
fi
[ ! -e vm/none ] || fail "a file that is not there is"
# What takes a file without blocks for one hole, which GNU's tar does.
if tar --version | grep -q GNU; then
  mkdir unpacked
  tar -C vm -c -S physical.raw | tar -C unpacked -x
  cmp raw unpacked/physical.raw
fi
fusermount3 -u vm
within_ten_seconds is_unmounted

# How far reading is, which is over when the files are given out: fuse_daemonize wants no threads.
"$qember" mount --progress json "$sample" vm 2> said || fail "mount --progress: $(cat said)"
[ "$(records)" = 1 ] || fail "no progress: $(cat said)"
cmp raw vm/physical.raw
fusermount3 -u vm
within_ten_seconds is_unmounted

# In the foreground: signals unmount. What a shell starts in the background ignores SIGINT otherwise.
for signal in INT TERM HUP; do
  env --default-signal=INT "$qember" mount --foreground --progress json "$sample" vm 2> said &
  server=$!
  within_ten_seconds is_mounted
  [ "$(records)" = 1 ] || fail "progress is not over: $(cat said)"
  kill -s "$signal" "$server"
  wait "$server" || fail "SIG$signal: $?"
  is_unmounted || fail "SIG$signal left it mounted"
done

# Killed: whoever reads gets an error, and does not wait.
"$qember" mount --foreground "$sample" vm 2> said &
server=$!
within_ten_seconds is_mounted
exec 3< vm/physical.raw
kill -s KILL "$server"
if wait "$server"; then fail "a server that was killed ends well"; fi
server=
answer=0
timeout 10 head -c 1 vm/core > /dev/null 2>&1 || answer=$?
[ $answer != 0 ] || fail "a file of a killed server was read"
[ $answer != 124 ] || fail "a reader waits for a killed server"
exec 3<&-
fusermount3 -u vm

# What can't be mounted, and what can't be sought in.
if "$qember" mount "$sample" none 2> said; then fail "a directory that is not there"; fi
head -c 1000 "$sample" > cut
if "$qember" mount cut vm 2> said; then fail "a stream that was cut"; fi
is_unmounted || fail "a stream that was cut is mounted"
"$qember" mount - vm < "$sample" 2> said || fail "standard input: $(cat said)"
cmp raw vm/physical.raw
fusermount3 -u vm
within_ten_seconds is_unmounted
cat "$sample" | "$qember" mount - vm 2> said || fail "a pipe: $(cat said)"
grep -q "can't be sought in" said || fail "it is not said that a pipe is kept: $(cat said)"
cmp raw vm/physical.raw
fusermount3 -u vm
