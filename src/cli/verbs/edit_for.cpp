// SPDX-License-Identifier: LGPL-2.1-or-later
#include "edit_for.hpp"

#include "../render/style.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::cli {
namespace {

/// As a shell takes it for one word.
std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + '\'';
}

}  // namespace

std::optional<std::vector<vm::Edit>> choose_edits(Lines& out, const std::vector<vm::Remedy>& remedies,
                                                  const std::vector<std::string>& allowed,
                                                  std::span<const vm::Edit> given) {
  std::vector<vm::Edit> edits;
  bool are_all = true;
  for (const vm::Remedy& each : remedies) {
    const auto words = vm::to_words(each.edit);
    if (std::ranges::any_of(given, [&](const vm::Edit& edit) { return vm::to_words(edit) == words; }))
      continue;
    const auto& [kind, argument] = words;
    const bool is_allowed =
        each.safety == vm::Safety::safe ||
        (each.safety == vm::Safety::conditional && std::ranges::find(allowed, kind) != allowed.end());
    const std::string_view verdict = is_allowed                               ? "edit"
                                     : each.safety == vm::Safety::conditional ? "ask"
                                                                              : "unsafe";
    out.write(
        fmt::format("{:<9}{}\n", verdict, printable_line(fmt::format("--{} {}", kind, quoted(argument)))));
    out.write(fmt::format("{:<9}{}\n", "", printable_line(each.reason)));
    if (verdict == "ask") out.write(fmt::format("{:<9}--allow {} does it\n", "", kind));
    if (is_allowed) edits.push_back(each.edit);
    are_all &= is_allowed;
  }
  return are_all ? std::optional(std::move(edits)) : std::nullopt;
}

}  // namespace qember::cli
