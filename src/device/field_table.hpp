// SPDX-License-Identifier: LGPL-2.1-or-later
/// The fields of a device by their paths.
#pragma once

#include <qember/advanced/device/named_state.hpp>
#include <qember/advanced/device/saved_device.hpp>

#include <deque>

namespace qember::device {

class FieldTable {
 public:
  /// Walks through the body, which outlives the table, as the device does.
  static Result<FieldTable> make(const Device& device, ByteView body, FieldRoom& room);

  std::span<const SavedField> fields() const noexcept { return fields_; }
  /// Null where there is none with that path.
  const SavedField* find(std::string_view path) const;
  /// Whether another one has the same path.
  bool is_ambiguous(const SavedField& field) const;

 private:
  friend class FieldCollector;

  void add(SavedField field, std::string_view path);
  std::string_view keep(std::string_view path);
  void index();
  std::size_t slot_of(std::string_view path) const;

  std::vector<SavedField> fields_;
  std::deque<std::string> paths_;     ///< in pieces that do not move
  std::vector<std::uint32_t> slots_;  ///< 1 + places in `fields_`, by the digests of paths
  std::vector<std::uint32_t> twice_;  ///< those whose path others have too
};

}  // namespace qember::device
