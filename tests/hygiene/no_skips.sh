#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No test is hidden, disabled, allowed to fail or commented out. usage: no_skips.sh SOURCE
set -eu
cd "$1"
hidden='"[^"]*\[(\.|!mayfail|!shouldfail|!hide)[^"]*"|CATCH_CONFIG_DISABLE|SKIP\('
disabled='DISABLED|WILL_FAIL|SKIP_RETURN_CODE|SKIP_REGULAR_EXPRESSION'
excused='\|\| *(true|:)( |$)|^ *#if 0|^ *//.*TEST_CASE\('
# The guest is made and captured by tools, which are not tests.
! grep -rnE --exclude-dir=hygiene --exclude-dir=guest "$hidden|$disabled|$excused" tests .ci
