// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/vm/ram_presence.hpp>

#include <qember/event/mapped_ram.hpp>

#include <fmt/format.h>

namespace qember::vm {

Result<std::vector<std::uint32_t>> find_blocks(const event::Session& session,
                                               std::span<const std::string> names) {
  std::vector<std::uint32_t> found;
  for (const std::string& name : names) {
    const auto block = session.find_block(as_bytes(name));
    if (!block) {
      std::string listed;
      for (const event::RamBlock& each : session.blocks())
        listed += fmt::format("{}{:?}", listed.empty() ? "" : ", ", each.name);
      return Error{Errc::usage, 0, "block", fmt::format("one of {}", listed), name};
    }
    found.push_back(*block);
  }
  return found;
}

std::optional<Absence> absence_of(const event::Session& session, const FinalRam& ram, std::uint32_t block) {
  const event::RamBlock& listed = session.blocks()[block];
  if (listed.length == 0 || ram.tallies()[block].records() != 0) return {};
  if (event::is_left_out(listed) || (session.ignore_shared() && listed.address && !session.mapped_ram()))
    return Absence{"shared memory that was not sent (x-ignore-shared)", true};
  // A mapped-ram file names the pages that are not zero, and no others.
  if (session.mapped_ram()) return {};
  return Absence{"no page of it was sent", false};
}

Status check_included(const FinalRam& ram) {
  if (!ram.sent_elsewhere()) return {};
  return Error{Errc::unsupported, 0, "ram", "the pages of RAM", std::string(event::sent_elsewhere_text)};
}

Error refuse_absent(const event::RamBlock& block, std::string_view reason) {
  return {Errc::unsupported, 0, fmt::format("block {:?}", block.name), "pages in the stream",
          std::string(reason)};
}

}  // namespace qember::vm
