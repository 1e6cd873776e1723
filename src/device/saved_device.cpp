// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/saved_device.hpp>

#include <qember/advanced/device/state.hpp>
#include <qember/advanced/device/value_text.hpp>

#include "field_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace qember::device {
namespace {

/// A path such as `regs[3]` in two.
struct ElementPath {
  std::string_view array;
  std::uint64_t index = 0;
};

std::optional<ElementPath> split(std::string_view path) {
  const std::size_t open = path.rfind('[');
  if (open == std::string_view::npos || !path.ends_with(']')) return std::nullopt;
  ElementPath element{path.substr(0, open)};
  const char* const end = path.data() + path.size() - 1;
  const auto [stop, error] = std::from_chars(path.data() + open + 1, end, element.index);
  return error == std::errc() && stop == end ? std::optional(element) : std::nullopt;
}

/// A value for messages: a number, `true`, `a buffer of 4 bytes`.
std::string text_of(const StateValue& value) {
  if (const auto* integer = std::get_if<Integer>(&value)) return to_string(*integer);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  return fmt::format("a buffer of {} bytes", std::get<ByteView>(value).size());
}

/// Elements of an array in one line.
class ArrayText {
 public:
  /// Whether there was room for it.
  bool add(std::string element) {
    if (count_ == 0 || element != element_) {
      put();
      if (text_.size() >= most) return false;
      element_ = std::move(element);
    }
    ++count_;
    return true;
  }
  std::string finish(std::uint64_t left) && {
    put();
    return left == 0 ? std::move(text_) : fmt::format("{} … and {} more", text_, left);
  }

 private:
  static constexpr std::size_t most = 4096;

  void put() {
    if (count_ == 0) return;
    if (!text_.empty()) text_ += "  ";
    text_ += run_text(element_, std::exchange(count_, 0));
  }

  std::string text_;
  std::string element_;
  std::uint64_t count_ = 0;  ///< of `element_`
};

}  // namespace

std::string_view SavedField::type() const noexcept { return field->type; }

StateValue SavedField::value(std::uint64_t index) const {
  const std::size_t size = count ? bytes.size() / std::max<std::uint64_t>(*count, 1) : bytes.size();
  return value_of(*field, bytes.subspan(index * size, size));
}

std::string to_string(const SavedField& field) {
  if (!field.count) return value_text(*field.field, field.value());
  if (*field.count == 0) return "empty";
  ArrayText text;
  std::uint64_t done = 0;
  while (done < *field.count && text.add(short_text(*field.field, field.value(done)))) ++done;
  return std::move(text).finish(*field.count - done);
}

struct SavedDevice::State {
  Header header;
  Bytes body;
  std::shared_ptr<const Device> device;
  std::shared_ptr<FieldRoom> room;
  std::shared_ptr<const Error> obstacle;
  std::optional<FieldTable> table;
};

SavedDevice::SavedDevice(Header header, Bytes body, std::shared_ptr<const Device> device,
                         std::shared_ptr<FieldRoom> room, std::shared_ptr<const Error> obstacle)
    : state_(new State{
          std::move(header), std::move(body), std::move(device), std::move(room), std::move(obstacle), {}}) {}

const std::string& SavedDevice::name() const noexcept { return state_->header.name; }
std::uint32_t SavedDevice::instance() const noexcept { return state_->header.instance; }
std::uint32_t SavedDevice::version() const noexcept { return state_->header.version; }
std::uint64_t SavedDevice::offset() const noexcept { return state_->header.offset; }
ByteView SavedDevice::body() const noexcept { return state_->body; }
const Device* SavedDevice::description() const noexcept { return state_->device.get(); }
bool SavedDevice::is_described() const noexcept { return state_->device != nullptr; }

Error SavedDevice::refuse(Errc code, std::string_view path, std::string expected, std::string found) const {
  return {code, offset(), fmt::format("{}/{}.{}", name(), instance(), path), std::move(expected),
          std::move(found)};
}

Status SavedDevice::load() const {
  if (state_->table) return {};
  if (const auto& obstacle = state_->obstacle)
    return refuse(obstacle->code, "", obstacle->expected, obstacle->found);
  if (!is_described())
    return refuse(Errc::description_mismatch, "", "a value", "a state that is not described");
  auto table = FieldTable::make(*state_->device, state_->body, *state_->room);
  if (!table)
    return refuse(table.error().code, "", std::move(table.error().expected), std::move(table.error().found));
  state_->table = std::move(*table);
  return {};
}

Result<std::span<const SavedField>> SavedDevice::fields() const {
  if (auto status = load(); !status) return std::move(status.error());
  return state_->table->fields();
}

Result<const SavedField*> SavedDevice::field(std::string_view path) const {
  const auto mismatch = [&](std::string found) {
    return refuse(Errc::description_mismatch, path, "a value", std::move(found));
  };
  if (auto status = load(); !status)
    return refuse(status.error().code, path, std::move(status.error().expected),
                  std::move(status.error().found));
  const SavedField* const found = state_->table->find(path);
  if (found == nullptr) return mismatch("none with this path");
  // A field may have the name of another one's element.
  const auto element = split(path);
  const SavedField* const array = element ? state_->table->find(element->array) : nullptr;
  const bool is_element = array != nullptr && array->count && element->index < *array->count;
  if (is_element || state_->table->is_ambiguous(*found)) return mismatch("several with this path");
  return found;
}

Result<StateValue> SavedDevice::find(std::string_view path, std::string_view wanted) const {
  auto found = field(path);
  if (found && !(*found)->count) return (*found)->value();
  const auto element = split(path);
  if (!found && element && state_->table && state_->table->find(path) == nullptr)
    if (const auto array = field(element->array);
        array && (*array)->count && element->index < *(*array)->count)
      return (*array)->value(element->index);
  if (found)
    return refuse(Errc::description_mismatch, path, fmt::format("a value that is {}", wanted), "an array");
  return std::move(found.error());
}

/// Where an array is in several fields, these are its elements.
Result<std::vector<StateValue>> SavedDevice::find_array(std::string_view path,
                                                        std::string_view wanted) const {
  std::vector<StateValue> values;
  auto found = field(path);
  if (!found) {
    for (;;) {
      auto element = field(fmt::format("{}[{}]", path, values.size()));
      if (!element || (*element)->count) break;
      values.push_back((*element)->value());
    }
    if (values.empty()) return std::move(found.error());
    return values;
  }
  if (!(*found)->count)
    return refuse(Errc::description_mismatch, path, fmt::format("an array of {}", wanted),
                  text_of((*found)->value()));
  for (std::uint64_t i = 0; i < *(*found)->count; ++i) values.push_back((*found)->value(i));
  return values;
}

Status SavedDevice::check(std::string_view path, Taken taken, std::string_view wanted,
                          const StateValue& value, bool in_array) const {
  if (taken == Taken::yes) return {};
  return refuse(taken == Taken::out_of_range ? Errc::constraint : Errc::description_mismatch, path,
                fmt::format("{}{}", in_array ? "an array of " : "a value that is ", wanted), text_of(value));
}

Result<ByteView> SavedDevice::get_bytes(std::string_view path) const {
  auto value = find(path, "buffer");
  if (!value) return std::move(value.error());
  const auto* const bytes = std::get_if<ByteView>(&*value);
  if (bytes == nullptr) return check(path, Taken::other_kind, "buffer", *value).error();
  return *bytes;
}

}  // namespace qember::device
