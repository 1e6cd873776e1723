// SPDX-License-Identifier: LGPL-2.1-or-later
/// What is in a stream, counted.
#pragma once

#include <qember/advanced/event/page_tally.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qember::vm {

/// How a section of device state is known.
enum class DeviceTyping : std::uint8_t {
  typed,        ///< its values have names and types
  opaque,       ///< described, and carried as a blob all the same
  early,        ///< ahead of the end of RAM, where no description can come before it
  undescribed,  ///< the stream describes it nowhere
  fallback,     ///< its description does not fit it
};

/// `typed`, `opaque`, `early`, `undescribed`, `fallback`
std::string_view name_of(DeviceTyping typing) noexcept;

/// A device in a summary.
struct DeviceSummary {
  std::string name;                          ///< of its section
  std::uint32_t instance = 0;                ///< tells devices of one name apart
  std::uint32_t version = 0;                 ///< of its section
  std::uint64_t bytes = 0;                   ///< of its state, in the native form
  DeviceTyping state = DeviceTyping::typed;  ///< how it is known
  std::string reason;                        ///< of a fallback
};

/// Buffers of one type that has a layout.
struct LayoutShare {
  std::uint64_t count = 0;        ///< how many there are
  std::uint64_t bytes = 0;        ///< of all of them
  std::uint64_t typed_bytes = 0;  ///< of which values have names and types
  std::uint64_t unfit = 0;        ///< how many have not that layout
  std::string reason;             ///< of the first of these
};

/// What is in a stream, counted.
struct Summary {
  std::optional<std::string> machine;      ///< where the stream names it
  std::vector<std::string> capabilities;   ///< that were enabled
  std::optional<std::uint64_t> page_size;  ///< in bytes, where the stream tells it
  std::vector<event::RamBlock> blocks;     ///< in the order of the stream
  std::uint64_t ram_total = 0;             ///< bytes of all blocks

  event::PageTally pages;    ///< records of pages, by kind
  std::uint64_t hook = 0;    ///< records that tell of another way
  std::uint64_t rounds = 0;  ///< walks over the memory
  bool rounds_exact = true;  ///< see `Rounds`

  std::uint64_t sections = 0;          ///< of all kinds, each START, PART, END and FULL
  std::vector<DeviceSummary> devices;  ///< in the order of the stream
  std::optional<bool> footers;         ///< whether sections have them; nothing where there was no section
  bool described = false;              ///< whether the stream has a description
  bool ram_sent_elsewhere = false;     ///< over other connections, see `Channels`
  bool complete = false;               ///< the end mark was seen, and RAM is in the stream

  std::uint64_t device_bytes = 0;                      ///< device state as it is in this form
  std::uint64_t typed_bytes = 0;                       ///< device state, in the native form, that has values
  std::map<std::string, std::uint64_t> untyped_bytes;  ///< the rest, by type or reason
  std::map<std::string, LayoutShare> layouts;          ///< what is in buffers, by their type

  /// Devices that are known in that way.
  std::uint64_t count(DeviceTyping typing) const noexcept;
};

}  // namespace qember::vm
