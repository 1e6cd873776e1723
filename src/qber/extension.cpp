// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extension.hpp"

#include <qember/advanced/core/text.hpp>

#include <fmt/format.h>

namespace qember::qber::extension {
namespace {

constexpr std::string_view placeholder_prefix = "qember-name-";

}  // namespace

bool SectionNote::only_blocks() const {
  return !type && !continues && controls.empty() && !names_block && !fill && !page_size && !name && !is_known;
}

bool SectionNote::join(SectionNote more) {
  if (more.empty()) return true;
  if (empty()) {
    *this = std::move(more);
  } else if (!blocks.empty() && more.only_blocks()) {
    blocks.insert(blocks.end(), std::make_move_iterator(more.blocks.begin()),
                  std::make_move_iterator(more.blocks.end()));
  } else {
    return false;
  }
  return true;
}

bool needs_placeholder(ByteView name) {
  const std::string_view text = as_text(name);
  return name.empty() || text == section_name || text.starts_with(placeholder_prefix) ||
         !utf8_characters(name);
}

std::string placeholder_name(ByteView name, std::size_t index) {
  return needs_placeholder(name) ? fmt::format("{}{}", placeholder_prefix, index)
                                 : std::string(as_text(name));
}

SectionFields fields(Kind kind, std::uint32_t id) {
  return {std::string(section_name), id, static_cast<std::uint64_t>(kind), format_version};
}

}  // namespace qember::qber::extension
