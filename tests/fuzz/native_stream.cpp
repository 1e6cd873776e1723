// SPDX-License-Identifier: LGPL-2.1-or-later
// A native stream: `encode` fails, or `decode` gives it back, from BER and from DER, with device state as
// fields or as blobs. Both forms of a stream are found sound or not alike.
#include "conversions.hpp"

namespace qember::fuzz {
const Mutate structure = mutate_records;

void fuzz(ByteView in) {
  (void)check(in);
  comes_back(in, {false, false, small_limits()});
  comes_back(in, {true, false, small_limits()});
  comes_back(in, {false, true, small_limits()});
}

}  // namespace qember::fuzz
