// SPDX-License-Identifier: LGPL-2.1-or-later
// The answer of x-query-virtio-status as QEMU's qapi/virtio.json describes it, from version 7.2 on.
#include <qember/advanced/vm/virtio_status.hpp>

#include "../whole_text.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <sstream>
#include <string_view>

namespace qember::vm {
namespace {

using Json = nlohmann::json;

/// Keeps the statuses of a JSON value, and no more of it.
class Parser final : public nlohmann::json_sax<Json> {
 public:
  explicit Parser(std::vector<VirtioStatus>& found) : found_(found) {}

  const std::string& fault() const noexcept { return fault_; }

  bool null() override { return fits(Type::other); }
  bool boolean(bool) override { return fits(Type::other); }
  bool number_float(number_float_t, const string_t&) override { return fits(Type::other); }
  bool binary(binary_t&) override { return fits(Type::other); }
  bool number_integer(number_integer_t) override { return fits(Type::other); }
  bool number_unsigned(number_unsigned_t number) override {
    if (!fits(Type::number)) return false;
    if (levels_.size() > 1 && levels_.back().key == unnamed_features && is_of_host(levels_.size() - 2))
      levels_[levels_.size() - 2].status.unnamed |= number;
    return true;
  }
  bool string(string_t& text) override {
    if (!fits(Type::text)) return false;
    if (levels_.empty()) return true;
    const std::size_t last = levels_.size() - 1;
    if (levels_[last].key == "name") levels_[last].status.device = text;
    // A name is followed by what it means.
    if (is_list_of_features()) levels_[last - 2].status.features.push_back(text.substr(0, text.find(':')));
    return true;
  }
  bool start_object(std::size_t) override { return open(Type::object); }
  bool key(string_t& text) override {
    Level& level = levels_.back();
    const bool is_again =
        text == "name" ? !level.status.device.empty() : text == host_features && level.offers;
    level.key = text;
    level.offers |= text == host_features;
    level.has_transports |= text == transports;
    return !is_again || fail("a status with two of " + text);
  }
  bool end_object() override {
    const std::size_t last = levels_.size() - 1;
    if (last > 0 && is_of_host(last - 1) && !levels_[last].has_transports)
      return fail("features without those of the transport");
    if (levels_.back().offers && !levels_.back().status.device.empty())
      found_.push_back(std::move(levels_.back().status));
    levels_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return open(Type::array); }
  bool end_array() override {
    levels_.pop_back();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    fault_ = "something else";
    return false;
  }

 private:
  static constexpr std::size_t deepest = 16;
  static constexpr std::string_view host_features = "host-features";
  static constexpr std::string_view device_features = "dev-features";
  static constexpr std::string_view unnamed_features = "unknown-dev-features";
  static constexpr std::string_view transports = "transports";

  enum class Type : std::uint8_t { object, array, text, number, other };

  struct Level {
    bool is_array = false;
    bool offers = false;          ///< it has features that the device offers
    bool has_transports = false;  ///< of features, those that QEMU never leaves out
    std::string key;
    VirtioStatus status;
  };

  bool fail(std::string fault) {
    fault_ = std::move(fault);
    return false;
  }
  bool is_of_host(std::size_t level) const { return levels_[level].key == host_features; }
  static bool is_list(std::string_view key) { return key == device_features || key == transports; }
  bool is_list_of_features() const {
    const std::size_t last = levels_.size() - 1;
    return last > 1 && levels_[last].is_array && is_list(levels_[last - 1].key) && is_of_host(last - 2);
  }
  /// Of the value that comes next, where it is one that counts: a value of another type would be a feature
  /// that is not offered.
  std::optional<Type> wanted() const {
    if (levels_.empty()) return std::nullopt;
    const std::string_view key = levels_.back().key;
    if (key == host_features) return Type::object;
    if (is_list_of_features()) return Type::text;
    if (levels_.size() < 2 || !is_of_host(levels_.size() - 2)) return std::nullopt;
    if (key == unnamed_features) return Type::number;
    return is_list(key) ? std::optional(Type::array) : std::nullopt;
  }
  bool fits(Type type) {
    return wanted().value_or(type) == type || fail("a value of another type among the features");
  }
  bool open(Type type) {
    if (!fits(type)) return false;
    if (levels_.size() == deepest) return fail("nesting that is deeper than any status");
    levels_.emplace_back().is_array = type == Type::array;
    return true;
  }

  std::vector<VirtioStatus>& found_;
  std::vector<Level> levels_;
  std::string fault_;
};

Error refuse(std::size_t at, std::string found) {
  return {Errc::bad_value, at, "virtio status", "what QMP answers to x-query-virtio-status, as JSON",
          std::move(found)};
}

}  // namespace

Result<std::vector<VirtioStatus>> read_virtio_status(io::ByteSource& text, const Limits& limits) {
  const auto bytes = read_whole_text(text, {"max_blob", limits.max_blob}, "virtio status");
  if (!bytes) return bytes.error();
  std::vector<VirtioStatus> found;
  std::istringstream values{std::string(as_text(*bytes))};
  while (!(values >> std::ws).eof()) {
    const auto at = static_cast<std::size_t>(values.tellg());
    Parser parser(found);
    if (!Json::sax_parse(values, &parser, Json::input_format_t::json, false))
      return refuse(at, parser.fault());
  }
  if (found.empty()) return refuse(0, "no status of a device");
  return found;
}

}  // namespace qember::vm
