// SPDX-License-Identifier: LGPL-2.1-or-later
// A header: what is parsed is written again as the same bytes, and no byte after it matters.
#include "fuzz.hpp"

#include <qember/advanced/ber/header.hpp>
#include <qember/advanced/ber/writer.hpp>

namespace qember::fuzz {

const Mutate structure = nullptr;

void fuzz(ByteView in) {
  using ber::HeaderOutcome;
  ber::Header header;
  const HeaderOutcome outcome = ber::parse_header(in, header);
  if (outcome != HeaderOutcome::ok) {
    if (outcome != HeaderOutcome::need_more) (void)ber::header_error(outcome, in, 0, {});
    return;
  }
  require(header.size >= 2 && header.size <= in.size(), "a header is within the input");
  require(header.length >> 63U == 0, "a length fits 63 bits");
  require(!header.indefinite || header.constructed, "only a constructed encoding has no length");

  const ber::Identifier tag = ber::identifier(header.tag, header.constructed);
  require(std::equal(tag.bytes.begin(), tag.bytes.begin() + tag.size, in.begin()), "a tag has one spelling");
  if (!header.indefinite)
    require(tag.size + ber::length_size(header.length) <= header.size, "the shortest length is the shortest");

  for (std::size_t size = 0; size < header.size; ++size) {
    ber::Header cut;
    require(ber::parse_header(in.first(size), cut) == HeaderOutcome::need_more, "a cut header needs more");
  }
  ber::Header alone;
  require(ber::parse_header(in.first(header.size), alone) == HeaderOutcome::ok,
          "a header needs nothing after it");
  require(alone.length == header.length && alone.tag == header.tag, "and says the same without");
}

}  // namespace qember::fuzz
