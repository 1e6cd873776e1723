// SPDX-License-Identifier: LGPL-2.1-or-later
/// The text of a description, made to say what edits left of the devices.
#pragma once

#include <qember/advanced/device/description.hpp>

#include <map>
#include <set>

namespace qember::vm {

struct SectionName {
  std::string name;
  std::uint32_t instance = 0;
};

/// A field that a description did not have, of one element.
struct AddedField {
  std::string_view name;
  std::string_view type;
  std::uint64_t size = 0;  ///< bytes
};

/// What of a `Description` is no longer so. Pointers are those of its devices and of what is in them.
struct DescriptionChanges {
  std::set<const device::Device*> dropped;
  std::map<const device::Device*, SectionName> renamed;
  std::map<const device::Structure*, std::uint64_t> cut;  ///< subsections, and their bytes in the body
  std::map<const device::Field*, std::uint64_t> resized;  ///< bytes of buffers
  std::map<const device::Field*, std::uint64_t> lengths;  ///< elements of arrays
  std::map<const device::Field*, AddedField> added;       ///< behind a field that the structure has

  bool empty() const noexcept {
    return dropped.empty() && renamed.empty() && cut.empty() && resized.empty() && lengths.empty() &&
           added.empty();
  }
};

/// `json` is what `description` was read of: everything else in it stays as it is.
std::string rewrite(ByteView json, const device::Description& description, const DescriptionChanges& changes);

}  // namespace qember::vm
