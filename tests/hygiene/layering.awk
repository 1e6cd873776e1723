# SPDX-License-Identifier: LGPL-2.1-or-later
# Every #include keeps to layers.txt. awk -f layering.awk layers.txt FILE..., paths from the source's top.

function refuse(why) {
  printf "%s:%d: %s %s\n", FILENAME, FNR, $0, why
  refused = 1
}

# The layer of a path such as src/LAYER/x.cpp or .../qember/advanced/LAYER/x.hpp, "face" of qember/x.hpp; nothing
# for other paths.
function layer_of(path) {
  if (path ~ /qember\/generated\/[^\/]*$/) return "ber"  # the schema as data
  if (!sub(/^src\//, "", path) && !sub(/^(.*\/)?qember\/(advanced\/)?/, "", path)) return ""
  if (path ~ /^[^\/]*\.hpp$/) return "face"
  sub(/\/.*/, "", path)
  return path
}

function directory_of(path) {
  sub(/[^\/]*$/, "", path)
  return path
}

FNR == NR {
  if (/^(#|$)/) next
  sub(/:/, "", $1)
  known[$1]
  for (i = 2; i <= NF; ++i) allowed[$1, $i]
  next
}

FNR == 1 {
  files++
  layer = layer_of(FILENAME)
  public = FILENAME ~ /(^|\/)include\/qember\//
  if (!(layer in known)) refuse("is in no layer of layers.txt")
}

/^[ \t]*#[ \t]*include/ {
  match($0, /[<"][^>"]*/)
  quoted = substr($0, RSTART, 1) == "\""
  name = substr($0, RSTART + 1, RLENGTH - 1)
  if (quoted) {
    # Private headers: of one's own layer by name, of another one's as "../LAYER/x.hpp". A directory in a layer has
    # those of the layer's other directories as "../DIRECTORY/x.hpp", and one step more to other layers.
    is_within = FILENAME ~ /^src\/[a-z0-9]+\/[a-z]+\//
    is_far = is_within && layer != "cli" && sub(/^\.\.\/\.\.\//, "../", name)
    if (public) refuse("is private to src/")
    else if (name == "backend.h") wanted = "asn1c"
    else if (name !~ /\//) next
    else if (is_within && !is_far && name ~ /^\.\.\/([a-z]+\/)?[a-z_]+\.hpp$/ && layer != "cli") next
    else if (is_within && name ~ /^\.\.\/[a-z_]+\.hpp$/) next
    else if (layer == "cli" && name ~ /^(\.\.\/)?(verbs\/|render\/)?[a-z_]+\.hpp$/) next
    else if (layer == "manual" && name == "../cli/verbs/verbs.hpp") next
    else if (name !~ /^\.\.\/[a-z0-9]+\/[^\/]+$/) refuse("is no name of a private header")
    else if (layer == "cli") refuse("is private to the library")
    else wanted = layer_of("src/" substr(name, 4))
  } else if (name ~ /^qember\//) {
    wanted = layer_of(name)
  } else if (name !~ /[.\/]/) {
    next  # the C++ standard library
  } else if (public) {
    if (name != "sys/uio.h") refuse("is not the library's own")
    next
  } else if (name ~ /^(asn_|constr_|ber_|der_|[A-Z][A-Z_]*\.h)/) {
    wanted = "asn1c"
  } else {
    wanted = name
    sub(/\/.*/, "", wanted)
  }
  if (wanted != layer && !((layer, wanted) in allowed)) refuse("is not for layer " layer)
}

END {
  if (files < 50) { print "only " files + 0 " files: not the source?"; refused = 1 }
  exit refused
}
