// SPDX-License-Identifier: LGPL-2.1-or-later
/// The RAM blocks by the names that they have in BER, and where among them the pages come.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace qember::qber {

class BlockCursor {
 public:
  /// Indexes by the names in `ramblid`, which may be placeholders.
  using Names = std::map<std::string, std::uint32_t, std::less<>>;

  void set_names(Names names) { names_ = std::move(names); }
  /// A `SecMin` begins.
  void begin_section() { page_in_section_ = false; }
  /// A `RAMSecBlock` begins; false, and nothing changes, where the list has no block of that name.
  bool begin_block(std::string_view name) {
    const auto found = names_.find(name);
    if (found == names_.end()) return false;
    block_ = found->second;
    begins_block_ = true;
    return true;
  }
  /// A page of that block has come.
  void pass(std::uint32_t block) {
    begins_block_ = false;
    page_in_section_ = true;
    last_ = block;
  }
  /// The same of one that stands outside a `SecMin`.
  void pass_outside(std::uint32_t block) { last_ = block; }

  /// The block of the pages that come.
  std::uint32_t block() const { return *block_; }
  bool is_last(std::uint32_t block) const { return last_ == block; }
  bool page_in_section() const { return page_in_section_; }
  /// Whether the next page goes on in the block of the one before it.
  bool goes_on() const { return page_in_section_ && !begins_block_ && block_; }
  /// Whether the next page names its block, without a note that says so.
  bool names_block() const { return begins_block_ && (page_in_section_ || block_ != last_); }

 private:
  Names names_;
  std::optional<std::uint32_t> block_;
  std::optional<std::uint32_t> last_;
  bool begins_block_ = false;
  bool page_in_section_ = false;
};

}  // namespace qember::qber
