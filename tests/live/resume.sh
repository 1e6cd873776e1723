#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The README's story of a suspended VM that no longer starts, in its own commands: resume.sh QEMBER GUEST README
#
# The VM was suspended with a ROM of another size. Its guest checks its memory all the time, and is to go on.
set -eu

qember=$1 guest=$2 readme=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# The programs that the story calls, with the guest of the test in the VM.
mkdir bin
ln -s "$qember" bin/qember
cat >bin/qemu-system-x86_64 <<END
#!/bin/sh
exec $(command -v qemu-system-x86_64) -accel tcg -m 16 -bios "$guest" -display none -debugcon file:$work/console "\$@"
END
chmod +x bin/qemu-system-x86_64
PATH=$work/bin:$PATH

awk '/^## A suspended VM/ { in_it = 1 } in_it && /^```/ { if (in_block) exit; in_block = 1; next } in_block' \
  "$readme" >story
grep -q 'qember edit' story

# Suspended by another QEMU, whose ROM is larger.
qemu-img create -q -f qcow2 vm.qcow2 1M
head -c 524288 /dev/zero >large.rom
sed -n '/^vm()/p' story >vm
. ./vm
(sleep 3; echo 'savevm suspend'; echo quit) | vm -global virtio-net-pci.romfile="$work/large.rom" >suspended
number() { sed -n 's/^round \([0-9a-fA-F]*\) .*/\1/p' console; }
had=$(number | tail -n 1)
(sleep 1; echo quit) | vm -loadvm suspend >refused 2>&1 && { echo 'it was not refused'; exit 1; }
grep -q 'Size mismatch' refused

# What preflight finds is no failure of the story.
sed -i -e 's|  *# .*||' -e 's|^qember preflight.*|& \|\| test $? = 1|' story
sh -eu story >said 2>&1 || { cat said; exit 1; }
grep -q 'Size mismatch' said

# It was started at last, and the guest went on from where it was: no round was lost, and none began anew.
! grep -q BAD console
first=$(number | head -n 1)
test $((0x$first)) -gt 1 && test $((0x$first)) -le $((0x$had + 1)) || { echo "$had, then $first"; exit 1; }
