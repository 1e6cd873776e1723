#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The code is as clang-format 19 leaves it. usage: format.sh SOURCE
set -eu
cd "$1"
find generated include src tests \( -name '*.[ch]pp' -o -name '*.[ch]' \) -exec clang-format-19 --dry-run --Werror {} +
