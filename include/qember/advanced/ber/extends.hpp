// SPDX-License-Identifier: LGPL-2.1-or-later
/// Comparing schemas: whether code that was written for one can go by another.
#pragma once

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/core/result.hpp>

#include <string_view>

namespace qember::ber {

struct Extension {
  /// All tags of what both have are the same, so that it is the same on the wire.
  bool has_same_tags = true;
};

/// That `schema` has all that `base` has below the type of that name, by the same names, of the same kinds
/// and in the same order; tags and constraints may differ, and the names of types but for those in `kept`. It
/// may add alternatives to any CHOICE, and OPTIONAL members at the end of a SEQUENCE below the type `open`.
/// The error's path says where it has something else.
Result<Extension> extends(const Schema& base, const Schema& schema, std::string_view root,
                          std::string_view open, std::span<const std::string_view> kept = {});

}  // namespace qember::ber
