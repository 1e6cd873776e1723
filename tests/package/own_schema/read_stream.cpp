// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: read_stream FILE: how many sections there are, or why the schema refuses it.
#include <qember/advanced/asn1/value.hpp>
#include <vmm/types.hpp>

#include <iostream>

#include "files.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string bytes = read_file(argv[1]);
  const auto file = qember::asn1::decode<vmm::QemuFile>(qember::as_bytes(bytes), qember::Limits::trusted());
  if (!file) {
    std::cout << to_string(file.error()) << '\n';
    return 1;
  }
  std::cout << (*file)->top().size() << " sections by schema " << vmm::schema().fingerprint << '\n';
  return 0;
}
