#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every #include goes down the layers of layers.txt. usage: layering.sh SOURCE GENERATED
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$1"
find include src "$2" \( -name '*.hpp' -o -path 'src/*.cpp' \) -exec awk -f "$here/layering.awk" "$here/layers.txt" {} +
