// SPDX-License-Identifier: LGPL-2.1-or-later
#include "device_edits.hpp"

#include <fmt/format.h>
#include "field_value.hpp"
#include "refusal.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

/// What stands between the brackets, divided at the commas; nothing where it is not in brackets.
std::optional<std::vector<std::string_view>> split_list(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::vector<std::string_view> elements;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    std::string_view element = text.substr(at, comma - at);
    while (element.starts_with(' ')) element.remove_prefix(1);
    while (element.ends_with(' ')) element.remove_suffix(1);
    elements.push_back(element);
    at = comma + 1;
  }
  return elements;
}

/// What does not fit its description may be sound, as a blob; its fields are not to be had.
Error refuse_state(Error error) {
  if (error.code != Errc::usage && error.code != Errc::limit) error.code = Errc::unsupported;
  return error;
}

}  // namespace

DeviceEdits::DeviceEdits(std::span<const Edit> edits, const Limits& limits) : limits_(limits) {
  for (const Edit& each : edits) {
    if (const auto* set = std::get_if<SetField>(&each)) settings_.push_back({set, FieldSelector(set->field)});
    if (const auto* cut = std::get_if<DropSubsection>(&each))
      cuts_.push_back({cut, FieldSelector(cut->subsection)});
    if (const auto* clear = std::get_if<ClearFeature>(&each))
      clearings_.push_back({clear, FieldSelector(clear->feature)});
  }
}

void DeviceEdits::consider(const device::Description& description) {
  for (Setting& each : settings_) each.selector.consider(description);
  for (Cut& each : cuts_) each.selector.consider(description);
  for (Clearing& each : clearings_) each.selector.consider(description);
}

bool DeviceEdits::concerns(const device::Device& device) {
  bool any = false;
  for (Setting& each : settings_) any |= each.selector.path_in(device).has_value();
  for (Cut& each : cuts_) any |= each.selector.path_in(device).has_value();
  for (Clearing& each : clearings_) any |= each.selector.path_in(device).has_value();
  return any;
}

Status DeviceEdits::apply(const device::Device& device, Bytes& body, DescriptionChanges& changes) {
  if (auto status = set_all(device, body); !status) return refuse_state(status.error());
  // What a body has no more of, its description no longer fits: these come last, and together.
  std::vector<SubsectionPlace> all;
  for (Cut& each : cuts_)
    if (const auto name = each.selector.path_in(device))
      if (auto status = find_cut(device, *name, body, each, all); !status)
        return refuse_state(status.error());
  cut(all, body, changes);
  return {};
}

/// No value may decide which others there are: then it would be others that have changed.
Status DeviceEdits::set_all(const device::Device& device, Bytes& body) {
  std::optional<Digest> before;
  std::string paths;
  std::string_view kind = "set";
  for (Setting& each : settings_) {
    const auto path = each.selector.path_in(device);
    if (!path) continue;
    if (!before) before = Shape::of(device, body);
    if (auto status = set(device, *path, each, body); !status) return status;
    paths += (paths.empty() ? "" : ", ") + *path;
  }
  for (Clearing& each : clearings_) {
    const auto feature = each.selector.path_in(device);
    if (!feature) continue;
    if (!before) before = Shape::of(device, body);
    if (auto status = clear(device, *feature, each, body); !status) return status;
    kind = "clear-feature";
    paths += (paths.empty() ? "" : ", ") + *feature;
  }
  if (!before || Shape::of(device, body) == *before) return {};
  return refuse_edit(kind, "fields that decide nothing of what follows them", paths);
}

Status DeviceEdits::set(const device::Device& device, std::string_view path, Setting& setting,
                        Bytes& body) const {
  FieldPlaces found{std::string(path), limits_.max_compared};
  if (auto status = found.read(device, body); !status) return status;
  const auto places = found.places();
  if (places.empty()) return {};
  const auto list = split_list(setting.edit->value);
  const std::vector<std::string_view> values =
      list ? *list : std::vector<std::string_view>{setting.edit->value};
  if (found.is_beyond() || found.is_folded() || values.size() != places.size())
    return refuse_edit("set", fmt::format("{} values for {}", places.size(), setting.edit->field),
                       fmt::to_string(values.size()));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto expected =
        store_value(*places[i].field, values[i], MutableBytes(body).subspan(places[i].at, places[i].size));
    if (!expected.empty())
      return refuse_edit("set", fmt::format("{} for {}", expected, setting.edit->field),
                         std::string(values[i]));
  }
  setting.is_done = true;
  return {};
}

Status DeviceEdits::clear(const device::Device& device, std::string_view feature, Clearing& clearing,
                          Bytes& body) {
  FeaturePlaces found(feature);
  if (auto status = found.read(device, body); !status) return status;
  const auto number = parse_number(feature);
  constexpr std::uint64_t most = 128;
  const auto bit =
      found.bit() || !number || *number >= most ? found.bit() : std::optional(static_cast<unsigned>(*number));
  if (!bit) return {};
  for (const FeaturePlaces::Word& word : found.words()) {
    if (*bit < word.first_bit || *bit >= word.first_bit + 8 * word.place.size) continue;
    const unsigned in_word = *bit - word.first_bit;
    std::uint8_t& byte = body[word.place.at + word.place.size - 1 - in_word / 8];
    const auto mask = static_cast<std::uint8_t>(1U << in_word % 8);
    clearing.is_done |= (byte & mask) != 0;
    byte = static_cast<std::uint8_t>(byte & ~mask);
  }
  return {};
}

Status DeviceEdits::find_cut(const device::Device& device, std::string_view name, ByteView body, Cut& cut,
                             std::vector<SubsectionPlace>& all) {
  SubsectionPlaces found(name);
  if (auto status = found.read(device, body); !status) return status;
  for (const SubsectionPlace& each : found.places()) {
    if (each.buffer != nullptr && each.buffer->array_len)
      return refuse_edit("drop-subsection", "a subsection that is not in an array of buffers",
                         std::string(name));
    all.push_back(each);
    cut.is_done = true;
  }
  return {};
}

/// Of one in another, the outer one goes.
void DeviceEdits::cut(std::vector<SubsectionPlace>& all, Bytes& body, DescriptionChanges& changes) {
  std::ranges::sort(all, [](const SubsectionPlace& a, const SubsectionPlace& b) {
    return a.at != b.at ? a.at < b.at : a.size > b.size;
  });
  Bytes left;
  std::size_t end = 0;
  for (const SubsectionPlace& each : all) {
    if (each.at < end) continue;
    left.insert(left.end(), body.begin() + static_cast<std::ptrdiff_t>(end),
                body.begin() + static_cast<std::ptrdiff_t>(each.at));
    end = each.at + each.size;
    if (each.buffer == nullptr) {
      changes.cut[each.structure] = each.size;
    } else {
      changes.resized.try_emplace(each.buffer, each.buffer->size).first->second -= each.size;
    }
  }
  left.insert(left.end(), body.begin() + static_cast<std::ptrdiff_t>(end), body.end());
  body = std::move(left);
}

Status DeviceEdits::missed() const {
  for (const Setting& each : settings_)
    if (!each.is_done) return each.selector.missed();
  for (const Cut& each : cuts_)
    if (!each.is_done)
      return refuse_edit("drop-subsection", "the subsection " + each.edit->subsection, "none");
  for (const Clearing& each : clearings_)
    if (!each.is_done)
      return refuse_edit("clear-feature", "the feature " + each.edit->feature + " among those agreed on",
                         "none");
  return {};
}

}  // namespace qember::vm
