// SPDX-License-Identifier: LGPL-2.1-or-later
#include "show_output.hpp"

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/capabilities.hpp>

#include <optional>

namespace qember::cli {
void RamTally::add(const event::RamPage& page) {
  switch (page.kind) {
    case event::RamPageKind::zero: ++zero; break;
    case event::RamPageKind::full: ++full; break;
    case event::RamPageKind::xbzrle: ++xbzrle; break;
    case event::RamPageKind::compressed: ++compressed; break;
  }
  bytes += page.data.size();
  digest = chain(digest, {static_cast<std::uint64_t>(page.kind) << 8U | page.fill, page.addr});
  if (page.kind != event::RamPageKind::zero) digest = chain(digest, digest_of(page.data));
}

std::variant<std::uint64_t, std::vector<std::string_view>, ByteView> value_of(
    const event::ConfigurationSubsection& subsection) {
  const ByteView payload = subsection.payload;
  if (subsection.name == "configuration/target-page-bits" && payload.size() == 4)
    return std::uint64_t{load_be<std::uint32_t>(payload.data())};
  if (subsection.name == "configuration/capabilities")
    if (auto names = event::read_capabilities(payload)) return std::move(*names);
  return payload;
}

std::string text_of(const event::ConfigurationSubsection& subsection) {
  constexpr std::size_t most_bytes = 16;
  const auto value = value_of(subsection);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return std::to_string(*number);
  if (const auto* bytes = std::get_if<ByteView>(&value)) return hex_excerpt(*bytes, most_bytes);
  std::string text;
  for (const std::string_view name : std::get<std::vector<std::string_view>>(value))
    text += (text.empty() ? "" : ", ") + printable(name);
  return text;
}

}  // namespace qember::cli
