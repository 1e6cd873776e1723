// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/channels.hpp>

#include "ram_records.hpp"

namespace qember::event {
namespace {

/// Less RAM may well be zeroes.
constexpr std::uint64_t least_ram = std::uint64_t{1} << 20U;

}  // namespace

void Channels::note(const RamControl& control) noexcept {
  flushed_ |= control.word == ram_flag::multifd_flush;
}

bool Channels::sent_elsewhere(const Session& session) const noexcept {
  // A stream without devices is no machine's.
  if (session.mapped_ram() || !has_devices_) return false;
  return flushed_ || (!has_contents_ && !session.ignore_shared() && session.total() >= least_ram);
}

}  // namespace qember::event
