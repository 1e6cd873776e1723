#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs, and looks at what is there. usage: install.sh BUILD PREFIX
set -eu
build=$1
prefix=$2
rm -rf "$prefix"
cmake --install "$build" --prefix "$prefix" > /dev/null

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

for file in bin/qember include/qember/advanced/core/version.hpp include/qember/advanced/asn1/types.hpp \
  share/doc/qember/LICENSE share/doc/qember/NOTICES; do
  [ -f "$prefix/$file" ] || fail "no $file"
done
grep -q 'Lev Walkin' "$prefix/share/doc/qember/NOTICES" || fail "no notice of asn1c's"
"$prefix/bin/qember" --version > /dev/null

# Headers: ours, and only those without private parts.
private=$(find "$prefix/include" -type f \
  ! -regex '.*/include/qember/\(advanced/[a-z0-9]+/\)?[a-z0-9_]+\.hpp' -o -path '*/generated/*' -type f)
[ -z "$private" ] || fail "installed headers that are not ours: $private"

# Symbols: what the archive defines for others is in a namespace of ours or begins with our name, but for
# templates and inline functions (weak, V and W), which belong to the headers they come from.
library=$(find "$prefix" -name libqember.a)
symbols=$(nm --extern-only --defined-only "$library" | awk 'NF == 3 { print $2, $3 }')
[ "$(echo "$symbols" | wc -l)" -gt 100 ] || fail "no symbols in $library"
ours='^. (__odr_asan\.)?(_Z(T[hv][n0-9_]+)?[A-Z]*6qember|qember_)'
foreign=$(echo "$symbols" | grep -v '^[uvVwW] ' | grep -vE "$ours" || [ $? = 1 ])
[ -z "$foreign" ] || fail "symbols that are not ours: $foreign"
leaked=$(echo "$symbols" | grep -E ' (asn_|ber_|der_|xer_|per_|uper_|[A-Z][A-Za-z_]+_(free|print|encode|decode))' || [ $? = 1 ])
[ -z "$leaked" ] || fail "symbols of asn1c: $leaked"
