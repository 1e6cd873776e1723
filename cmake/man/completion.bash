# SPDX-License-Identifier: LGPL-2.1-or-later
# `_qember_words` has the verbs and options, the options of each verb, and the values of options and arguments
# that have some: words, `@` and a kind of names in the file on the line, or nothing for a file.

# _qember_names KIND FILE: a name a line, of those that a terminal may see as they are.
_qember_names() {
  local what='s/^{"record":"section","name":"\([^"\\]*\)","instance":\([0-9]*\),.*/\1\/\2/p'
  [[ $1 != @blocks ]] || what='s/^{"record":"block","name":"\([^"\\]*\)",.*/\1/p'
  [[ -z $2 ]] || command qember ls --json -- "$2" 2> /dev/null | sed -n "$what"
}

_qember() {
  # Names hold colons, at which bash ends words.
  local line=${COMP_LINE:0:COMP_POINT} verb='' file='' current='' before='' values word
  local -a words
  read -ra words <<< "$line"
  if [[ $line != *[[:space:]] ]]; then
    current=${words[-1]}
    unset 'words[-1]'
  fi
  before=${words[-1]}
  for word in "${words[@]:1}"; do
    if [[ -z $verb && $word != -* ]]; then
      verb=$word
    elif [[ -z $file && -n $verb && -f $word ]]; then
      file=$word
    fi
  done
  COMPREPLY=()
  if [[ -v _qember_words[$verb:$before] ]]; then
    values=${_qember_words[$verb:$before]}
  elif [[ -z $verb || $current == -* ]]; then
    values=${_qember_words[${verb:-qember}]}
  elif [[ -n $file && -v _qember_words[$verb:] ]]; then
    values=${_qember_words[$verb:]}
  fi
  # Names come from a stream: they are never expanded.
  local -a offered
  if [[ $values == @* ]]; then
    mapfile -t offered < <(_qember_names "$values" "$file")
  else
    read -ra offered <<< "$values"
  fi
  local passed=''
  [[ $COMP_WORDBREAKS != *:* || $current != *:* ]] || passed=${current%"${current##*:}"}
  for word in "${offered[@]}"; do
    [[ $word != "$current"* ]] || COMPREPLY+=("$(printf '%q' "${word#"$passed"}")")
  done
}
complete -o default -F _qember qember
