# SPDX-License-Identifier: LGPL-2.1-or-later
# `_qember_words` has the verbs and options, the options of each verb, and the values of options that have
# some; an option with a file for its value has none there, and is left to bash.
_qember() {
  local word verb='' current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $word != -* ]]; then
      verb=$word
      break
    fi
  done
  COMPREPLY=()
  if [[ -v _qember_words[$verb:$before] ]]; then
    COMPREPLY=($(compgen -W "${_qember_words[$verb:$before]}" -- "$current"))
  elif [[ -z $verb || $current == -* ]]; then
    COMPREPLY=($(compgen -W "${_qember_words[${verb:-qember}]}" -- "$current"))
  fi
}
complete -o default -F _qember qember
