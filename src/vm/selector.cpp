// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/selector.hpp>

#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/device/registers.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace qember::vm {
namespace {

/// Whether `pattern`, with its `*` and `?`, is all of `text`. Goes back to the last `*` alone, so that it
/// takes the product of the two lengths at most.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t after = 0;  // in the text, where what follows the star is tried
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

/// As `NAME/INSTANCE`, divided at the last slash.
bool matches_instance(std::string_view text, std::string_view name, std::uint32_t instance) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos || !matches(text.substr(0, slash), name)) return false;
  const std::string_view number = text.substr(slash + 1);
  return number == "*" || parse_number(number) == instance;
}

/// Of another instance, `text` has the name.
bool has_name(std::string_view text, std::string_view name) {
  return text.size() > name.size() && text.starts_with(name) && text[name.size()] == '/';
}

/// Where `[` begins an index, up to that.
Closest closest_field(std::string_view path) { return Closest(path.substr(0, path.find('['))); }

/// The place that may have been meant by one that is none.
std::string place_hint(std::string_view text, std::span<const event::RamBlock> blocks) {
  const std::size_t plus = std::min(text.rfind('+'), text.size());
  const std::string block = printable(closest_block(text.substr(0, plus), blocks).best());
  const std::string offset(text.substr(std::min(plus + 1, text.size())));
  if (block.empty()) return hex_hint(text);
  if (parse_address(offset)) return fmt::format("; did you mean {}+{}?", block, offset);
  return fmt::format("; did you mean {}+{:#x}?", block, parse_number("0x" + offset).value_or(0));
}

}  // namespace

std::string section_text(std::string_view name, std::uint32_t instance) {
  return fmt::format("{}/{}", name, instance);
}

Error no_section(std::string_view text, const Closest& closest) {
  return {Errc::usage, 0, "device", fmt::format("the section {}", printable(text)), "none" + closest.hint()};
}

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  if (is_hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, is_hex ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> parse_address(std::string_view text) noexcept {
  const bool may_be_hex =
      text.size() > 1 && text.starts_with('0') && !text.starts_with("0x") && !text.starts_with("0X");
  return may_be_hex ? std::nullopt : parse_number(text);
}

DeviceSelector::DeviceSelector(std::vector<std::string> texts) {
  for (std::string& text : texts) {
    Closest closest(text);
    texts_.push_back({std::move(text), std::move(closest)});
  }
}

void DeviceSelector::consider(std::string_view name) {
  for (Text& each : texts_) each.is_name |= each.text == name;
}

void DeviceSelector::consider(std::span<const device::Device> devices) {
  for (const device::Device& device : devices) consider(device.name);
}

bool DeviceSelector::selects(std::string_view name, std::uint32_t instance) {
  bool is_meant = texts_.empty();
  for (Text& each : texts_) {
    const bool is_name = name == each.text;
    const bool fits =
        !each.is_name && (matches(each.text, name) || matches_instance(each.text, name, instance));
    if (!each.is_found) each.closest.consider(name);
    if (!each.is_found && has_name(each.text, name)) each.closest.consider(section_text(name, instance));
    each.is_found |= is_name || fits;
    is_meant |= is_name || fits;
  }
  return is_meant;
}

Status DeviceSelector::missed() const {
  for (const Text& each : texts_)
    if (!each.is_found) return no_section(each.text, each.closest);
  return {};
}

void FieldSelector::consider(std::span<const device::Device> devices) {
  device_ = DeviceSelector();
  path_ = text_;
  closest_ = closest_field(path_);
  for (auto colon = text_.rfind(':'); colon != std::string::npos && colon != 0;
       colon = text_.rfind(':', colon - 1)) {
    DeviceSelector before({text_.substr(0, colon)});
    before.consider(devices);
    const bool is_device = std::ranges::any_of(devices, [&before](const device::Device& device) {
      return before.selects(device.name, device.instance);
    });
    if (!is_device) continue;
    device_ = std::move(before);
    path_ = text_.substr(colon + 1);
    closest_ = closest_field(path_);
    return;
  }
  const std::size_t colon = std::min(text_.rfind(':'), text_.size());
  for (const device::Device& device : devices)
    for (const std::string& name :
         {std::string(device.name), fmt::format("{}/{}", device.name, device.instance)})
      if (colon != text_.size()) closest_.consider(name + text_.substr(colon));
}

std::optional<std::string> FieldSelector::path_in(const device::Device& device) {
  if (!device_.selects(device.name, device.instance)) return std::nullopt;
  if (path_.empty()) return path_;
  for (const device::Field& field : device.state.fields) closest_.consider(field.name);
  std::string path = device::register_path(device, path_);
  if (!path.empty()) return path;
  for (const std::string& name : device::register_names(device)) closest_.consider(name);
  return path_;
}

Error FieldSelector::missed() const {
  return {Errc::usage, 0, "field", "the field " + text_, "none" + closest_.hint()};
}

std::string hex_hint(std::string_view text) {
  const auto number = parse_number("0x" + std::string(text));
  return number ? fmt::format("; did you mean {:#x}?", *number) : "";
}

Closest closest_block(std::string_view name, std::span<const event::RamBlock> blocks) {
  Closest closest(name);
  for (const event::RamBlock& block : blocks) closest.consider(block.name);
  return closest;
}

Result<MemoryPlace> parse_place(std::string_view text, std::span<const event::RamBlock> blocks) {
  for (auto plus = text.rfind('+'); plus != std::string_view::npos && plus != 0;
       plus = text.rfind('+', plus - 1)) {
    const auto block = std::ranges::find(blocks, text.substr(0, plus), &event::RamBlock::name);
    if (block == blocks.end()) continue;
    const auto offset = parse_address(text.substr(plus + 1));
    if (!offset) break;
    return MemoryPlace{static_cast<std::uint32_t>(block - blocks.begin()), *offset};
  }
  if (const auto address = parse_address(text)) return MemoryPlace{std::nullopt, *address};
  return Error{Errc::usage, 0, "memory", "an ADDRESS, or BLOCK+OFFSET of a block that there is",
               std::string(text) + place_hint(text, blocks)};
}

}  // namespace qember::vm
