// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/core/text.hpp>
#include <qember/device/device_state.hpp>

#include <qember/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace qember::device {
namespace {

/// In the order in which QEMU writes the keys.
using Json = nlohmann::ordered_json;

Json describe(const DeviceState::Field& field) {
  Json json{{"name", field.name}};
  if (field.array_len) json["array_len"] = *field.array_len;
  json["type"] = field.type;
  json["size"] = field.size;
  return json;
}

Json describe(const DeviceState& device) {
  Json fields = Json::array();
  for (const DeviceState::Field& field : device.fields()) fields.push_back(describe(field));
  return {{"name", device.name()},
          {"instance_id", device.instance()},
          {"vmsd_name", device.name()},
          {"version", device.version()},
          {"fields", std::move(fields)}};
}

/// Where in `device` a name is no text.
std::optional<Error> bad_name(const DeviceState& device) {
  constexpr std::size_t most = 255;
  const auto is_text = [](const std::string& name) { return utf8_characters(as_bytes(name)).has_value(); };
  if (device.name().empty() || device.name().size() > most || !is_text(device.name()))
    return Error{Errc::usage, 0, "name", fmt::format("a name of 1 to {} octets of UTF-8", most),
                 fmt::format("{:?}", device.name())};
  for (const DeviceState::Field& field : device.fields())
    if (!is_text(field.name))
      return Error{Errc::usage, 0, device.name() + ".name", "a name in UTF-8",
                   fmt::format("{:?}", field.name)};
  return std::nullopt;
}

}  // namespace

void DeviceState::put(Field field) {
  const auto found = std::ranges::find(fields_, field.name, &Field::name);
  if (found == fields_.end()) {
    fields_.push_back(std::move(field));
  } else {
    *found = std::move(field);
  }
}

Result<std::string> describe(std::span<const DeviceState> devices, std::uint64_t page_size) {
  Json list = Json::array();
  for (const DeviceState& device : devices) {
    if (auto error = bad_name(device)) return std::move(*error);
    list.push_back(describe(device));
  }
  return Json{{"page_size", page_size}, {"devices", std::move(list)}}.dump();
}

/// Gives the value that has the path, or the elements of the array that has it, to `take`; notes what stands
/// in the way.
class ReceivedDevice::Finder final : public NamedStateSink {
 public:
  Finder(std::string_view path, bool array, const Take& take)
      : NamedStateSink(std::string(path)), wanted_(path), array_(array), take_(take) {}

  bool found() const { return found_; }
  Taken taken() const { return taken_; }
  const std::string& obstacle() const { return obstacle_; }

 private:
  void value(const Field&, const StateValue& value) override {
    found_ = true;
    const bool is_element = path() != wanted_;
    note(is_element == array_ ? take_(value) : Taken::other_kind, [&value] { return text_of(value); });
  }
  void enter(const StateGroup& group) override {
    found_ = true;
    const bool is_array = group.kind == StateGroup::Kind::elements && path() == wanted_;
    note(is_array && array_ ? Taken::yes : Taken::other_kind,
         [is_array] { return is_array ? "an array" : "a group of values"; });
  }
  void leave(const StateGroup&) override {}

  template <class Text>
  void note(Taken taken, Text text) {
    if (taken_ != Taken::yes || taken == Taken::yes) return;
    taken_ = taken;
    obstacle_ = text();
  }
  static std::string text_of(const StateValue& value) {
    if (const auto* integer = std::get_if<Integer>(&value)) return to_string(*integer);
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    return fmt::format("a buffer of {} octets", std::get<ByteView>(value).size());
  }

  std::string_view wanted_;
  bool array_;
  const Take& take_;
  bool found_ = false;
  Taken taken_ = Taken::yes;
  std::string obstacle_;
};

Status ReceivedDevice::read(std::string_view path, bool array, std::string_view wanted,
                            const Take& take) const {
  const auto refuse = [&](Errc code, std::string expected, std::string found) {
    return Error{code, header_.offset, fmt::format("{}/{}.{}", name(), instance(), path), std::move(expected),
                 std::move(found)};
  };
  if (device_ == nullptr)
    return refuse(Errc::description_mismatch, "a value", "a state that is not described");
  Finder finder(path, array, take);
  if (auto status = finder.read(*device_, body_); !status)
    return refuse(Errc::description_mismatch, std::move(status.error().expected),
                  std::move(status.error().found));
  if (!finder.found()) return refuse(Errc::description_mismatch, "a value", "none with this path");
  if (finder.taken() == Taken::yes) return {};
  return refuse(finder.taken() == Taken::out_of_range ? Errc::constraint : Errc::description_mismatch,
                fmt::format("{}{}", array ? "an array of " : "a value that is ", wanted), finder.obstacle());
}

Result<ByteView> ReceivedDevice::get_octets(std::string_view path) const {
  ByteView octets;
  auto status = read(path, false, "buffer", [&octets](const StateValue& value) {
    const auto* const found = std::get_if<ByteView>(&value);
    if (found == nullptr) return Taken::other_kind;
    octets = *found;
    return Taken::yes;
  });
  if (!status) return std::move(status.error());
  return octets;
}

}  // namespace qember::device
