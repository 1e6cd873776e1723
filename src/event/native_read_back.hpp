// SPDX-License-Identifier: LGPL-2.1-or-later
/// Whether the native form of a stream would be read back as its events are: a section of device state ends
/// there where the first footer is seen that an element follows, whatever the body was meant to be.
#pragma once

#include "footer.hpp"

#include <qember/advanced/core/error.hpp>
#include <qember/advanced/event/sink.hpp>

#include <optional>

namespace qember::event {

/// Looks for footers in the bytes that `qevm::Writer` would write for the events that it is given, by the
/// rule of `qevm::Reader`. Holds little more than 64 KiB of them.
class NativeReadBack {
 public:
  /// `max_held`: as in `Limits`.
  explicit NativeReadBack(std::size_t max_held) : max_held_(max_held) {}

  /// What was passed last is the header of a section of device state. An offence in it has that place.
  void begin(std::uint32_t id, std::uint64_t offset, std::string path);
  /// The place of device state that nothing divides, before its first bytes.
  void begin_undivided(std::uint64_t offset, std::string path);
  /// The footer that was passed last is the end of a package, which leaves no doubt.
  void end_package();

  void pass(const SectionBegin& section);
  void pass(const Command& command);
  void pass(const Body& piece) { take(piece.data); }
  void pass(const SectionEnd& end);
  void pass(const Eof&);
  void pass(const DescriptionText& text);
  void pass(const TrailingData& rest);
  void pass(const StreamEnd&);
  void pass(const AnyOf<StreamBegin, Configuration, RamBlocks, RamControl, RamPage, MappedBitmap, MappedStale,
                        SchemaValue> auto&) {}

  /// What would be read otherwise.
  const std::optional<Error>& offence() const noexcept { return offence_; }

 private:
  bool has_footers() const { return footers_.value_or(false); }
  void start(std::uint32_t id);
  void take(ByteView bytes);
  void scan(bool finished);
  Following following(std::size_t at, bool finished) const;
  void settle(std::uint64_t at, Following following);
  void give_up();
  void refuse(Errc code, std::string expected, std::string found);
  void refuse_footer(std::uint64_t at);

  std::size_t max_held_;
  std::optional<bool> footers_;  ///< whether sections have them, once one has ended
  bool is_on_ = false;
  std::uint32_t id_ = 0;
  std::uint64_t offset_ = 0;  ///< of the section
  std::string path_;
  Bytes held_;                          ///< from the first byte on that a footer may yet begin with
  std::uint64_t at_ = 0;                ///< of `held_`, from the first byte of the body
  std::optional<std::uint64_t> end_;    ///< of the body
  std::optional<std::uint64_t> loose_;  ///< the first footer that nothing certain follows
  bool is_sure_ = false;                ///< `end_` is that of a package
  bool is_far_ = false;                 ///< the reader would hold no more, and know of no footers
  Bytes description_;                   ///< as far as it tells what it is
  Bytes header_;                        ///< of the first section in device state that nothing divides
  std::optional<Error> offence_;
};

}  // namespace qember::event
