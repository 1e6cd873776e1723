// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/native/description.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace qember::native {
namespace {

using Json = nlohmann::json;

struct TypeName {
  std::string_view name;
  FieldKind kind;
  std::uint8_t width;  ///< octets; 0 for any
};

/// By the width and sign that QEMU gives these types; any other type is a buffer.
constexpr std::array type_names{
    TypeName{"bool", FieldKind::boolean, 1},
    TypeName{"int8", FieldKind::signed_integer, 1},
    TypeName{"int16", FieldKind::signed_integer, 2},
    TypeName{"int32", FieldKind::signed_integer, 4},
    TypeName{"int32 equal", FieldKind::signed_integer, 4},
    TypeName{"int32 le", FieldKind::signed_integer, 4},
    TypeName{"int64", FieldKind::signed_integer, 8},
    TypeName{"timer", FieldKind::signed_integer, 8},
    TypeName{"uint8", FieldKind::unsigned_integer, 1},
    TypeName{"uint8 equal", FieldKind::unsigned_integer, 1},
    TypeName{"uint16", FieldKind::unsigned_integer, 2},
    TypeName{"uint16 equal", FieldKind::unsigned_integer, 2},
    TypeName{"uint16_from_uint8", FieldKind::unsigned_integer, 1},
    TypeName{"int32_as_uint16", FieldKind::unsigned_integer, 2},
    TypeName{"uint32", FieldKind::unsigned_integer, 4},
    TypeName{"uint32 equal", FieldKind::unsigned_integer, 4},
    TypeName{"uint64", FieldKind::unsigned_integer, 8},
    TypeName{"uint64 equal", FieldKind::unsigned_integer, 8},
    TypeName{"int64 equal", FieldKind::unsigned_integer, 8},
    TypeName{"CPU_Double_U", FieldKind::unsigned_integer, 8},
    TypeName{"float64", FieldKind::unsigned_integer, 8},
    TypeName{"nullptr", FieldKind::pointer, 1},
    TypeName{"ptr-marker", FieldKind::pointer, 1},
    TypeName{"bitmap", FieldKind::bitmap, 0},
    TypeName{"struct", FieldKind::structure, 0},
    TypeName{"vstruct", FieldKind::structure, 0},
    TypeName{"tmp", FieldKind::structure, 0},
    TypeName{"qtailq", FieldKind::list, 0},
    TypeName{"qlist", FieldKind::list, 0},
};

FieldKind kind_of(const Field& field) {
  const auto found = std::ranges::find(type_names, field.type, &TypeName::name);
  if (found == type_names.end()) return FieldKind::buffer;
  if (found->width != 0 && found->width != field.size) return FieldKind::buffer;
  if (found->kind == FieldKind::bitmap && field.size % 8 != 0) return FieldKind::buffer;
  if (found->kind == FieldKind::structure && field.groups.size() != 1) return FieldKind::buffer;
  return found->kind;
}

}  // namespace

/// Builds the description while the JSON text is read, so that memory stays near the text's own size.
class DescriptionParser : public nlohmann::json_sax<Json> {
 public:
  DescriptionParser(Description& out, std::size_t text_size, const Limits& limits)
      : out_(out), parts_left_(text_size / least_field), max_depth_(limits.max_depth) {}

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(std::int64_t value) override { return number(static_cast<std::uint64_t>(value)); }
  bool number_unsigned(std::uint64_t value) override { return number(value); }
  bool number_float(double, const std::string&) override { return scalar(); }
  bool binary(Json::binary_t&) override { return false; }
  bool string(std::string& value) override;
  bool start_object(std::size_t) override;
  bool key(std::string& name) override {
    frames_.back().key = std::move(name);
    return true;
  }
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override { return pop(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    position_ = position;
    if (reason_.empty()) reason_ = error.what();
    return false;
  }

  std::size_t position() const { return position_; }
  const std::string& reason() const { return reason_; }

 private:
  /// No device, field or structure is shorter: `{"name":"","type":"","size":0}`.
  static constexpr std::size_t least_field = 24;

  enum class In : std::uint8_t { root, devices, device, fields, field, structure, subsections, skipped };
  struct Frame {
    In in;
    std::string key;
    Structure* structure = nullptr;  ///< of device, structure and the lists in them
    Field* field = nullptr;
  };

  bool push(Frame frame) {
    if (frames_.size() >= max_depth_ * 3) return refuse("nesting that is deeper than allowed");
    frames_.push_back(std::move(frame));
    return true;
  }
  bool pop() {
    frames_.pop_back();
    return true;
  }
  bool refuse(std::string reason) {
    if (reason_.empty()) reason_ = std::move(reason);
    return false;
  }
  bool scalar() { return !frames_.empty() || refuse("no object"); }
  bool number(std::uint64_t value);
  std::string_view keep(std::string& text);
  /// Where the keys of a structure in the current object go; a field holds its structures one by one.
  Structure* target();
  Structure& new_group(Field& field) { return field.groups.emplace_back(); }

  Description& out_;
  std::vector<Frame> frames_;
  std::unordered_map<std::string_view, std::string_view> known_;
  std::size_t parts_left_;
  std::size_t max_depth_;
  std::size_t position_ = 0;
  std::string reason_;
};

std::string_view DescriptionParser::keep(std::string& text) {
  if (const auto found = known_.find(text); found != known_.end()) return found->second;
  const std::string_view kept = out_.texts_.emplace_back(std::move(text));
  known_.emplace(kept, kept);
  return kept;
}

Structure* DescriptionParser::target() {
  Frame& frame = frames_.back();
  if (frame.in != In::field) return frame.structure;
  // In a field, "vmsd_name" begins a structure; the keys after it belong to that.
  return frame.field->groups.empty() ? nullptr : &frame.field->groups.back();
}

bool DescriptionParser::string(std::string& value) {
  if (frames_.empty()) return refuse("no object");
  Frame& frame = frames_.back();
  if (frame.in == In::device && frame.key == "name") {
    out_.devices_.back().name = keep(value);
  } else if (frame.in == In::field && frame.key == "name") {
    frame.field->name = keep(value);
  } else if (frame.in == In::field && frame.key == "type") {
    frame.field->type = keep(value);
  } else if (frame.key == "vmsd_name") {
    if (frame.in == In::field) new_group(*frame.field);
    if (Structure* structure = target()) structure->name = keep(value);
  }
  return true;
}

bool DescriptionParser::number(std::uint64_t value) {
  if (frames_.empty()) return refuse("no object");
  Frame& frame = frames_.back();
  if (frame.in == In::root && frame.key == "page_size") {
    out_.page_size_ = value;
  } else if (frame.in == In::device && frame.key == "instance_id") {
    // QEMU up to 4.2 prints it signed.
    out_.devices_.back().instance = static_cast<std::uint32_t>(value);
  } else if (frame.in == In::field && frame.key == "size") {
    frame.field->size = value;
  } else if (frame.in == In::field && frame.key == "array_len") {
    if (value > std::numeric_limits<std::uint32_t>::max()) return refuse("an array_len beyond 2^32");
    frame.field->array_len = static_cast<std::uint32_t>(value);
  } else if (frame.key == "version") {
    if (Structure* structure = target()) structure->version = static_cast<std::uint32_t>(value);
  }
  return true;
}

bool DescriptionParser::start_object(std::size_t) {
  if (frames_.empty()) return push({In::root, {}});
  const Frame& frame = frames_.back();
  const bool is_part = frame.in != In::root && frame.in != In::skipped && frame.in != In::device;
  if (is_part && parts_left_-- == 0) return refuse("more devices and fields than the text has room for");
  switch (frame.in) {
    case In::devices: {
      Device& device = out_.devices_.emplace_back();
      return push({In::device, {}, &device.state, nullptr});
    }
    case In::fields: {
      Field& field = frame.structure->fields.emplace_back();
      return push({In::field, {}, nullptr, &field});
    }
    case In::subsections:
      return push({In::structure, {}, &frame.structure->subsections.emplace_back(), nullptr});
    case In::field:
      if (frame.key == "struct") return push({In::structure, {}, &new_group(*frame.field), nullptr});
      break;
    default: break;
  }
  return push({In::skipped, {}});
}

bool DescriptionParser::start_array(std::size_t) {
  if (frames_.empty()) return refuse("no object");
  const std::string_view key = frames_.back().key;
  Structure* const structure = target();
  if (frames_.back().in == In::root && key == "devices") return push({In::devices, {}});
  if (structure != nullptr && key == "fields") return push({In::fields, {}, structure, nullptr});
  if (structure != nullptr && key == "subsections") return push({In::subsections, {}, structure, nullptr});
  return push({In::skipped, {}});
}

bool DescriptionParser::end_object() {
  Frame& frame = frames_.back();
  if (frame.in == In::field) {
    // `"struct": {}` is how QEMU describes an element that is not there.
    std::erase_if(frame.field->groups,
                  [](const Structure& group) { return group.fields.empty() && group.name.empty(); });
    frame.field->kind = kind_of(*frame.field);
  }
  return pop();
}

Result<Description> Description::parse(ByteView json, const Limits& limits) {
  Description description;
  if (json.size() > limits.max_description)
    return Error{Errc::limit, 0, "description", fmt::format("at most {} octets", limits.max_description),
                 fmt::to_string(json.size())};
  DescriptionParser parser(description, json.size(), limits);
  if (!Json::sax_parse(json.begin(), json.end(), &parser))
    return Error{Errc::bad_value, parser.position(), "description", "a description in JSON", parser.reason()};
  return description;
}

DeviceMatcher::DeviceMatcher(const Description& description) : given_(description.devices().size()) {
  devices_.reserve(given_.size());
  for (const Device& device : description.devices()) devices_.push_back(&device);
  std::ranges::sort(devices_, [](const Device* a, const Device* b) {
    return std::tie(a->name, a->instance, a) < std::tie(b->name, b->instance, b);
  });
}

const Device* DeviceMatcher::match(std::string_view name, std::uint32_t instance) {
  const auto first =
      std::ranges::lower_bound(devices_, std::tie(name, instance), {},
                               [](const Device* device) { return std::tie(device->name, device->instance); });
  if (first == devices_.end()) return nullptr;
  const auto index = static_cast<std::size_t>(first - devices_.begin());
  const std::size_t wanted = index + given_[index];
  if (wanted >= devices_.size() || devices_[wanted]->name != name || devices_[wanted]->instance != instance)
    return nullptr;
  ++given_[index];
  return devices_[wanted];
}

}  // namespace qember::native
