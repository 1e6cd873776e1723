// SPDX-License-Identifier: LGPL-2.1-or-later
#include "names.hpp"

#include <qember/advanced/core/text.hpp>

#include "refusal.hpp"

#include <fmt/format.h>

namespace qember::vm {
namespace {

/// Null for an edit that gives none.
const std::string* given_name(const Edit& edit) {
  if (const auto* machine = std::get_if<SetMachine>(&edit)) return &machine->name;
  if (const auto* block = std::get_if<RenameBlock>(&edit)) return &block->name;
  const auto* section = std::get_if<RenameSection>(&edit);
  return section == nullptr ? nullptr : &section->name;
}

}  // namespace

Status check_name(const Edit& edit) {
  constexpr std::size_t longest = 255;
  const std::string* const name = given_name(edit);
  if (name == nullptr) return {};
  if (!name->empty() && name->size() <= longest && utf8_characters(as_bytes(*name))) return {};
  return refuse_edit(to_words(edit).first, "a text of 1 to 255 bytes as the name",
                     fmt::format("{:?}", *name));
}

}  // namespace qember::vm
