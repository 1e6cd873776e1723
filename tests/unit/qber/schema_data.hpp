// SPDX-License-Identifier: LGPL-2.1-or-later
/// The library's own schema as the build leaves it in a file, to be changed.
#pragma once

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <string>

namespace qember::test {

inline std::string own_text() {
  std::ifstream in(QEMBER_TEST_SCHEMA_DATA, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size(), ++count)
    text.replace(at, from.size(), to);
  REQUIRE(count > 0);
  return text;
}

}  // namespace qember::test
