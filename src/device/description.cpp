// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/description.hpp>

#include "layout.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace qember::device {
namespace {

using Json = nlohmann::json;

struct TypeName {
  std::string_view name;
  FieldKind kind;
  std::uint8_t width;  ///< bytes; 0 for any
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
    // Registers that only one kind of CPU has.
    TypeName{"cpsr", FieldKind::unsigned_integer, 4},
    TypeName{"fpscr", FieldKind::unsigned_integer, 4},
    TypeName{"powered_off", FieldKind::boolean, 1},
    TypeName{"fpr", FieldKind::unsigned_integer, 8},
    TypeName{"vsr", FieldKind::unsigned_integer, 8},
    TypeName{"cpu/altivec/vscr", FieldKind::unsigned_integer, 4},
    TypeName{"psr", FieldKind::unsigned_integer, 4},
    TypeName{"fsr", FieldKind::unsigned_integer, 4},
    TypeName{"fsr", FieldKind::unsigned_integer, 8},
    TypeName{"xcc", FieldKind::unsigned_integer, 4},
    TypeName{"fpcr", FieldKind::unsigned_integer, 8},
    TypeName{"sr", FieldKind::unsigned_integer, 4},
    TypeName{"psw", FieldKind::unsigned_integer, 4},
    TypeName{"psw", FieldKind::unsigned_integer, 8},
    TypeName{"sreg", FieldKind::unsigned_integer, 1},
    TypeName{"eind", FieldKind::unsigned_integer, 1},
    TypeName{"rampD", FieldKind::unsigned_integer, 1},
    TypeName{"rampX", FieldKind::unsigned_integer, 1},
    TypeName{"rampY", FieldKind::unsigned_integer, 1},
    TypeName{"rampZ", FieldKind::unsigned_integer, 1},
};

/// Grows by a quarter: what is set aside takes memory too.
template <class T>
T& add_to(std::vector<T>& to) {
  if (to.size() == to.capacity()) to.reserve(to.size() + to.size() / 4 + 4);
  return to.emplace_back();
}

FieldKind kind_of(const Field& field) {
  const auto found = std::ranges::find_if(type_names, [&field](const TypeName& each) {
    return each.name == field.type && (each.width == 0 || each.width == field.size);
  });
  if (found == type_names.end()) return FieldKind::buffer;
  if (found->kind == FieldKind::bitmap && field.size % 8 != 0) return FieldKind::buffer;
  if (found->kind == FieldKind::structure && field.groups.size() != 1) return FieldKind::buffer;
  return found->kind;
}

}  // namespace

/// Builds the description while the JSON text is read, so that memory stays near the text's own size.
class DescriptionParser : public nlohmann::json_sax<Json> {
 public:
  DescriptionParser(Description& out, std::size_t text_size, const Limits& limits)
      : out_(out),
        parts_left_(text_size / least_field),
        memory_left_(least_memory + 4 * text_size),
        max_depth_(limits.max_depth),
        max_name_(limits.max_name) {}

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
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    position_ = position;
    if (reason_.empty()) reason_ = "text that is no JSON";
    return false;
  }

  std::size_t position() const { return position_; }
  const std::string& reason() const { return reason_; }
  bool beyond_limit() const { return beyond_limit_; }

 private:
  /// No device, field or structure is shorter: `{"name":"","type":"","size":0}`.
  static constexpr std::size_t least_field = 24;
  static constexpr std::size_t least_memory = std::size_t{64} << 10U;

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
  /// Counts what is about to be kept.
  bool take(std::size_t bytes) {
    if (bytes <= memory_left_) return memory_left_ -= bytes, true;
    beyond_limit_ = true;
    return refuse("a description that takes more memory than four times its text");
  }
  bool keep(std::string& text, std::string_view& to);
  const LaidOut* layout_of(const Field& field) const;
  /// Where the keys of a structure in the current object go; a field holds its structures one by one.
  Structure* target();
  bool new_group(Field& field) { return take(sizeof(Structure)) && (field.groups.emplace_back(), true); }

  Description& out_;
  std::vector<Frame> frames_;
  std::unordered_set<std::string_view> known_;
  std::size_t parts_left_;
  std::size_t memory_left_;
  std::size_t max_depth_;
  std::size_t max_name_;
  bool beyond_limit_ = false;
  std::size_t position_ = 0;
  std::string reason_;
};

bool DescriptionParser::keep(std::string& text, std::string_view& to) {
  if (const auto found = known_.find(text); found != known_.end()) {
    to = *found;
    return true;
  }
  constexpr std::size_t node = 48;
  if (text.size() > max_name_) {
    beyond_limit_ = true;
    return refuse(fmt::format("a name of {} bytes, more than max_name", text.size()));
  }
  if (!take(sizeof(std::string) + text.size() + node)) return false;
  to = out_.texts_.emplace_back(std::move(text));
  known_.insert(to);
  return true;
}

Structure* DescriptionParser::target() {
  const Frame& frame = frames_.back();
  if (frame.in != In::field) return frame.structure;
  // In a field, "vmsd_name" begins a structure; the keys after it belong to that.
  return frame.field->groups.empty() ? nullptr : &frame.field->groups.back();
}

bool DescriptionParser::string(std::string& value) {
  if (frames_.empty()) return refuse("no object");
  const Frame& frame = frames_.back();
  if (frame.in == In::device && frame.key == "name") return keep(value, out_.devices_.back().name);
  if (frame.in == In::field && frame.key == "name") return keep(value, frame.field->name);
  if (frame.in == In::field && frame.key == "type") return keep(value, frame.field->type);
  if (frame.key == "vmsd_name") {
    if (frame.in == In::field && !new_group(*frame.field)) return false;
    if (Structure* structure = target()) return keep(value, structure->name);
  }
  return true;
}

bool DescriptionParser::number(std::uint64_t value) {
  if (frames_.empty()) return refuse("no object");
  const Frame& frame = frames_.back();
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
      if (!take(sizeof(Device))) return false;
      Device& device = add_to(out_.devices_);
      return push({In::device, {}, &device.state, nullptr});
    }
    case In::fields: {
      if (!take(sizeof(Field))) return false;
      Field& field = add_to(frame.structure->fields);
      return push({In::field, {}, nullptr, &field});
    }
    case In::subsections:
      if (!take(sizeof(Structure))) return false;
      return push({In::structure, {}, &frame.structure->subsections.emplace_back(), nullptr});
    case In::field:
      if (frame.key == "struct")
        return new_group(*frame.field) && push({In::structure, {}, &frame.field->groups.back(), nullptr});
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

/// By the type, which says nothing where it is `buffer`: then by the names of the structure and of the field.
const LaidOut* DescriptionParser::layout_of(const Field& field) const {
  if (field.type != "buffer") return find_layout(field.type);
  const Structure* const around = frames_.size() < 2 ? nullptr : frames_[frames_.size() - 2].structure;
  return around == nullptr ? nullptr : find_layout(around->name, field.name);
}

bool DescriptionParser::end_object() {
  const Frame& frame = frames_.back();
  if (frame.in == In::field) {
    // `"struct": {}` is how QEMU describes an element that is not there.
    std::erase_if(frame.field->groups,
                  [](const Structure& group) { return group.fields.empty() && group.name.empty(); });
    frame.field->kind = kind_of(*frame.field);
    if (frame.field->kind == FieldKind::buffer) frame.field->layout = layout_of(*frame.field);
  }
  return pop();
}

namespace {

constexpr std::uint64_t too_many = std::uint64_t{1} << 32U;

/// Values of something that take no bytes, and whether it takes none itself.
struct Empty {
  std::uint64_t count = 0;
  bool whole = true;

  void add(const Empty& part) {
    count = std::min(count + part.count, too_many);
    whole = whole && part.whole;
  }
};

Empty empty_of(const Field& field);

Empty empty_of(const Structure& structure) {
  Empty all;
  for (const Field& field : structure.fields) all.add(empty_of(field));
  for (const Structure& each : structure.subsections) all.add({empty_of(each).count, false});
  return all;
}

Empty empty_of(const Field& field) {
  Empty element;
  for (const Structure& group : field.groups)
    if (field.kind == FieldKind::structure || field.kind == FieldKind::list) element.add(empty_of(group));
  if (field.kind == FieldKind::list) element.whole = false;
  if (field.kind != FieldKind::structure && field.kind != FieldKind::list) element.whole = field.size == 0;
  if (element.whole) ++element.count;
  if (!field.array_len) return element;
  const std::uint64_t count = std::min(*field.array_len * std::min(element.count, too_many), too_many);
  const bool whole = element.whole || *field.array_len == 0;
  return {std::min(count + (whole ? 1 : 0), too_many), whole};
}

/// The devices have theirs in order, as long as there are any left.
void bound_empty(std::span<Device> devices, std::uint64_t left) {
  for (Device& device : devices) {
    const std::uint64_t wanted = empty_of(device.state).count;
    device.most_empty = wanted <= left ? wanted : 0;
    left -= device.most_empty;
  }
}

}  // namespace

Result<Description> Description::parse(ByteView json, const Limits& limits) {
  Description description;
  if (json.size() > limits.max_description)
    return Error{Errc::limit, 0, "description", fmt::format("at most {} bytes", limits.max_description),
                 fmt::to_string(json.size())};
  DescriptionParser parser(description, json.size(), limits);
  if (!Json::sax_parse(json.begin(), json.end(), &parser)) {
    if (parser.beyond_limit())
      return Error{Errc::limit, 0, "description", "a description within the limits", parser.reason()};
    return Error{Errc::bad_value, parser.position(), "description", "a description in JSON", parser.reason()};
  }
  bound_empty(description.devices_, std::min<std::uint64_t>(json.size(), 1U << 16U));
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

}  // namespace qember::device
