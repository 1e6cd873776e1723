// SPDX-License-Identifier: LGPL-2.1-or-later
/// BER as a tree that can be damaged and written again. It shares no code with the library.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <vector>

namespace qember::test {

struct Tlv {
  Bytes identifier;
  Bytes length;               ///< its bytes; empty where `write` is to make the shortest ones
  Bytes value;                ///< of a primitive
  std::vector<Tlv> children;  ///< of a constructed one
  bool ended = false;         ///< by an end-of-contents

  bool constructed() const { return (identifier[0] & 0x20U) != 0; }
};

/// As many TLVs as there are; what is none is left out.
std::vector<Tlv> read_tlvs(ByteView in);
/// Lengths that are given stay as they are, right or wrong.
Bytes write_tlvs(const std::vector<Tlv>& tlvs);
void write_tlv(const Tlv& tlv, Bytes& to);

/// The shortest bytes of a length.
Bytes length_bytes(std::size_t length);

}  // namespace qember::test
