// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bitmap_order.hpp"

#include "../event/mapped_ram.hpp"
#include "../ram/zero.hpp"

#include <algorithm>
#include <array>

namespace qember::qevm {
namespace {

constexpr std::uint64_t word_bits = 64;
constexpr std::size_t word_size = 8;

/// A word of a bitmap as hosts of both orders read it.
struct Word {
  explicit Word(const std::uint8_t* bytes)
      : big(load_be<std::uint64_t>(bytes)), little(__builtin_bswap64(big)) {}
  std::uint64_t big;
  std::uint64_t little;
};

/// Looks for what one order alone explains.
class OrderSearch {
 public:
  explicit OrderSearch(io::ByteSource& stream) : stream_(stream) {}

  /// By the bits behind the last page; nothing where they are clear in both.
  Result<std::optional<bool>> by_last_word(const event::RamBlock& block);
  /// By a few of the pages that are there in one of the two.
  Status look_at_pages(const event::RamBlock& block);
  int balance() const noexcept { return balance_; }
  bool has_seen_enough() const noexcept { return pages_ == most_pages || words_ >= most_words; }

 private:
  static constexpr std::size_t most_pages = 64;
  static constexpr std::size_t most_words = std::size_t{1} << 20U;

  Status look_at_pages(const event::RamBlock& block, std::uint64_t first, const Word& word);

  io::ByteSource& stream_;
  std::size_t pages_ = 0;  ///< that were looked at
  std::size_t words_ = 0;
  int balance_ = 0;  ///< pages that speak for big-endian, less those against it
};

Result<std::optional<bool>> OrderSearch::by_last_word(const event::RamBlock& block) {
  const std::uint64_t used = block.length / block.mapped->page_size % word_bits;
  if (used == 0) return std::optional<bool>();
  std::array<std::uint8_t, word_size> last{};
  const std::uint64_t end = block.mapped->bitmap_at() + event::mapped_bitmap_size(block);
  if (const auto count = stream_.read_at(end - last.size(), last); !count) return count.error();
  const Word word(last.data());
  const bool fits_big = word.big >> used == 0;
  const bool fits_little = word.little >> used == 0;
  return fits_big == fits_little ? std::optional<bool>() : std::optional(fits_big);
}

Status OrderSearch::look_at_pages(const event::RamBlock& block, std::uint64_t first, const Word& word) {
  if (word.big == word.little) return {};
  Bytes page(static_cast<std::size_t>(block.mapped->page_size));
  for (std::uint64_t bit = 0; bit < word_bits && pages_ < most_pages; ++bit) {
    const bool is_big = (word.big >> bit & 1U) != 0;
    const std::uint64_t addr = (first + bit) * page.size();
    if (is_big == ((word.little >> bit & 1U) != 0) || addr >= block.length) continue;
    ++pages_;
    const auto count = stream_.read_at(block.mapped->pages_at() + addr, page);
    if (!count) return count.error();
    const bool is_there = !ram::is_zero(ByteView(page).first(*count));
    balance_ += is_big == is_there ? 1 : -1;
  }
  return {};
}

Status OrderSearch::look_at_pages(const event::RamBlock& block) {
  Bytes piece(std::size_t{64} << 10U);
  const std::uint64_t size = event::mapped_bitmap_size(block);
  for (std::uint64_t at = 0; at < size && !has_seen_enough(); at += piece.size()) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size - at));
    const auto count = stream_.read_at(block.mapped->bitmap_at() + at, MutableBytes(piece).first(most));
    if (!count) return count.error();
    for (std::size_t i = 0; i + word_size <= *count && !has_seen_enough(); i += word_size, ++words_)
      if (auto status = look_at_pages(block, 8 * (at + i), Word(&piece[i])); !status) return status;
    if (*count < most) break;
  }
  return {};
}

}  // namespace

Result<bool> are_bitmaps_big_endian(io::ByteSource& stream, std::span<const event::RamBlock> blocks,
                                    std::string_view machine) {
  OrderSearch search(stream);
  for (const event::RamBlock& block : blocks) {
    if (event::is_left_out(block)) continue;
    const auto found = search.by_last_word(block);
    if (!found) return found.error();
    if (*found) return **found;
  }
  for (const event::RamBlock& block : blocks) {
    if (event::is_left_out(block)) continue;
    if (auto status = search.look_at_pages(block); !status) return std::move(status.error());
  }
  return search.balance() == 0 ? machine.starts_with("s390") : search.balance() > 0;
}

}  // namespace qember::qevm
