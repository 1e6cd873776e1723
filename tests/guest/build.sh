#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Assemble the test guest: build.sh OUTDIR [NAME=VALUE...]
#
# Writes OUTDIR/dirty.bin, 64 KiB for qemu-system-x86_64 -bios. NAME=VALUE sets
# one of the symbols at the top of dirty.S, such as STILL_PAGES=32768. Needs
# GNU binutils that know x86 (as, ld, objcopy; AS, LD, OBJCOPY name others).
set -eu

out=${1:?usage: build.sh OUTDIR [NAME=VALUE...]}
shift
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"

defines=
for setting in "$@"; do
    defines="$defines --defsym $setting"
done

# shellcheck disable=SC2086  # one word per option is wanted
"${AS:-as}" --32 $defines -o "$out/dirty.o" "$here/dirty.S"
"${LD:-ld}" -m elf_i386 -T "$here/dirty.ld" -o "$out/dirty.elf" "$out/dirty.o"
"${OBJCOPY:-objcopy}" -O binary "$out/dirty.elf" "$out/dirty.bin"
rm -f "$out/dirty.o" "$out/dirty.elf"
