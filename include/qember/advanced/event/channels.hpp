// SPDX-License-Identifier: LGPL-2.1-or-later
/// Multifd: pages of RAM that go over connections of their own, beside the main channel.
#pragma once

#include <qember/advanced/event/session.hpp>

#include <utility>

namespace qember::event {

/// Tells a main channel that is alone from a stream that has its RAM.
///
/// QEMU 8.1 and later marks where the other connections are flushed (MULTIFD_FLUSH). Of older ones, and of
/// their machine types, the main channel has no more of RAM than pages of zeroes, and lacks the others. A
/// stream that has its RAM has every page of it in the first round, in order. Those with mapped-ram write all
/// pages into one file, and RAM that is shared need not be sent.
class Channels {
 public:
  void note(const RamControl& control) noexcept;
  void note(const SectionBegin& section) noexcept { has_devices_ |= section.type == Element::section_full; }
  void note(const RamPage& page) noexcept {
    if (!has_contents_) note_zeroes(page);
  }

  /// Whether RAM went over other connections, as far as the stream has come.
  bool sent_elsewhere(const Session& session) const noexcept;

 private:
  void note_zeroes(const RamPage& page) noexcept;

  bool flushed_ = false;
  bool has_contents_ = false;
  bool has_devices_ = false;
  std::uint64_t in_order_ = 0;  ///< pages of the first round, of which this is the last
  std::pair<std::uint32_t, std::uint64_t> last_{};
  bool is_in_order_ = true;
};

/// How that is said.
inline constexpr std::string_view sent_elsewhere_text = "none: they went over other connections (multifd)";

}  // namespace qember::event
