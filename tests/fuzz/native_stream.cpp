// SPDX-License-Identifier: LGPL-2.1-or-later
// A native stream: `encode` fails, or `decode` gives it back, from BER and from DER, with device state as
// fields or as blobs. Both forms of a stream are found sound or not alike.
#include "conversions.hpp"

namespace qember::fuzz {
namespace {

void comes_back(ByteView in, const test::EncodeForm& form) {
  const auto ber = encode(in, form);
  if (ber.error) return;
  const auto back = decode(ber.out);
  require(!back.error, "what was encoded can be decoded");
  require(std::equal(in.begin(), in.end(), back.out.begin(), back.out.end()), "and gives the stream back");
  // A finding is about the same thing in both, in words that may differ.
  require(check(in).size() == check(ber.out).size(), "both forms are as sound as each other");
}

}  // namespace

const Mutate structure = mutate_records;

void fuzz(ByteView in) {
  (void)check(in);
  comes_back(in, {false, false, small_limits()});
  comes_back(in, {true, false, small_limits()});
  comes_back(in, {false, true, small_limits()});
}

}  // namespace qember::fuzz
