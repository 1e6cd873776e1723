// SPDX-License-Identifier: LGPL-2.1-or-later
/// Multifd: pages of RAM that go over connections of their own, beside the main channel.
#pragma once

#include <qember/advanced/event/session.hpp>

namespace qember::event {

/// Tells a main channel that is alone from a stream that has its RAM.
///
/// QEMU 8.1 and later marks where the other connections are flushed (MULTIFD_FLUSH). Of older ones, and of
/// their machine types, the main channel has no more of RAM than pages of zeroes: no machine has such memory.
/// Those with mapped-ram write all pages into one file, and RAM that is shared need not be sent.
class Channels {
 public:
  void note(const RamControl& control) noexcept;
  void note(const SectionBegin& section) noexcept { has_devices_ |= section.type == Element::section_full; }
  void note(const RamPage& page) noexcept {
    has_contents_ |= page.kind != RamPageKind::zero || page.fill != 0;
  }

  /// Whether RAM went over other connections, as far as the stream has come.
  bool sent_elsewhere(const Session& session) const noexcept;

 private:
  bool flushed_ = false;
  bool has_contents_ = false;
  bool has_devices_ = false;
};

/// How that is said.
inline constexpr std::string_view sent_elsewhere_text = "none: they went over other connections (multifd)";

}  // namespace qember::event
