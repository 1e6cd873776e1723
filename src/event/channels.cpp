// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/event/channels.hpp>

#include "ram_records.hpp"

namespace qember::event {
namespace {

/// Less RAM may well be zeroes.
constexpr std::uint64_t least_ram = std::uint64_t{1} << 20U;

}  // namespace

void Channels::note(const Event& event) {
  if (const auto* page = std::get_if<RamPage>(&event)) return note(*page);
  if (const auto* mark = std::get_if<RamControl>(&event)) flushed_ |= mark->word == ram_flag::multifd_flush;
  if (const auto* section = std::get_if<SectionBegin>(&event))
    has_devices_ |= section->type == Element::section_full;
}

bool Channels::sent_elsewhere(const Session& session) const noexcept {
  // A stream without devices is no machine's.
  if (session.mapped_ram() || !has_devices_) return false;
  return flushed_ || (!has_contents_ && !session.ignore_shared() && session.total() >= least_ram);
}

}  // namespace qember::event
