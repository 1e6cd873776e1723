// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/core/text.hpp>

#include <qember/advanced/core/printable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace qember {

std::string hex_excerpt(ByteView in, std::size_t most) {
  if (in.empty()) return "nothing";
  const ByteView shown = in.first(std::min(in.size(), most));
  return fmt::format("{:02x}{}", fmt::join(shown, " "), shown.size() < in.size() ? " ..." : "");
}

std::optional<std::size_t> utf8_characters(ByteView text) noexcept {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    const std::uint8_t lead = text[i++];
    if (lead == 0) return std::nullopt;
    if (lead < 0x80) continue;
    // The bounds of the second byte exclude overlong forms, surrogates and what is above U+10FFFF.
    const unsigned more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    const std::uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < more) return std::nullopt;
    if (text[i] < low || text[i] > high) return std::nullopt;
    for (unsigned j = 1; j < more; ++j)
      if ((text[i + j] & 0xc0U) != 0x80) return std::nullopt;
    i += more;
  }
  return characters;
}

bool is_name(ByteView name) noexcept {
  return !name.empty() && utf8_characters(name) &&
         std::ranges::none_of(name, [](std::uint8_t byte) { return byte < 0x20 || byte == 0x7f; });
}

namespace {

constexpr std::size_t longest_word = 64;

/// The distance of optimal string alignment, of words that are not longer than `longest_word`.
std::size_t changes_between(std::string_view a, std::string_view b) {
  std::array<std::array<std::size_t, longest_word + 1>, 3> rows{};
  auto* before = rows.data();
  auto* above = &rows[1];
  auto* row = &rows[2];
  std::iota(above->begin(), above->end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    (*row)[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = (*above)[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      (*row)[j] = std::min({other, (*above)[j] + 1, (*row)[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) (*row)[j] = std::min((*row)[j], (*before)[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return (*above)[b.size()];
}

}  // namespace

Closest::Closest(std::string_view word)
    : word_(word), changes_(std::max<std::size_t>(word.size() / 3, 1) + 1) {}

/// Of two that take as many changes, one of the same letters is likelier.
void Closest::consider(std::string_view candidate) {
  const std::size_t longer = std::max(word_.size(), candidate.size());
  if (candidate.empty() || longer > longest_word ||
      longer - std::min(word_.size(), candidate.size()) >= changes_)
    return;
  const std::size_t changes = changes_between(word_, candidate);
  const auto has_same_letters = [this](std::string_view other) {
    return std::ranges::is_permutation(word_, other);
  };
  const bool is_likelier =
      changes == changes_ && !best_.empty() && !has_same_letters(best_) && has_same_letters(candidate);
  if (changes >= changes_ && !is_likelier) return;
  changes_ = changes;
  best_ = candidate;
}

std::string Closest::hint() const { return best_.empty() ? "" : "; did you mean " + printable(best_) + '?'; }

}  // namespace qember
