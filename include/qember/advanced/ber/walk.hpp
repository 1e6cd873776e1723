// SPDX-License-Identifier: LGPL-2.1-or-later
/// Looking at every value in an encoding of any type of any schema, by its name in that schema.
#pragma once

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/core/bytes.hpp>

#include <optional>

namespace qember::ber {

struct WalkedValue {
  /// Of the component or alternative that it is; empty for an element, and for all of the encoding.
  std::string_view name{};
  std::optional<std::size_t> index{};  ///< of an element of a SEQUENCE OF
  Kind kind = Kind::other;
  /// Of a primitive its contents, with the segments of a string joined; of `Kind::other` its TLV.
  ByteView contents{};
};

/// Names are those of the schema. Views are valid during the call.
class ValueVisitor {
 public:
  virtual ~ValueVisitor() = default;
  virtual void value(const WalkedValue& value) = 0;
  /// A SEQUENCE, a SEQUENCE OF, or a CHOICE, in which the one alternative comes.
  virtual void enter(const WalkedValue& group) = 0;
  virtual void leave() = 0;
};

/// `encoded` is a value of `type` that `ber::validate` accepts. Recurses as deeply as it nests.
void walk(ByteView encoded, const Schema& schema, const Type& type, ValueVisitor& visitor);

}  // namespace qember::ber
