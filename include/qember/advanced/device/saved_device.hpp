// SPDX-License-Identifier: LGPL-2.1-or-later
/// The state of a device as a stream has it, by the names of its fields.
#pragma once

#include <qember/advanced/core/limits.hpp>
#include <qember/advanced/core/result.hpp>
#include <qember/advanced/device/state_value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace qember::device {

struct Device;
struct Field;

/// What became of a value that was asked for as another type.
enum class Taken : std::uint8_t { yes, other_kind, out_of_range };

/// Takes a value as a `T` that holds it.
template <StateNumber T>
Taken convert(const StateValue& value, T& to) {
  if constexpr (std::same_as<T, bool>) {
    const bool* const flag = std::get_if<bool>(&value);
    if (flag == nullptr) return Taken::other_kind;
    to = *flag;
  } else {
    const Integer* const integer = std::get_if<Integer>(&value);
    if (integer == nullptr) return Taken::other_kind;
    if (integer->negative() ? !std::in_range<T>(static_cast<std::int64_t>(integer->bits()))
                            : !std::in_range<T>(integer->bits()))
      return Taken::out_of_range;
    to = static_cast<T>(integer->bits());
  }
  return Taken::yes;
}

/// A value of a device, or an array of values. Views are valid as long as a copy of the device is.
struct SavedField {
  std::string_view path;                 ///< as `NamedStateSink` has it, such as `env.regs`
  const Field* field = nullptr;          ///< its description
  ByteView bytes;                        ///< all of it, as it is in the body
  std::uint64_t offset = 0;              ///< of its first byte in the body
  std::optional<std::uint64_t> count{};  ///< elements of an array, of a list of numbers, or of a bitmap

  /// The last part of the path.
  std::string_view name() const noexcept { return path.substr(path.rfind('.') + 1); }
  /// The type as the description spells it: `uint64`, `bool`, `buffer`.
  std::string_view type() const noexcept;
  /// The value, or that element, less than `count`, of an array.
  StateValue value(std::uint64_t index = 0) const;
};

/// The value as `qember show` prints it where nothing says what it means: `4096 (0x1000)`, `true`, `512
/// bytes, all zero`. Bytes are escaped.
std::string to_string(const StateValue& value);

/// The value as `qember show` prints it, with what it means where that is known: `4096 (0x1000)`, `-1 (not
/// armed)`. Of an array it is all elements, equal neighbours as one: `0x10  0 ×15`; of one that is long,
/// about 4096 bytes of text and the number of elements that are left. Bytes of the stream are escaped.
std::string to_string(const SavedField& field);

/// Memory that tables of fields may still take; devices of one VM share it.
struct FieldRoom {
  std::size_t bytes;  ///< that are left
  std::size_t most;   ///< values of one device at most

  /// For as many values as the limits allow.
  explicit FieldRoom(const Limits& limits)
      : bytes(limits.max_compared * bytes_of_a_value), most(limits.max_compared) {}
  /// What the table takes for one value.
  static constexpr std::size_t bytes_of_a_value = 128;
};

/// A device in a stream. Copies share what they hold, and outlive what they came from.
///
/// Errors are those of the value that was asked for: their offset is that of the device's section, their code
/// `Errc::description_mismatch` where nothing has that path, or not a value of that kind, and
/// `Errc::constraint` where the value does not fit. `Errc::limit` where the device has more values than
/// `Limits::max_compared`.
class SavedDevice {
 public:
  /// What the stream says of a device.
  struct Header {
    std::string name;            ///< of its section
    std::uint32_t instance = 0;  ///< tells devices of one name apart
    std::uint32_t version = 0;   ///< of its state
    std::uint64_t offset = 0;    ///< of its section in the stream
  };

  /// `device` keeps its description alive; null where nothing describes the state, and no value has a name:
  /// `obstacle` says why.
  SavedDevice(Header header, Bytes body, std::shared_ptr<const Device> device,
              std::shared_ptr<FieldRoom> room = std::make_shared<FieldRoom>(Limits{}),
              std::shared_ptr<const Error> obstacle = {});

  /// Of its section, such as `cpu`; valid as long as a copy of this.
  const std::string& name() const noexcept;
  /// Tells devices of one name apart.
  std::uint32_t instance() const noexcept;
  /// Of its state.
  std::uint32_t version() const noexcept;
  /// The offset of its section in the stream.
  std::uint64_t offset() const noexcept;
  /// All its bytes, as QEMU lays them out; valid as long as a copy of this. Empty for a device that is beyond
  /// the limits, which fields say.
  ByteView body() const noexcept;
  /// What describes it, see advanced/device/description.hpp; null where nothing does. Valid as long as a copy
  /// of this.
  const Device* description() const noexcept;
  /// Whether fields have names.
  bool is_described() const noexcept;

  // The first of these that is called walks once through the body; then each takes the time of one lookup.

  /// Every value, in the order of the body; arrays of numbers are one each.
  Result<std::span<const SavedField>> fields() const;
  /// The field that has the path.
  Result<const SavedField*> field(std::string_view path) const;
  /// A `bool`, or an integer of whatever width that fits in T: a field, or an element such as `env.regs[3]`.
  template <StateNumber T>
  Result<T> get(std::string_view path) const {
    auto value = find(path, state_type_name<T>());
    if (!value) return std::move(value.error());
    T result{};
    if (auto status = check(path, convert(*value, result), state_type_name<T>(), *value); !status)
      return std::move(status.error());
    return result;
  }
  /// All elements of an array, each a number that fits in T.
  template <StateNumber T>
  Result<std::vector<T>> get_array(std::string_view path) const {
    auto elements = find_array(path, state_type_name<T>());
    if (!elements) return std::move(elements.error());
    std::vector<T> values(elements->size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      T value{};
      auto status = check(path, convert((*elements)[i], value), state_type_name<T>(), (*elements)[i], true);
      if (!status) return std::move(status.error());
      values[i] = value;
    }
    return values;
  }
  /// A buffer; valid as long as a copy of this.
  Result<ByteView> get_bytes(std::string_view path) const;

 private:
  struct State;

  Result<StateValue> find(std::string_view path, std::string_view wanted) const;
  Result<std::vector<StateValue>> find_array(std::string_view path, std::string_view wanted) const;
  Status check(std::string_view path, Taken taken, std::string_view wanted, const StateValue& value,
               bool in_array = false) const;
  Status load() const;
  Error refuse(Errc code, std::string_view path, std::string expected, std::string found) const;

  std::shared_ptr<State> state_;
};

}  // namespace qember::device
