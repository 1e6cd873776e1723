// SPDX-License-Identifier: LGPL-2.1-or-later
/// A `SecFull` of one schema with the tags of another: the library's own and one that extends it.
#pragma once

#include <qember/advanced/qber/wire_format.hpp>

namespace qember::qber {

/// `encoded` is a `SecFull` by the schema `from`; one of the two is the library's own. Lengths stay definite
/// or indefinite. `Errc::unsupported` for what `to` has no tag for, with the offset within `encoded` and the
/// path below the section.
Result<Bytes> translate_full(ByteView encoded, const WireFormat& from, const WireFormat& to);

}  // namespace qember::qber
