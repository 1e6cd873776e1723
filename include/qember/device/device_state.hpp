// SPDX-License-Identifier: LGPL-2.1-or-later
/// The state of a device by the names of its fields, to be built and to be read.
///
/// Names and types of the fields travel in the stream's description, so that every reader of the stream has
/// them: `qember show`, too.
#pragma once

#include <qember/device/named_state.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>

namespace qember::device {

/// `bool`, or an integer of 8 to 64 bits.
template <class T>
concept StateNumber =
    std::integral<T> && sizeof(T) <= 8 && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
    !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// Several of them; bytes are no numbers but a buffer.
template <class R>
concept StateArray = std::ranges::contiguous_range<const R> && std::ranges::sized_range<const R> &&
                     !std::convertible_to<const R&, ByteView> &&
                     StateNumber<std::remove_cv_t<std::ranges::range_value_t<const R>>>;

/// As a description spells it.
template <StateNumber T>
constexpr std::string_view state_type_name() {
  if constexpr (std::same_as<T, bool>) return "bool";
  constexpr bool is_signed = std::is_signed_v<T>;
  switch (sizeof(T)) {
    case 1: return is_signed ? "int8" : "uint8";
    case 2: return is_signed ? "int16" : "uint16";
    case 4: return is_signed ? "int32" : "uint32";
    default: return is_signed ? "int64" : "uint64";
  }
}

class DeviceState {
 public:
  struct Field {
    std::string name;
    std::string_view type;  ///< as a description spells it: `bool`, `uint16`, `buffer`
    std::size_t size = 0;   ///< octets of one element
    std::optional<std::uint32_t> array_len{};
    Bytes octets{};  ///< big-endian
  };

  /// `name` is 1 to 255 octets of UTF-8; `instance` tells devices of one name apart; `version` is that of the
  /// set of fields.
  DeviceState(std::string name, std::uint32_t instance, std::uint32_t version)
      : name_(std::move(name)), instance_(instance), version_(version) {}

  // Each sets the field with that name, of any text in UTF-8; the type of the value is the field's. What was
  // set first comes first; setting it again takes the place of what it was.

  template <StateNumber T>
  void set(std::string_view name, T value) {
    Bytes octets;
    append(octets, value);
    put({std::string(name), state_type_name<T>(), sizeof(T), std::nullopt, std::move(octets)});
  }
  /// An array, of fewer than 2^32 elements.
  template <StateArray R>
  void set(std::string_view name, const R& values) {
    using T = std::remove_cv_t<std::ranges::range_value_t<const R>>;
    Bytes octets;
    for (const T value : values) append(octets, value);
    put({std::string(name), state_type_name<T>(), sizeof(T),
         static_cast<std::uint32_t>(std::ranges::size(values)), std::move(octets)});
  }
  /// A buffer.
  void set(std::string_view name, ByteView octets) {
    put({std::string(name), "buffer", octets.size(), std::nullopt, Bytes(octets.begin(), octets.end())});
  }

  const std::string& name() const noexcept { return name_; }
  std::uint32_t instance() const noexcept { return instance_; }
  std::uint32_t version() const noexcept { return version_; }
  std::span<const Field> fields() const noexcept { return fields_; }

 private:
  template <class T>
  static void append(Bytes& to, T value) {
    for (std::size_t i = sizeof(T); i-- > 0;)
      to.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
  }
  void put(Field field);

  std::string name_;
  std::uint32_t instance_;
  std::uint32_t version_;
  std::vector<Field> fields_;
};

/// The description of a stream with these devices, in JSON as QEMU writes it.
Result<std::string> describe(std::span<const DeviceState> devices, std::uint64_t page_size);

/// The state of a device as it came. A path names a value: the name of its field, or as `NamedStateSink` has
/// it, such as `env.regs[3]`.
///
/// An error's offset is that of the device's section. Its code is `Errc::description_mismatch` where nothing
/// has that path, or not a value of that kind, and `Errc::constraint` where the value does not fit.
class ReceivedDevice {
 public:
  struct Header {
    std::string name;
    std::uint32_t instance = 0;
    std::uint32_t version = 0;
    std::uint64_t offset = 0;  ///< of its section in the stream
  };

  /// `device` keeps its description alive; null where nothing describes the state, and no value has a name.
  ReceivedDevice(Header header, Bytes body, std::shared_ptr<const Device> device)
      : header_(std::move(header)), body_(std::move(body)), device_(std::move(device)) {}

  const std::string& name() const noexcept { return header_.name; }
  std::uint32_t instance() const noexcept { return header_.instance; }
  std::uint32_t version() const noexcept { return header_.version; }
  /// All of it, as QEMU lays it out.
  ByteView body() const noexcept { return body_; }

  // Each walks through all of the body.

  /// A `bool`, or an integer of whatever width that fits in T.
  template <StateNumber T>
  Result<T> get(std::string_view path) const {
    T value{};
    auto status = read(path, false, state_type_name<T>(),
                       [&value](const StateValue& found) { return convert(found, value); });
    if (!status) return std::move(status.error());
    return value;
  }
  template <StateNumber T>
  Result<std::vector<T>> get_array(std::string_view path) const {
    std::vector<T> values;
    auto status = read(path, true, state_type_name<T>(), [&values](const StateValue& found) {
      T value{};
      const Taken taken = convert(found, value);
      if (taken == Taken::yes) values.push_back(value);
      return taken;
    });
    if (!status) return std::move(status.error());
    return values;
  }
  /// A buffer; valid as long as this.
  Result<ByteView> get_octets(std::string_view path) const;

 private:
  enum class Taken : std::uint8_t { yes, other_kind, out_of_range };
  using Take = std::function<Taken(const StateValue&)>;
  class Finder;

  template <class T>
  static Taken convert(const StateValue& value, T& to) {
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
  /// Calls `take` for the value of that path, or for all elements of that array.
  Status read(std::string_view path, bool array, std::string_view wanted, const Take& take) const;

  Header header_;
  Bytes body_;
  std::shared_ptr<const Device> device_;
};

}  // namespace qember::device
