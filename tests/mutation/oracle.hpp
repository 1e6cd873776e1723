// SPDX-License-Identifier: LGPL-2.1-or-later
/// What X.690 and the schema say of a `QemuFile`, told by a second reader that shares no code with the
/// library: a plain walk over bytes that are all there, with the schema written out by hand.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <map>
#include <optional>
#include <string>

namespace qember::test {

struct Refusal {
  std::uint64_t offset = 0;
  std::string path;
};

struct Verdict {
  std::optional<Refusal> refusal;  ///< nothing for what is valid
  /// The paths of all TLVs of the schema, by where they begin and where the contents of constructed ones end.
  std::multimap<std::uint64_t, std::string> places;
};

/// The refusal is the first TLV that a reader going forward cannot accept, one who does not know how long the
/// input is.
Verdict judge(ByteView in);

}  // namespace qember::test
