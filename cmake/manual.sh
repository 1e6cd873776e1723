#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Manual pages and bash's completion, from the command's own help and the prose in man/.
# usage: manual.sh QEMBER VERSION OUT
set -eu
qember=$1
version=$2
out=$3
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"

# as man|bash VERB: the help of the verb, or of the command for none, as a page or as words to complete.
as() {
  "$qember" $2 --help |
    awk -f "$here/manual.awk" -v as="$1" -v verb="$2" -v version="$version" -v prose="$here/man/${2:-qember}.man"
}

verbs=$("$qember" --help | awk '/^Subcommands:/ { inside = 1; next } /^[^ ]/ { inside = 0 } inside && NF { print $1 }')
test -n "$verbs"
as man "" > "$out/qember.1"
for verb in $verbs; do
  test -f "$here/man/$verb.man" || { echo "manual.sh: $verb has no man/$verb.man" >&2; exit 1; }
  as man "$verb" > "$out/qember-$verb.1"
done
{
  echo "# bash completion for qember. Made from the command's help; changes are lost."
  echo "declare -gA _qember_words=("
  for verb in "" $verbs; do as bash "$verb"; done
  echo ")"
  cat "$here/completion.bash"
} > "$out/qember.bash"
