// SPDX-License-Identifier: LGPL-2.1-or-later
/// A `SecFull` of one schema with the tags of another: the library's own and one that extends it.
#pragma once

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/core/result.hpp>

namespace qember::qber {

/// `encoded` is a `SecFull` by the schema `from`, of which `ber::extends` holds for one of the two. Lengths
/// stay definite or indefinite. `Errc::unsupported` for what `to` has no tag for, with the offset within
/// `encoded` and the path below the section.
Result<Bytes> translate_full(ByteView encoded, const ber::Schema& from, const ber::Schema& to);

}  // namespace qember::qber
