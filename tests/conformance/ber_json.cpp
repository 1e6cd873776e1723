// SPDX-License-Identifier: LGPL-2.1-or-later
// ber_json FILE: a QemuFile as JSON, by our asn1 layer.
#include <qember/advanced/asn1/types.hpp>
#include <qember/advanced/asn1/value.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream in(argv[1], std::ios::binary);
  const qember::Bytes bytes{std::istreambuf_iterator<char>(in), {}};
  qember::Limits limits;
  limits.max_tlvs = bytes.size();
  const auto file = qember::asn1::decode<qember::asn1::QemuFile>(bytes, limits);
  if (!file) {
    std::cerr << to_string(file.error()) << '\n';
    return 1;
  }
  std::cout << qember::asn1::print_json(**file) << '\n';
}
