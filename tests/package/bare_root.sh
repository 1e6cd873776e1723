#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# By hand, as root: installs the packages in a copy of a bare Debian root, such as debootstrap makes, uses the
# command, and builds the VMM with schemas of its own there, old and new, which send each other their guests.
# usage: bare_root.sh ROOT SOURCE DEB...
set -eu
bare=$1
source=$(realpath "$2")
shift 2
root=$(mktemp -d)
leave() {
  umount "$root/proc" "$root/dev" 2> /dev/null || [ $? -gt 0 ]
  rm -rf --one-file-system "$root"
}
trap leave EXIT
cp -a "$bare/." "$root/"
mkdir -p "$root/work"
cp "$@" "$root/work/"
cp -R "$source/tests/package" "$source/tests/streams" "$root/work/"
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
chroot "$root" sh -eux <<'END'
export DEBIAN_FRONTEND=noninteractive
cd /work
apt-get -qq update
apt-get -qq install --no-install-recommends ./qember_*.deb > /dev/null
qember --version
qember encode streams/sample.mig -o sample.ber
qember check streams/sample.mig sample.ber
qember decode sample.ber | cmp - streams/sample.mig
apt-get -qq install --no-install-recommends ./libqember-dev_*.deb cmake g++ make asn1c binutils > /dev/null
cp -R package/own_schema old
cp /usr/share/qember/schema/migration.schema old/vmm.schema
sed -f old/other.sed old/vmm.schema > old/other.schema
sed -f old/machine.sed old/vmm.schema > old/machine.schema
cp -R old new
sed -f old/extend.sed old/vmm.schema > new/vmm.schema
sed -f old/machine_new.sed old/machine.schema > new/machine.schema
cmake -S old -B old/build -DCMAKE_BUILD_TYPE=Debug > log || { cat log; exit 1; }
cmake --build old/build --target read_stream vmm_machine > log || { cat log; exit 1; }
cmake -S new -B new/build -DCMAKE_BUILD_TYPE=Debug -DNEW_MACHINE=ON > log || { cat log; exit 1; }
cmake --build new/build > log || { cat log; exit 1; }
new/build/read_stream sample.ber
new/build/add_screen sample.ber screen.ber node.ber
new/build/read_stream screen.ber
new/build/two_schemas
if old/build/read_stream screen.ber; then exit 1; fi
if qember check screen.ber node.ber; then exit 1; fi
qember info sample.ber | grep schema
# sends FROM TO ARGUMENT...: the memory and the devices arrive as they were.
sends() {
  from=$1 to=$2
  shift 2
  rm -f socket
  $to/build/vmm_machine receive socket 256 "$@" > received &
  $from/build/vmm_machine send socket 256 "$@" > sent
  wait $!
  grep memory received | cmp - sent
}
sends old old own
sends old new own
sends new old own lossy
sends new new own lossy clock
sends old old library
END
echo "bare_root.sh: all of it works"
