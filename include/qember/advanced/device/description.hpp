// SPDX-License-Identifier: LGPL-2.1-or-later
/// The description that QEMU (2.3 and later) puts after a stream: what fields its device state has.
/// JSON, in which equal keys may repeat within one object: each is an element of a list.
#pragma once

#include <qember/advanced/core/bytes.hpp>
#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/core/result.hpp>

#include <deque>
#include <optional>

namespace qember::device {

/// What a field is in the stream.
enum class FieldKind : std::uint8_t {
  boolean,           ///< one byte, 0 or 1
  unsigned_integer,  ///< 1, 2, 4 or 8 bytes
  signed_integer,    ///< the same, two's complement
  pointer,           ///< one byte: ASCII 0 for null, 1 for a field that follows
  bitmap,            ///< 64-bit words
  structure,         ///< the fields of `groups[0]`
  list,              ///< (01, structure)* 00, one group an element
  buffer,            ///< bytes that nothing describes
};

struct Structure;
struct Part;
struct LaidOut;

struct Field {
  std::string_view name;
  std::string_view type;  ///< as the description spells it
  FieldKind kind = FieldKind::buffer;
  bool is_open = false;                    ///< `size` is but the most that it may have
  std::uint64_t size = 0;                  ///< bytes of one element
  std::optional<std::uint32_t> array_len;  ///< elements that follow one another, all alike
  std::vector<Structure> groups;
  const LaidOut* layout = nullptr;  ///< of a buffer: what is known to be in it
  const Part* part = nullptr;       ///< where a layout has it, see layout.hpp
};

struct Structure {
  std::string_view name;  ///< QEMU's vmsd_name
  std::uint32_t version = 0;
  std::vector<Field> fields;
  std::vector<Structure> subsections;  ///< those that were sent
};

struct Device {
  std::string_view name;  ///< the section's
  std::uint32_t instance = 0;
  Structure state;
  /// Values that take no bytes, of which only this bounds the number.
  std::uint64_t most_empty = 1U << 16U;
};

class Description {
 public:
  Description() = default;
  Description(Description&&) noexcept = default;
  Description& operator=(Description&&) noexcept = default;

  /// Reads the JSON text. Texts in the result live as long as it does. Takes memory of four times the text at
  /// most, and refuses with `Errc::limit` what takes more. All devices together may have as many values
  /// without bytes as the text has bytes, at most 65536: a device that has more does not fit its state.
  static Result<Description> parse(ByteView json, const Limits& limits = {});

  /// The devices in the order of their sections.
  std::span<const Device> devices() const noexcept { return devices_; }
  /// The target's page size in bytes.
  std::optional<std::uint64_t> page_size() const noexcept { return page_size_; }

 private:
  friend class DescriptionParser;
  std::vector<Device> devices_;
  std::deque<std::string> texts_;
  std::optional<std::uint64_t> page_size_;
};

/// Finds the devices of sections by name and instance.
class DeviceMatcher {
 public:
  /// `description` outlives the matcher.
  explicit DeviceMatcher(const Description& description);
  /// The next device not yet given out with that name and instance; null where there is none.
  const Device* match(std::string_view name, std::uint32_t instance);

 private:
  std::vector<const Device*> devices_;  ///< by name and instance, then in the order of the description
  std::vector<std::uint32_t> given_;    ///< by the first of them: how many have been given out
};

}  // namespace qember::device
