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

void Channels::note_zeroes(const RamPage& page) noexcept {
  has_contents_ = page.kind != RamPageKind::zero || page.fill != 0;
  const std::pair place(page.block, page.addr);
  is_in_order_ &= in_order_ == 0 || last_ < place;
  last_ = place;
  in_order_ += is_in_order_ ? 1U : 0U;
}

bool Channels::sent_elsewhere(const Session& session) const noexcept {
  // A stream without devices is no machine's.
  if (session.mapped_ram() || !has_devices_) return false;
  if (flushed_) return true;
  if (has_contents_ || session.ignore_shared() || session.total() < least_ram) return false;
  return in_order_ < session.total() / session.page_size_or_default();
}

}  // namespace qember::event
