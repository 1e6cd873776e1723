// SPDX-License-Identifier: LGPL-2.1-or-later
/// The one grammar by which parts of a saved guest are named:
///
///     DEVICE        NAME, for all sections of that name, or NAME/INSTANCE; in NAME `*` stands for any text
///     and
///                   `?` for any one byte
///     DEVICE:FIELD  the field at that path, such as env.regs[3], or the register of that name; a FIELD alone
///                   is that of every device
///     BLOCK+OFFSET  a byte of a RAM block
///     ADDRESS       a guest-physical one
///
/// Numbers are decimal, or hexadecimal after 0x. Names of sections hold `/` and `:`, those of blocks may hold
/// `+`: the longest name that the stream has wins.
#pragma once

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/device/description.hpp>
#include <qember/advanced/event/event.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace qember::vm {

/// Decimal, or hexadecimal after 0x; nothing else, and nothing above 2^64 - 1.
std::optional<std::uint64_t> parse_number(std::string_view text) noexcept;
/// The same, but for decimal digits behind a zero, as in a value of `qember regs`: those are hexadecimal.
std::optional<std::uint64_t> parse_address(std::string_view text) noexcept;

/// `; did you mean 0xADDRESS?` where the text is hexadecimal digits; else empty.
std::string hex_hint(std::string_view text);

/// A section as the grammar names it: `cpu/0`.
std::string section_text(std::string_view name, std::uint32_t instance);
/// `Errc::usage`: the stream has no such section, but maybe one that is like it.
Error no_section(std::string_view text, const Closest& closest);

/// Which sections several DEVICEs mean.
class DeviceSelector {
 public:
  /// Selects all where there are no texts.
  explicit DeviceSelector(std::vector<std::string> texts = {});

  /// There is a section of that name: a text that is all of it means no other.
  void consider(std::string_view name);
  void consider(std::span<const device::Device> devices);
  /// Whether the section is meant; what was asked for counts for `missed`.
  bool selects(std::string_view name, std::uint32_t instance);
  bool selects_all() const noexcept { return texts_.empty(); }
  /// `Errc::usage` where a text has not meant any section so far, with the name that is most like it.
  Status missed() const;

 private:
  struct Text {
    std::string text;
    Closest closest;
    bool is_name = false;  ///< all of it
    bool is_found = false;
  };

  std::vector<Text> texts_;
};

/// What `[DEVICE:]FIELD` means.
class FieldSelector {
 public:
  /// Selects all where `text` is empty.
  explicit FieldSelector(std::string text = {}) : text_(std::move(text)), path_(text_) {}

  /// Which of the colons divides depends on what devices there are; the last call counts.
  void consider(std::span<const device::Device> devices);
  bool selects_all() const noexcept { return text_.empty(); }
  /// The path that is meant in that device; nothing where the device is not.
  std::optional<std::string> path_in(const device::Device& device);
  /// What to say where nothing was at that path: `Errc::usage`, with the field of the device that is most
  /// like it.
  Error missed() const;

 private:
  std::string text_;
  DeviceSelector device_;
  std::string path_;
  Closest closest_{""};
};

/// A byte of guest memory.
struct MemoryPlace {
  std::optional<std::uint32_t> block;  ///< its index; nothing for a guest-physical address
  std::uint64_t address = 0;           ///< in the block, or guest-physical
};

/// The name of a RAM block that was meant by one that no block has.
Closest closest_block(std::string_view name, std::span<const event::RamBlock> blocks);

/// Reads BLOCK+OFFSET or ADDRESS. `Errc::usage` where it is neither, with the place that is most like it.
Result<MemoryPlace> parse_place(std::string_view text, std::span<const event::RamBlock> blocks);

}  // namespace qember::vm
