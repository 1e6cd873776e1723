// SPDX-License-Identifier: LGPL-2.1-or-later
// README's example as a program: BER on standard input, QEMU's native stream on standard output.
#include <qember/result.hpp>

#include <iostream>
#include <iterator>

qember::Status decode(qember::ByteView ber, int fd);

int main() {
  const std::string ber(std::istreambuf_iterator<char>(std::cin), {});
  const auto status = decode(qember::as_bytes(ber), 1);
  if (!status) std::cerr << to_string(status.error()) << '\n';
  return status ? 0 : 1;
}
