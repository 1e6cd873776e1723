// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/system_error.hpp>

#include <cerrno>
#include <system_error>

namespace qember::io {

Error system_error(std::string name, std::uint64_t offset) {
  const int number = errno;
  return {number == EPIPE ? Errc::cancelled : Errc::io,
          offset,
          std::move(name),
          {},
          std::generic_category().message(number)};
}

}  // namespace qember::io
