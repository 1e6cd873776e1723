// SPDX-License-Identifier: LGPL-2.1-or-later
#include "device_edits.hpp"

#include <fmt/format.h>
#include "field_value.hpp"
#include "refusal.hpp"

#include <algorithm>

namespace qember::vm {
namespace {

constexpr std::string_view one_length = "one edit of an array that gets another length";

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

bool is_number(const device::Field& field) {
  const bool is_integer =
      field.kind == device::FieldKind::unsigned_integer || field.kind == device::FieldKind::signed_integer;
  return is_integer && field.part == nullptr;
}

/// No stream says which arrays of a structure one field counts: those that are as long as one which gets
/// another length get the same.
Status check_lengths(const device::Structure& structure, const DescriptionChanges& changes) {
  const auto length_of = [&changes](const device::Field& field) {
    const auto length = changes.lengths.find(&field);
    return length == changes.lengths.end() ? std::nullopt : std::optional(length->second);
  };
  for (const device::Field& field : structure.fields) {
    for (const device::Structure& group : field.groups)
      if (auto status = check_lengths(group, changes); !status) return status;
    const auto length = length_of(field);
    if (!length) continue;
    for (const device::Field& other : structure.fields)
      if (other.array_len == field.array_len && length_of(other) != length)
        return refuse_edit(
            "set", fmt::format("{} elements of {}, which is as long as {}", *length, other.name, field.name),
            fmt::to_string(length_of(other).value_or(*other.array_len)));
  }
  for (const device::Structure& each : structure.subsections)
    if (auto status = check_lengths(each, changes); !status) return status;
  return {};
}

std::uint64_t number_at(ByteView body, const FieldPlace& place) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : body.subspan(place.at, place.size)) value = value << 8U | byte;
  return value;
}

}  // namespace

bool changes_description(const Edit& edit) {
  const auto* const set = std::get_if<SetField>(&edit);
  return (set != nullptr && set->value.starts_with('[')) || std::holds_alternative<DropSubsection>(edit) ||
         std::holds_alternative<AddDefault>(edit) || std::holds_alternative<SetVectors>(edit);
}

DeviceEdits::DeviceEdits(std::span<const Edit> edits, const Limits& limits) : limits_(limits) {
  for (const Edit& each : edits) {
    if (const auto* set = std::get_if<SetField>(&each)) settings_.push_back({set, FieldSelector(set->field)});
    if (const auto* cut = std::get_if<DropSubsection>(&each))
      cuts_.push_back({cut, FieldSelector(cut->subsection)});
    if (const auto* clear = std::get_if<ClearFeature>(&each))
      clearings_.push_back({clear, FieldSelector(clear->feature)});
    if (const auto* addition = std::get_if<AddDefault>(&each))
      additions_.push_back({addition, FieldSelector(addition->field)});
    if (const auto* vectors = std::get_if<SetVectors>(&each))
      vectors_.push_back({vectors, DeviceSelector({vectors->device})});
    if (const auto* mending = std::get_if<MendRequests>(&each))
      mendings_.push_back({mending, DeviceSelector({mending->device})});
    if (const auto* bytes = std::get_if<SetBytes>(&each)) {
      // Without an offset it means no device.
      auto [device, at] = split_offset(bytes->where).value_or(std::pair(bytes->where, std::uint64_t{0}));
      patches_.push_back({bytes, DeviceSelector({std::move(device)}), at});
    }
    may_change_description_ |= changes_description(each);
  }
}

void DeviceEdits::consider(const device::Description& description) {
  for (Setting& each : settings_) each.selector.consider(description.devices());
  for (Cut& each : cuts_) each.selector.consider(description.devices());
  for (Clearing& each : clearings_) each.selector.consider(description.devices());
  for (Patch& each : patches_) each.selector.consider(description.devices());
  for (Addition& each : additions_) each.selector.consider(description.devices());
  for (Mending& each : mendings_) each.selector.consider(description.devices());
  for (Vectors& each : vectors_) each.selector.consider(description.devices());
}

bool DeviceEdits::concerns(const device::Device& device) {
  bool any = false;
  for (Setting& each : settings_) any |= each.selector.path_in(device).has_value();
  for (Cut& each : cuts_) any |= each.selector.path_in(device).has_value();
  for (Clearing& each : clearings_) any |= each.selector.path_in(device).has_value();
  for (Patch& each : patches_) any |= each.selector.selects(device.name, device.instance);
  for (Addition& each : additions_) any |= each.selector.path_in(device).has_value();
  for (Vectors& each : vectors_) any |= each.selector.selects(device.name, device.instance);
  for (Mending& each : mendings_) any |= each.selector.selects(device.name, device.instance);
  return any;
}

Status DeviceEdits::apply(const device::Device& device, Bytes& body, DescriptionChanges& changes) {
  std::vector<Splice> all;
  std::set<const Setting*> lengthened;
  for (Setting& each : settings_) {
    const auto path = each.selector.path_in(device);
    if (!path) continue;
    const auto is_done = set_length(device, *path, body, each, all, changes);
    if (!is_done) return refuse_state(is_done.error());
    if (*is_done) lengthened.insert(&each);
  }
  if (!lengthened.empty())
    if (auto status = check_lengths(device.state, changes); !status) return status;
  if (auto status = set_all(device, lengthened, all, body); !status) return refuse_state(status.error());
  // Places are found before bytes change that say what is there. What a body has no more of, or more of, its
  // description no longer fits: that comes last, and together.
  if (auto status = find_splices(device, body, all, changes); !status) return refuse_state(status.error());
  if (auto status = patch_all(device, all, body); !status) return status;
  if (auto status = check_counters(body, all); !status) return status;
  splice(all, body, changes);
  return {};
}

Status DeviceEdits::find_splices(const device::Device& device, ByteView body, std::vector<Splice>& all,
                                 DescriptionChanges& changes) {
  for (Addition& each : additions_)
    if (const auto field = each.selector.path_in(device))
      if (auto status = find_place(device, *field, body, each, all, changes); !status) return status;
  for (Vectors& each : vectors_)
    if (each.selector.selects(device.name, device.instance))
      if (auto status = find_vectors(device, body, each, all); !status) return status;
  for (Mending& each : mendings_)
    if (each.selector.selects(device.name, device.instance))
      if (auto status = find_requests(device, body, each, all); !status) return status;
  // Last, as the others ask which bytes one of their own kind has: they may be within what goes.
  for (Cut& each : cuts_)
    if (const auto name = each.selector.path_in(device))
      if (auto status = find_cut(device, *name, body, each, all); !status) return status;
  return {};
}

/// No value may decide which others there are: then it would be others that have changed.
Status DeviceEdits::set_all(const device::Device& device, const std::set<const Setting*>& lengthened,
                            const std::vector<Splice>& all, Bytes& body) {
  std::optional<Digest> before;
  std::string paths;
  std::string_view kind = "set";
  for (Setting& each : settings_) {
    const auto path = each.selector.path_in(device);
    if (!path || lengthened.contains(&each)) continue;
    if (!before) before = Shape::of(device, body);
    if (auto status = set(device, *path, each, all, body); !status) return status;
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
                        const std::vector<Splice>& all, Bytes& body) const {
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
    if (has_splice(all, places[i].at, places[i].size))
      return refuse_edit("set", std::string(one_length), setting.edit->field);
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

/// The field that counts an array, where it is set to the new length; nothing where none is.
std::optional<FieldPlace> DeviceEdits::find_counter(const device::Device& device, ByteView body,
                                                    std::size_t before, std::size_t after) {
  for (Setting& each : settings_) {
    const auto path = each.selector.path_in(device);
    if (!path || parse_number(each.edit->value) != after) continue;
    FieldPlaces found{std::string(*path), 1};
    if (!found.read(device, body) || found.is_beyond() || found.places().size() != 1) continue;
    const FieldPlace& place = found.places()[0];
    constexpr std::size_t most_bytes = 8;
    if (is_number(*place.field) && place.size <= most_bytes && number_at(body, place) == before) return place;
  }
  return std::nullopt;
}

/// Another edit may have given it another value.
Status DeviceEdits::check_counters(ByteView body, const std::vector<Splice>& all) {
  for (const Splice& each : all) {
    if (each.counter.field == nullptr || number_at(body, each.counter) == each.count) continue;
    return refuse_edit(
        "set",
        fmt::format("{} for {}, which counts the elements of an array", each.count, each.counter.field->name),
        fmt::to_string(number_at(body, each.counter)));
  }
  return {};
}

/// Makes an array longer or shorter; false where the setting is none of that.
Result<bool> DeviceEdits::set_length(const device::Device& device, std::string_view path, ByteView body,
                                     Setting& setting, std::vector<Splice>& all,
                                     DescriptionChanges& changes) {
  const auto values = split_list(setting.edit->value);
  if (!values) return false;
  FieldPlaces found{std::string(path), limits_.max_compared};
  if (auto status = found.read(device, body); !status) return std::move(status.error());
  const auto places = found.places();
  if (places.empty() || found.is_beyond() || values->size() == places.size()) return false;
  const device::Field& field = *places[0].field;
  const bool is_array = is_number(field) && field.array_len == places.size() && places.back().field == &field;
  const auto counter = is_array ? find_counter(device, body, places.size(), values->size()) : std::nullopt;
  if (!counter) return false;
  Splice made{places[0].at, places.size() * places[0].size};
  if (has_splice(all, made.at, made.size))
    return refuse_edit("set", std::string(one_length), setting.edit->field);
  made.counter = *counter;
  made.count = values->size();
  made.bytes.resize(values->size() * places[0].size);
  for (std::size_t i = 0; i < values->size(); ++i) {
    const MutableBytes to = MutableBytes(made.bytes).subspan(i * places[0].size, places[0].size);
    const auto expected = store_value(field, (*values)[i], to);
    if (!expected.empty())
      return refuse_edit("set", fmt::format("{} for {}", expected, setting.edit->field),
                         std::string((*values)[i]));
  }
  changes.lengths[&field] = values->size();
  all.push_back(std::move(made));
  setting.is_done = true;
  return true;
}

Status DeviceEdits::patch_all(const device::Device& device, const std::vector<Splice>& all, Bytes& body) {
  bool any = false;
  for (Patch& each : patches_) {
    if (!each.selector.selects(device.name, device.instance)) continue;
    const Bytes& bytes = each.edit->bytes;
    if (each.at > body.size() || bytes.size() > body.size() - each.at)
      return refuse_edit("bytes", fmt::format("a place within {:#x} bytes", body.size()), each.edit->where);
    if (has_splice(all, each.at, bytes.size()))
      return refuse_edit("bytes", "a place that no other edit moves or leaves out", each.edit->where);
    std::ranges::copy(bytes, body.begin() + static_cast<std::ptrdiff_t>(each.at));
    any = true;
  }
  if (!any || device::check_state(device, body)) return {};
  return refuse_edit("bytes", "such as the description of the device fits", std::string(device.name));
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
  for (const Patch& each : patches_)
    if (auto status = each.selector.missed(); !status) return std::move(status.error()).within("bytes: ");
  for (const Addition& each : additions_)
    if (!each.is_done)
      return refuse_edit("add-default", "a field that a later QEMU adds to such a device", each.edit->field);
  for (const Vectors& each : vectors_)
    if (!each.is_done) return refuse_edit("vectors", "a virtio device on PCI", each.edit->device);
  for (const Mending& each : mendings_)
    if (!each.is_done)
      return refuse_edit("mend-requests", "a request in flight of a packed ring in " + each.edit->device,
                         "none");
  return {};
}

}  // namespace qember::vm
