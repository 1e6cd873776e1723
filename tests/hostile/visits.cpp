// SPDX-License-Identifier: LGPL-2.1-or-later
#include "visits.hpp"

#include <qember/advanced/ber/header.hpp>

namespace {
std::size_t visits = 0;
}

std::size_t qember::test::visited_tlvs() { return visits; }

// The linker's --wrap gives the calls from the library's other files to the count.
namespace wrapped {
using namespace qember;
ber::HeaderOutcome real_header(ByteView, ber::Header&) noexcept asm("__real_" QEMBER_PARSE_HEADER);
ber::HeaderOutcome header(ByteView in, ber::Header& out) noexcept asm("__wrap_" QEMBER_PARSE_HEADER);
ber::HeaderOutcome header(ByteView in, ber::Header& out) noexcept {
  ++visits;
  return real_header(in, out);
}
}  // namespace wrapped
