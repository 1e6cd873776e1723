#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The example of the README shows of a saved VM what QEMU itself showed before: in both forms, and from a pipe.
# usage: look.sh EXAMPLE QEMBER SOURCE
set -eu
example=$1
qember=$2
source=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# The README has the example as it is.
sed -n '/^#include <qember\/saved_vm.hpp>$/,/^```$/{/^```$/q;p}' "$source/README.md" > readme.cpp
grep -v '^//' "$source/tests/example/look.cpp" > example.cpp
diff readme.cpp example.cpp

# `rip 0000fff0` as `rip fff0`.
without_zeros() {
  sed 's/ 0*\([0-9a-f]\)/ \1/'
}

# save COMMAND...: a machine's registers and first page as its monitor tells them, and then those commands.
# The firmware has begun to work by then, wherever it has come.
save() {
  {
    sleep 2
    printf '%s\n' stop 'info registers' 'pmemsave 0 4096 page' "$@" quit
  } | timeout 60 qemu-system-x86_64 -M pc -accel tcg -m 64M -nodefaults -display none -monitor stdio > monitor

  {
    # Where the CPU runs less than 64 bits wide, the monitor prints the low half alone.
    tr ' \r' '\n\n' < monitor | sed -n \
      -e 's/^[ER]FL=/rflags /p' -e 's/^CR\([034]\)=/cr\1 /p' \
      -e 's/^[ER]\([ABCD]X\|[SD]I\|[SBI]P\)=/r\1 /p' | tr 'A-Z' 'a-z' | without_zeros | sort
    echo 'pc.ram 67108864'
    od -An -v -tx1 page | tr -s ' \n' '\n' | sed -n 's/^0\{0,1\}\(.\)/\1/p'
  } > expected
  test "$(wc -l < expected)" = $((14 + 4096))
}

# look FILE: the example, on the file and with it on standard input, shows that.
look() {
  for from in "$1" -; do
    "$example" "$from" 0 < "$1" > output
    {
      grep -E '^(r([abcd]x|[sd]i|[sbi]p|flags)|cr[034]) ' output | sed 's/ 0x/ /' | without_zeros | sort
      grep '^pc.ram' output
      tail -n 1 output | tr ' ' '\n' | sed '/^$/d'
    } > found
    diff expected found
    grep -q '^irr ' output
  done
  cat "$1" | "$example" - 0 > piped
  cmp output piped
}

save 'migrate exec:cat>vm.mig'
"$qember" encode vm.mig -o vm.ber
look vm.mig
look vm.ber

# QEMU 9 and later have mapped-ram; an older one says that it has not.
save 'migrate_set_capability mapped-ram on' 'migrate file:vm.mapped'
if ! grep -q '^Error: invalid parameter value: mapped-ram' monitor; then
  "$qember" encode vm.mapped -o mapped.ber
  look vm.mapped
  look mapped.ber
fi
