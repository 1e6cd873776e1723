// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/meaning.hpp>

#include "layout.hpp"

#include <fmt/format.h>

namespace qember::device {
namespace {

std::string bits_text(const Names& names, std::uint64_t value) {
  std::string text;
  for (const Name& each : names.names) {
    const std::uint64_t bit = std::uint64_t{1} << each.value;
    if ((value & bit) == 0) continue;
    text += fmt::format("{}{}", text.empty() ? "" : "|", each.text);
    value &= ~bit;
  }
  if (value != 0 && !text.empty()) text += fmt::format("|{:#x}", value);
  return text;
}

}  // namespace

std::string meaning(const Field& field, Integer value) {
  const Names* const names = field.part == nullptr ? nullptr : field.part->names;
  if (names == nullptr || value.negative()) return {};
  if (names->bits) return bits_text(*names, value.bits());
  const auto found = std::ranges::find(names->names, value.bits(), &Name::value);
  return found == names->names.end() ? std::string() : std::string(found->text);
}

bool is_by_place(const Field& field) noexcept {
  return field.part != nullptr && field.part->shape == Shape::pieces;
}

}  // namespace qember::device
