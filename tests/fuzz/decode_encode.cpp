// SPDX-License-Identifier: LGPL-2.1-or-later
// From BER and back: what `decode` writes, `encode` makes BER of that is decoded to the same.
#include "conversions.hpp"

namespace qember::fuzz {

const Mutate structure = mutate_tlvs;

void fuzz(ByteView in) {
  const auto native = decode(in);
  if (native.error) return require(!check(in).empty(), "what is refused is found");
  // What is as large as one form may be can be larger in the other.
  const auto ber = test::encode_again(native);
  require(!ber.error, "what was decoded can be encoded" + (ber.error ? ": " + to_string(*ber.error) : ""));
  const auto back = test::decode(ber.out);
  require(!back.error && back.out == native.out, "what was encoded is decoded to the same");
}

}  // namespace qember::fuzz
