#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a shell offers for a line of `qember`: verbs, options, values, and names that are in the file on the line,
# which is never asked to run anything. usage: completion.sh SHELL DIRECTORY COMMAND SAMPLE
# DIRECTORY has the completions, as the build wrote them.
set -eu
shell=$1
made=$2
command=$3
sample=$4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
PATH=$(dirname "$command"):$PATH
export PATH
cd "$scratch"
cp "$sample" vm.save
# A device whose name is a command.
{ printf 'QEVM\0\0\0\003\007\0\0\0\001p\004\0\0\0\001\015$(touch told)\0\0\0\0\0\0\0\001x\176\0\0\0\001\0'; } > hostile.save

# complete LINE: what is offered behind it, a word a line.
case $shell in
  bash)
    complete() {
      bash --norc -c '. "$1/qember.bash"; COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDBREAKS=" :"
        _qember; printf "%s\n" "${COMPREPLY[@]}"' - "$made" "$1"
    } ;;
  fish)
    complete() { fish --no-config -c "source $made/qember.fish; complete -C '$1'" | cut -f 1; } ;;
  zsh)
    # compadd as the line editor's own is there while it completes alone: ours prints what would be offered.
    complete() {
      zsh -f -c 'compdef() { }; compadd() { [[ $1 != -- ]] || shift; for word; do
          [[ $word != "$current"* ]] || print -r -- $word; done; }
        _files() { print -rl -- *(N) }
        . "$1/_qember"; words=(${(z)2}); [[ $2 != *" " ]] || words+=("")
        CURRENT=$#words current=${words[CURRENT]}; _qember' - "$made" "$1"
    } ;;
esac

fail() {
  echo "completion.sh: $shell: $*" >&2
  exit 1
}
offers() {
  complete "$1" > offered
  grep -qxF -e "$2" offered || fail "\"$1\" is not offered $2: $(tr '\n' ' ' < offered)"
}
offers 'qember che' check
offers 'qember check --js' --json
offers_only() {
  complete "$1" > offered
  [ "$(sort offered | xargs)" = "$2" ] || fail "\"$1\" is offered $(xargs < offered), not $2"
}
offers_only 'qember encode --limits t' trusted
offers_only 'qember show --color a' 'always auto'
offers 'qember show vm.save --device ' cpu_common/0
offers 'qember extract vm.save --block p' pc.bios
offers 'qember read vm.save p' pc.bios
complete 'qember read vm.save ' > offered
grep -qxF pc.bios offered || fail "a block to read is not offered"
! grep -q '^cpu' offered || fail "a place to read is no device"
complete 'qember show hostile.save --device ' > offered
grep -q 'touch' offered || fail "the device of a name that is a command is not offered"
[ ! -e told ] || fail "a name was run"
