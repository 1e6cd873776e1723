# SPDX-License-Identifier: LGPL-2.1-or-later
# For zsh: see completion.bash, whose table this has.
_qember_names() {
  local what='s/^{"record":"section","name":"\([^"\\]*\)","instance":\([0-9]*\),.*/\1\/\2/p'
  [[ $1 != @blocks ]] || what='s/^{"record":"block","name":"\([^"\\]*\)",.*/\1/p'
  [[ -z $2 ]] || command qember ls --json -- "$2" 2> /dev/null | sed -n "$what"
}

_qember() {
  local verb='' file='' word values
  for word in "${(@Q)words[2,CURRENT-1]}"; do
    if [[ -z $verb && $word != -* ]]; then
      verb=$word
    elif [[ -z $file && -n $verb && -f $word ]]; then
      file=$word
    fi
  done
  local key="$verb:${words[CURRENT-1]}"
  if (( ! ${+_qember_words[$key]} )); then
    key=${verb:-qember}
    if [[ -n $verb && ${words[CURRENT]} != -* ]]; then
      key="$verb:"
      if [[ -z $file ]] || (( ! ${+_qember_words[$key]} )); then
        _files
        return
      fi
    fi
  fi
  values=${_qember_words[$key]}
  if [[ $values == @* ]]; then
    # Names come from a stream: they are quoted where that is needed.
    compadd -- "${(@f)$(_qember_names "$values" "$file")}"
  elif [[ -n $values ]]; then
    compadd -- ${=values}
  else
    _files
  fi
}
compdef _qember qember
