// SPDX-License-Identifier: LGPL-2.1-or-later
#include "show_output.hpp"

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/meanings.hpp>

namespace qember::cli {

std::string text_of(const event::ConfigurationSubsection& subsection) {
  constexpr std::size_t most_bytes = 16;
  const auto value = event::value_of(subsection);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return std::to_string(*number);
  if (const auto* bytes = std::get_if<ByteView>(&value)) return hex_excerpt(*bytes, most_bytes);
  std::string text;
  for (const std::string_view name : std::get<std::vector<std::string_view>>(value))
    text += (text.empty() ? "" : ", ") + printable(name);
  return text;
}

}  // namespace qember::cli
