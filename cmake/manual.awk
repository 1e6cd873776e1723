# SPDX-License-Identifier: LGPL-2.1-or-later
# The help of the command or of a verb (CLI11's), as a manual page, or as a part of a completion for bash.
# usage: qember VERB --help | awk -f manual.awk -v as=man|bash -v verb=VERB -v version=V -v prose=VERB.man

function text(s) {  # for troff
  gsub(/\\/, "\\e", s)
  gsub(/-/, "\\-", s)
  return s
}

function lines_of(file, from, until,    line, inside, all) {  # sections of the prose
  while ((getline line < file) > 0) {
    if (line ~ /^\.SH/) inside = from == "" ? 1 : line ~ from
    if (line ~ /^\.SH/ && until != "" && line ~ until) inside = 0
    if (inside) all = all line "\n"
  }
  close(file)
  return all
}

# An option or an argument, as the help has it: `-o,--output FILE=-`.
function item(name, description,    names, type, given, rest) {
  rest = ""
  if (match(name, / /)) {
    rest = substr(name, RSTART + 1)
    name = substr(name, 1, RSTART - 1)
  }
  given = ""
  sub(/ ?REQUIRED$/, "", rest)
  if (match(rest, /=.*$/)) {
    given = substr(rest, RSTART + 1)
    rest = substr(rest, 1, RSTART - 1)
  }
  if (rest ~ /^TEXT:\{/) { gsub(/^TEXT:\{|\}$/, "", rest); gsub(/,/, "|", rest) }
  sub(/^UINT:SIZE/, "SIZE", rest)
  sub(/^UINT(:POSITIVE)?/, "N", rest)
  sub(/ ?\.\.\.$/, "...", rest)
  if (name !~ /^-/ && rest ~ /^TEXT/) sub(/^TEXT/, "", rest)
  option_names[++options] = name
  option_values[options] = rest
  option_defaults[options] = given
  option_texts[options] = description
  option_notes[options] = note
}

NR == 1 { title = $0; next }
/^Usage: / { usage = substr($0, 8); next }
/^\[Option Group/ { in_items = 1; next }
/^ +\[.*\]$/ { note = $0; gsub(/^ +\[|\]$/, "", note); sub(/follow options/, "following options", note); next }
/^ *(Positionals|Options|Subcommands):$/ { in_items = 1; verbs = /Subcommands/; next }
/^[^ ]/ { in_items = 0 }
!in_items || /^ *$/ { next }
match($0, /^ +/) && RLENGTH < 8 {
  line = $0
  sub(/^ +/, "", line)
  description = ""
  if (match(line, /  +/)) {
    description = substr(line, RSTART + RLENGTH)
    line = substr(line, 1, RSTART - 1)
  }
  if (verbs) { verb_names[++count] = line; verb_texts[count] = description }
  else item(line, description)
  next
}
{ sub(/^ +/, ""); if (!verbs) option_texts[options] = option_texts[options] (option_texts[options] == "" ? "" : " ") $0 }

function man_option(i,    names, n, k, head) {
  n = split(option_names[i], names, ",")
  for (k = 1; k <= n; ++k)
    head = head (k > 1 ? ", " : "") (names[k] ~ /^-/ ? "\\fB" : "\\fI") text(names[k]) "\\fR"
  if (option_values[i] != "")
    head = head (option_names[i] ~ /^-/ ? " " : "") (option_values[i] ~ /\|/ ? "\\fB" : "\\fI") text(option_values[i]) "\\fR"
  printf ".TP\n%s\n%s", head, text(option_texts[i])
  if (option_defaults[i] != "") printf " (default: %s)", text(option_defaults[i])
  print "."
}

function man(    i, page) {
  page = verb == "" ? "qember" : "qember-" verb
  printf ".\\\" Made from the command's help; changes are lost.\n.TH %s 1 \"\" \"qember %s\" \"User Commands\"\n", toupper(text(page)), version
  # As in the middle of a sentence, but for names.
  title = title ~ /^[A-Z][A-Z]/ ? title : tolower(substr(title, 1, 1)) substr(title, 2)
  printf ".SH NAME\n%s \\- %s\n.SH SYNOPSIS\n", text(page), text(title)
  gsub(/\[OPTIONS\]/, "[\\fIOPTION\\fR]...", usage)
  sub(/SUBCOMMAND/, "\\fIVERB\\fR [\\fIARGUMENT\\fR]...", usage)
  sub(/^qember( [a-z]+)?/, "\\fB&\\fR", usage)
  print usage
  printf "%s", lines_of(prose, "^.SH DESCRIPTION", "^.SH (EXAMPLES|ENVIRONMENT)")
  if (count) {
    print ".SH VERBS"
    for (i = 1; i <= count; ++i)
      printf ".TP\n\\fB%s\\fR\n%s; see\n.BR qember\\-%s (1).\n", verb_names[i], text(verb_texts[i]), verb_names[i]
  }
  print ".SH OPTIONS"
  last = ""
  for (i = 1; i <= options; ++i) {
    if (option_notes[i] != last) printf ".PP\n%s:\n", text(option_notes[i])
    last = option_notes[i]
    man_option(i)
  }
  printf "%s", lines_of(prose, "^.SH ENVIRONMENT", "^.SH EXAMPLES")
  print ".SH EXIT STATUS"
  if (verb == "diff") {
    print ".TP\n.B 0\nThe two are the same.\n.TP\n.B 1\nThey differ.\n.TP\n.B 2\nUsage, input or output; also an invalid stream."
  } else {
    print ".TP\n.B 0\nAll went well.\n.TP\n.B 1\nThe stream is invalid, of unknown magic, or of the other form than the verb wants."
    print ".TP\n.B 2\nUsage, input or output; a closed pipe too."
    print ".TP\n.B 3\nThe input ends early, and is sound up to there."
    print ".TP\n.B 4\nThe stream is valid, but not supported or beyond the limits."
  }
  print ".TP\n.B 70\nAn error of\n.BR qember \"'s own.\""
  if (verb != "diff") print ".PP\nWhere several apply: 70, then 2, 1, 3, 4."
  printf "%s", lines_of(prose, "^.SH EXAMPLES", "")
  print ".SH SEE ALSO"
  if (verb != "") print ".BR qember (1),"
  print ".BR qemu (1)"
}

function bash(    i, k, n, names, words, values) {
  for (i = 1; i <= options; ++i) {
    n = split(option_names[i], names, ",")
    for (k = 1; k <= n; ++k) {
      if (names[k] !~ /^-/) continue
      words = words " " names[k]
      if (option_values[i] ~ /\|/) {
        values = option_values[i]
        gsub(/\|/, " ", values)
        printf "  [%s:%s]='%s'\n", verb, names[k], values
      } else if (option_values[i] ~ /^(FILE|DIR|CORE)/) {
        printf "  [%s:%s]=\n", verb, names[k]
      }
    }
  }
  for (i = 1; i <= count; ++i) words = words " " verb_names[i]
  printf "  [%s]='%s'\n", verb == "" ? "qember" : verb, substr(words, 2)
}

END { if (as == "man") man(); else bash() }
