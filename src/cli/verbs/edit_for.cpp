// SPDX-License-Identifier: LGPL-2.1-or-later
#include "edit_for.hpp"

#include "../render/edit_option.hpp"
#include "../render/style.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::cli {

std::optional<std::vector<vm::Edit>> choose_edits(Lines& out, const std::vector<vm::Remedy>& remedies,
                                                  const std::vector<std::string>& allowed,
                                                  std::span<const vm::Edit> given) {
  std::vector<const vm::Remedy*> left;
  for (const vm::Remedy& each : remedies) {
    const auto words = vm::to_words(each.edit);
    const auto is_it = [&words](const vm::Edit& edit) { return vm::to_words(edit) == words; };
    if (std::ranges::none_of(given, is_it)) left.push_back(&each);
  }
  std::vector<vm::Edit> edits;
  bool is_mended = true;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const vm::Remedy& each = *left[i];
    const std::string kind(vm::to_words(each.edit).first);
    const bool is_allowed =
        each.safety == vm::Safety::safe ||
        (each.safety == vm::Safety::conditional && std::ranges::find(allowed, kind) != allowed.end());
    const std::string_view verdict = is_allowed                               ? "edit"
                                     : !each.is_needed                        ? "may"
                                     : each.safety == vm::Safety::conditional ? "ask"
                                                                              : "unsafe";
    out.write(fmt::format("{:<9}{}\n", verdict, printable_line(option_of(each.edit))));
    // Of several edits of a kind for one reason, the last is followed by it.
    const bool is_last = i + 1 == left.size() || left[i + 1]->reason != each.reason ||
                         left[i + 1]->edit.index() != each.edit.index();
    if (is_last) out.write(fmt::format("{:<9}{}\n", "", printable_line(each.reason)));
    if (is_last && (verdict == "ask" || verdict == "may"))
      out.write(fmt::format("{:<9}--allow {} does it\n", "", kind));
    if (is_allowed) edits.push_back(each.edit);
    is_mended &= is_allowed || !each.is_needed;
  }
  return is_mended ? std::optional(std::move(edits)) : std::nullopt;
}

}  // namespace qember::cli
