// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/meanings.hpp>

#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/capabilities.hpp>

#include <algorithm>
#include <array>

namespace qember::event {
namespace {

/// By id, which begin with 1.
constexpr std::array<std::string_view, 12> command_names{"",
                                                         "open_return_path",
                                                         "ping",
                                                         "postcopy_advise",
                                                         "postcopy_listen",
                                                         "postcopy_run",
                                                         "postcopy_ram_discard",
                                                         "packaged",
                                                         "enable_colo",
                                                         "postcopy_resume",
                                                         "recv_bitmap",
                                                         "switchover_start"};

}  // namespace

std::variant<std::uint64_t, std::vector<std::string_view>, ByteView> value_of(
    const ConfigurationSubsection& subsection) {
  const ByteView payload = subsection.payload;
  if (subsection.name == "configuration/target-page-bits" && payload.size() == 4)
    return std::uint64_t{load_be<std::uint32_t>(payload.data())};
  if (subsection.name == "configuration/capabilities")
    if (auto names = read_capabilities(payload)) return std::move(*names);
  return payload;
}

std::string text_of(const ConfigurationSubsection& subsection) {
  constexpr std::size_t most_bytes = 16;
  const auto value = value_of(subsection);
  if (const auto* number = std::get_if<std::uint64_t>(&value)) return std::to_string(*number);
  if (const auto* bytes = std::get_if<ByteView>(&value)) return hex_excerpt(*bytes, most_bytes);
  std::string text;
  for (const std::string_view name : std::get<std::vector<std::string_view>>(value))
    text += (text.empty() ? "" : ", ") + printable(name);
  return text;
}

std::string_view name_of_command(std::uint16_t id) noexcept {
  return id < command_names.size() ? command_names[id] : std::string_view();
}

std::optional<CommandId> find_command(std::string_view name) noexcept {
  const auto found = std::ranges::find(command_names, name);
  if (name.empty() || found == command_names.end()) return std::nullopt;
  return static_cast<CommandId>(found - command_names.begin());
}

}  // namespace qember::event
