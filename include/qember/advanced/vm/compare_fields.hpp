// SPDX-License-Identifier: LGPL-2.1-or-later
/// The fields in which two states of a device differ.
#pragma once

#include <qember/advanced/device/named_state.hpp>

#include <functional>

namespace qember::vm {

/// Device state that fits its description; both outlive what is made of it.
struct DescribedState {
  const device::Device* device = nullptr;  ///< describes the body
  ByteView body{};                         ///< as it is in the stream
};

/// A value and the field that has it.
struct FieldValue {
  const device::Field* field = nullptr;  ///< its description
  device::StateValue value;              ///< what is in it
};

/// A field that differs.
struct ChangedField {
  std::string path;             ///< such as `env.regs[3]`
  std::optional<FieldValue> a;  ///< nothing where there is no such field
  std::optional<FieldValue> b;  ///< the same
};

/// What differs, by path: in the order of `a`, then those that `b` alone has. Takes 16 bytes a value, and 56
/// for one of `b` that differs; paths are made when they are asked for.
class FieldChanges {
 public:
  FieldChanges() = default;
  /// Refuses more values than `Limits::max_compared`.
  static Result<FieldChanges> find(const DescribedState& a, const DescribedState& b, const Limits& limits);

  /// Calls `each` for all of them, the same each time.
  void visit(const std::function<void(const ChangedField&)>& each) const;

 private:
  /// A value of `b`; those of one path follow one another, in their order.
  struct Other {
    std::uint64_t path;
    std::uint64_t order;
    FieldValue value;
  };

  DescribedState a_;
  DescribedState b_;
  std::vector<std::uint64_t> paths_;  ///< the digests of those at which values differ, sorted
  std::vector<Other> others_;
};

}  // namespace qember::vm
