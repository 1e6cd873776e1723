#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No test is hidden, disabled, allowed to fail or commented out. usage: no_skips.sh SOURCE
set -euf
cd "$1"
# What would hide a failure, as Catch2, CTest and the shell spell it: the words that are looked for below,
# and none of them is in use here.
may_fail='\[!(mayfail|shouldfail|hide)\]|CATCH_CONFIG_DISABLE|SKIP\('
disabled='DISABLED|WILL_FAIL|SKIP_RETURN_CODE|SKIP_REGULAR_EXPRESSION'
excused='\|\| *(true|:)( |$)|^ *#if 0|^ *//.*TEST_CASE\('
failed=0
# The guest is made and captured by tools, which are not tests.
! grep -rnE --exclude-dir=hygiene --exclude-dir=guest "$may_fail|$disabled|$excused" tests .ci || failed=1

# A test that Catch2 leaves out unless it is named, since it wants an environment of its own, is named by
# its tag where it is registered.
tags=$(grep -rhoE --include='*.cpp' '\[\.[^]]*\]' tests | tr ' ' '?' | sort -u)
registered=$(find tests -name CMakeLists.txt -exec sed 's/#.*//' {} +)
for tag in $tags; do
  tag=$(echo "$tag" | tr '?' ' ')
  echo "$registered" | grep -qF "\"$tag\"" || { echo "tests tagged $tag are never run" >&2; failed=1; }
done
exit $failed
