// SPDX-License-Identifier: LGPL-2.1-or-later
#include "discard.hpp"

#include "rule.hpp"

#include <fmt/format.h>

namespace qember::event {

Result<Discard> read_discard(const Session& session, ByteView payload) {
  // u8 version 0, counted name of the block, u8 0, then be64 start and be64 length of each range.
  constexpr std::size_t range_size = 16;
  const std::size_t name = payload.size() > 1 ? payload[1] : 0;
  const std::size_t header = name + 3;
  if (payload.size() < header || (payload.size() - header) % range_size != 0 || payload[0] != 0)
    return broken(Rule::discard_form, "a version 0, a block and ranges",
                  fmt::format("{} bytes of another form", payload.size()));
  const auto block = session.find_block(payload.subspan(2, name));
  if (!block)
    return broken(Rule::discard_block, "a listed block",
                  fmt::format("{:?}", as_text(payload.subspan(2, name))));

  Discard discard{*block, {}};
  const std::uint64_t page = session.page_size_or_default();
  const std::uint64_t most = session.blocks()[*block].length;
  for (std::size_t at = header; at < payload.size(); at += range_size) {
    const auto begin = load_be<std::uint64_t>(payload.data() + at);
    const auto length = load_be<std::uint64_t>(payload.data() + at + 8);
    const auto found = [&] { return fmt::format("{:#x} bytes at {:#x}", length, begin); };
    if (begin > most || length > most - begin)
      return broken(Rule::discard_within, fmt::format("a range within {:#x}", most), found());
    const std::uint64_t end = begin + length;
    if (begin % page != 0 || (end % page != 0 && end != most))
      return broken(Rule::discard_aligned, fmt::format("multiples of {:#x}", page), found());
    discard.ranges.push_back({begin, end});
  }
  return discard;
}

}  // namespace qember::event
