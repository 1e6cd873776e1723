// SPDX-License-Identifier: LGPL-2.1-or-later
/// Vectors: a type, bytes, and what becomes of them. See tests/vectors.
#pragma once

#include "hex.hpp"

#include <fstream>
#include <sstream>
#include <vector>

namespace qember::test {

struct Vector {
  std::string line;
  std::string type;
  Bytes in;
  bool accepted = false;
  Bytes der;         ///< where accepted
  std::string code;  ///< where not
  std::uint64_t offset = 0;
  std::string path;
};

inline Vector parse_vector(const std::string& line) {
  Vector vector{line, line.substr(0, line.find(' ')), {}, false, {}, {}, 0, {}};
  const auto mark = line.find_first_of("=!");
  if (mark == std::string::npos) throw std::runtime_error("neither = nor !: " + line);
  vector.in = from_hex(line.substr(vector.type.size(), mark - vector.type.size()));
  vector.accepted = line[mark] == '=';
  std::istringstream rest(line.substr(mark + 1));
  if (vector.accepted)
    vector.der = from_hex(rest.str());
  else if (!(rest >> vector.code >> vector.offset >> vector.path))
    throw std::runtime_error("no code, offset and path: " + line);
  return vector;
}

inline std::vector<Vector> read_vectors(const std::string& name) {
  std::ifstream in(std::string(QEMBER_TEST_VECTORS) + "/" + name);
  if (!in) throw std::runtime_error("no vectors in " + name);
  std::vector<Vector> vectors;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') vectors.push_back(parse_vector(line));
  return vectors;
}

}  // namespace qember::test
