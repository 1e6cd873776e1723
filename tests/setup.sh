# SPDX-License-Identifier: LGPL-2.1-or-later
# For try.sh and run.sh to source, from the top of the source.
export LC_ALL=C.UTF-8

# install_missing USE...: the packages of packages.txt for these uses, where they are not installed.
install_missing() {
  if ! command -v apt-get > /dev/null; then
    echo "No apt-get here: what tests/packages.txt names has to be there already."
    return
  fi
  missing=
  for use in "$@"; do
    for package in $(sed -n "s/^$use \([^ ]*\).*/\1/p" tests/packages.txt); do
      [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] ||
        missing="$missing $package"
    done
  done
  [ -n "$missing" ] || return 0
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  $as_root apt-get -qq update
  known=
  for package in $missing; do
    if apt-cache show "$package" > /dev/null 2>&1; then
      known="$known $package"
    else
      echo "This release has no $package: what needs it is left out."
    fi
  done
  [ -n "$known" ] || return 0
  echo "Installing$known"
  # shellcheck disable=SC2086  # one word per package is wanted
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install $known > /dev/null
}

# build PRESET OPTION...: configures and builds in build/PRESET.
build() {
  preset=$1
  shift
  cmake --preset "$preset" "$@"
  cmake --build --preset "$preset"
}
