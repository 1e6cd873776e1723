#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The example moves its guest, and what went over the socket is a sound stream, in BER and in QEMU's form.
# usage: migrate.sh EXAMPLE QEMBER
set -eu
example=$1
qember=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

"$example" sent.ber
"$qember" check sent.ber
"$qember" info sent.ber > info
grep -q 'pc.ram' info
"$qember" show sent.ber > fields
grep -q 'divider' fields
"$qember" decode sent.ber -o sent.mig
"$qember" check sent.mig
"$qember" encode sent.mig -o again.ber
cmp sent.ber again.ber
