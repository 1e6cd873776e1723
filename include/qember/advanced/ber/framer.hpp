// SPDX-License-Identifier: LGPL-2.1-or-later
/// Finding the end of a TLV of indefinite length in bytes that arrive bit by bit.
#pragma once

#include <qember/advanced/ber/header.hpp>

#include <limits>
#include <vector>

namespace qember::ber {

class Framer {
 public:
  enum class Outcome : std::uint8_t { complete, need_more, broken };

  /// `in` begins with the TLV, and with the same bytes as at the last call and maybe more. Looks at every
  /// byte once. `broken`: no reader can go on there, and `validate` says why.
  Outcome scan(ByteView in, std::size_t max_depth);
  /// Bytes of the TLV, when it is complete.
  std::size_t size() const noexcept { return at_; }
  void reset() {
    at_ = 0;
    ends_.clear();
  }

 private:
  static constexpr std::size_t indefinite = std::numeric_limits<std::size_t>::max();

  std::size_t at_ = 0;
  std::vector<std::size_t> ends_;  ///< of the constructed TLVs that are open
};

}  // namespace qember::ber
