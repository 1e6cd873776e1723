#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A real libvirt, of this test's own, saves a guest in each format that it has; the memory that comes out is what the
# guest had. It restores what is made of the stream in turn, with that memory. usage: libvirt.sh QEMBER
set -eu
qember=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
  echo "libvirt.sh: $*" >&2
  exit 1
}

mkdir -p "$scratch/root/etc"
cat > "$scratch/vm.xml" <<END
<domain type='qemu'>
  <name>a &lt;guest&gt;</name>
  <memory unit='MiB'>16</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices><controller type='usb' model='none'/><memballoon model='none'/></devices>
</domain>
END

# virsh ends with the last command, and so does the guest. Root has no user for QEMU outside of the packages.
virsh_of_its_own() {
  as=
  [ "$(id -u)" != 0 ] || as="setpriv --reuid=65534 --regid=65534 --clear-groups"
  [ -z "$as" ] || chown -R 65534:65534 "$scratch"
  $as env HOME="$scratch" XDG_RUNTIME_DIR="$scratch/root" XDG_CACHE_HOME="$scratch/root" \
    XDG_CONFIG_HOME="$scratch/root" virsh -c "qemu:///embed?root=$scratch/root" > "$scratch/said" 2>&1
}

saved=0
for format in raw gzip bzip2 xz lzop zstd sparse; do
  echo "save_image_format = \"$format\"" > "$scratch/root/etc/qemu.conf"
  rm -f "$scratch/memory" "$scratch/vm.save"
  virsh_of_its_own <<END || { cat "$scratch/said"; fail "virsh"; }
create $scratch/vm.xml
suspend "a <guest>"
qemu-monitor-command "a <guest>" --hmp 'pmemsave 0 0x1000000 "$scratch/memory"'
save "a <guest>" $scratch/vm.save
destroy "a <guest>"
END
  # An older one knows neither zstd nor sparse.
  ! grep -q "Invalid save image format" "$scratch/said" || continue
  [ -s "$scratch/vm.save" ] && [ -s "$scratch/memory" ] || { cat "$scratch/said"; fail "nothing was saved"; }
  "$qember" info "$scratch/vm.save" > "$scratch/info" || fail "info of $format"
  way="libvirt save ($format) > QEVM"
  [ "$format" != raw ] || way="libvirt save > QEVM"
  grep -qxF "way in       $way" "$scratch/info" || fail "not $way: $(head -n 1 "$scratch/info")"
  grep -qxF "domain       a <guest>" "$scratch/info" || fail "not the domain: $(cat "$scratch/info")"
  grep -qxF "restores     paused" "$scratch/info" || fail "not paused"
  "$qember" info --xml "$scratch/vm.save" | grep -q "<cookie>" || fail "no cookie in $format"
  found=$("$qember" check "$scratch/vm.save") && [ -z "$found" ] || fail "check of $format: $found"
  rm -rf "$scratch/ram"
  "$qember" extract --ram "$scratch/ram" "$scratch/vm.save" || fail "extract of $format"
  # A PC shows its display and its BIOS between 640 KiB and 1 MiB.
  cmp -n $((640 * 1024)) "$scratch/memory" "$scratch/ram/pc.ram" || fail "low memory of $format"
  cmp -i $((1024 * 1024)) "$scratch/memory" "$scratch/ram/pc.ram" || fail "high memory of $format"
  "$qember" encode "$scratch/vm.save" -o "$scratch/vm.ber" || fail "encode of $format"
  as_format=$format
  [ "$format" != lzop ] || as_format=raw # its library is under the GPL
  "$qember" wrap "$scratch/vm.ber" --like "$scratch/vm.save" --format "$as_format" -o "$scratch/again.save" ||
    fail "wrap as $as_format"
  rm -f "$scratch/restored"
  virsh_of_its_own <<END || { cat "$scratch/said"; fail "virsh restore of $as_format"; }
restore $scratch/again.save
qemu-monitor-command "a <guest>" --hmp 'pmemsave 0 0x1000000 "$scratch/restored"'
resume "a <guest>"
domstate "a <guest>"
destroy "a <guest>"
END
  grep -qx running "$scratch/said" || { cat "$scratch/said"; fail "the guest does not go on, of $as_format"; }
  cmp "$scratch/memory" "$scratch/restored" || fail "restored memory of $as_format"
  echo "$format: the same memory, and restored as $as_format"
  saved=$((saved + 1))
done
[ $saved -ge 5 ] || fail "only $saved formats"
