// SPDX-License-Identifier: LGPL-2.1-or-later
/// The fields in which two states of a device differ.
#pragma once

#include <qember/native/named_state.hpp>

namespace qember::cli {

/// Device state that fits its description; both outlive what is made of it.
struct DescribedState {
  const native::Device* device = nullptr;
  ByteView body{};
};

struct FieldValue {
  const native::Field* field = nullptr;
  native::StateValue value;
};

struct ChangedField {
  std::string path;
  std::optional<FieldValue> a;  ///< nothing where there is no such field
  std::optional<FieldValue> b;
};

/// By path; in the order of `a`, then those that `b` alone has. Takes 16 bytes a value, and more only for
/// values that differ.
std::vector<ChangedField> compare_fields(const DescribedState& a, const DescribedState& b);

}  // namespace qember::cli
