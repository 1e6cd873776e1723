#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian's packages: lintian finds no error, and what is in them works where they are unpacked.
# usage: deb.sh BUILD SCRATCH SAMPLE
set -eu
build=$1
scratch=$2
sample=$3
rm -rf "$scratch"
mkdir -p "$scratch"
cd "$scratch"

fail() {
  echo "deb.sh: $*" >&2
  exit 1
}
cpack --config "$build/CPackConfig.cmake" -B "$scratch" > log 2>&1 || { cat log; fail "cpack"; }
command=$(echo qember_*.deb)
library=$(echo libqember-dev_*.deb)
[ -f "$command" ] && [ -f "$library" ] || fail "not two packages: $(ls)"
root=
[ "$(id -u)" != 0 ] || root=--allow-root
lintian $root --fail-on error --tag-display-limit 0 "$command" "$library" || fail "lintian"

mkdir root
for package in "$command" "$library"; do
  dpkg-deb -x "$package" root
  name=${package%%_*}
  for file in copyright changelog.gz; do
    [ -f "root/usr/share/doc/$name/$file" ] || fail "$name has no $file"
  done
done
architecture=$(dpkg-architecture -q DEB_HOST_MULTIARCH)
[ -f "root/usr/lib/$architecture/libqember.a" ] || fail "the library is not in lib/$architecture"
for needed in libbz2-dev libfmt-dev liblzma-dev libzstd-dev zlib1g-dev; do
  dpkg-deb -f "$library" Depends | grep -q "$needed" || fail "libqember-dev does not depend on $needed"
done
dpkg-deb -f "$library" Recommends | grep -q asn1c || fail "libqember-dev does not recommend asn1c"
dpkg-deb -f "$command" Depends | grep -q libc6 || fail "qember does not depend on its libraries"
version=$(dpkg-deb -f "$command" Version)
zcat root/usr/share/doc/qember/changelog.gz | grep -q "^qember ($version)" || fail "no entry for $version in the changelog"

# A page for the command and each verb, with every option of its help, and a completion that knows them too.
qember=$scratch/root/usr/bin/qember
# The parser's help differs with its version, in capitals and in spaces.
verbs=$("$qember" --help | awk '/^Verbs:/ { inside = 1; next } /^[^ ]/ { inside = 0 } inside && /^  [a-z]/ { print $1 }')
[ "$(echo "$verbs" | wc -l)" -ge 8 ] || fail "not the verbs: $verbs"
for verb in "" $verbs; do
  page=root/usr/share/man/man1/qember${verb:+-$verb}.1.gz
  text=$(zcat "$page" | sed 's/\\f[BIR]//g; s/\\-/-/g; s/\\//g')
  for part in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
    echo "$text" | grep -q "^.SH $part" || fail "$page has no $part"
  done
  options=$("$qember" $verb --help | grep -oE '^ +(-[a-z], *)?--[a-z-]+' | grep -oE -e '--[a-z-]+')
  for option in $options; do
    echo "$text" | grep -qE -e "^(-., )?$option" || fail "$page has no $option"
  done
  offered=$(bash -c '. root/usr/share/bash-completion/completions/qember
    COMP_LINE="qember $1 -" COMP_POINT=${#COMP_LINE}; _qember; echo "${COMPREPLY[@]}"' - $verb)
  for option in $options; do
    echo " $offered " | grep -qF -e " $option " || fail "bash is not offered $option after qember $verb"
  done
done
for file in share/zsh/vendor-completions/_qember share/fish/vendor_completions.d/qember.fish share/man/man5/qember.5.gz; do
  [ -f "root/usr/$file" ] || fail "no $file"
done
"$qember" encode "$sample" -o sample.ber
for stream in "$sample" sample.ber; do
  file -b -m root/usr/share/qember/magic "$stream" | grep -q '^QEMU migration stream' || fail "file(1) does not know $stream"
done
