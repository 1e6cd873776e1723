// SPDX-License-Identifier: LGPL-2.1-or-later
// From BER and back: what `decode` writes, `encode` refuses, or makes BER of that is decoded to the same.
#include "conversions.hpp"

namespace qember::fuzz {

const Mutate structure = mutate_tlvs;

void fuzz(ByteView in) {
  const auto native = decode(in);
  if (native.error) return;
  const auto ber = encode(native.out);
  if (ber.error) return;
  const auto back = decode(ber.out);
  require(!back.error && back.out == native.out, "what was encoded is decoded to the same");
}

}  // namespace qember::fuzz
