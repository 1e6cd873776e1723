// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <fstream>
#include <iterator>
#include <string>

inline std::string read_file(const char* name) {
  std::ifstream in(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const char* name, qember::ByteView bytes) {
  std::ofstream(name, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}
