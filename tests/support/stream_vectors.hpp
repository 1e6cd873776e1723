// SPDX-License-Identifier: LGPL-2.1-or-later
/// Vectors of whole streams, see tests/vectors/README.md: pieces with names, bytes, what becomes of them.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <string>
#include <vector>

namespace qember::test {

struct StreamVector {
  std::string rule;  ///< of the last line `[RULE]`
  std::string line;
  Bytes in;
  bool accepted = false;
  Bytes out;                 ///< where accepted
  std::string code;          ///< where not
  std::uint64_t offset = 0;  ///< of the mark in the bytes, or their end
  std::string path;
  std::string text;  ///< `expected X, found Y`, where the line has it
};

std::vector<StreamVector> read_stream_vectors(const std::string& name);

}  // namespace qember::test
