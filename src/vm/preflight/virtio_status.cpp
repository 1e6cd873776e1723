// SPDX-License-Identifier: LGPL-2.1-or-later
// The answer of x-query-virtio-status as QEMU's qapi/virtio.json describes it, from version 7.2 on.
#include <qember/advanced/vm/virtio_status.hpp>

#include "../whole_text.hpp"

#include <nlohmann/json.hpp>

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

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t number) override {
    if (levels_.size() > 1 && levels_.back().key == "unknown-dev-features" && is_of_host(levels_.size() - 2))
      levels_[levels_.size() - 2].status.unnamed |= number;
    return true;
  }
  bool string(string_t& text) override {
    if (levels_.empty()) return true;
    const std::size_t last = levels_.size() - 1;
    if (levels_[last].key == "name") levels_[last].status.device = text;
    const bool is_list = last > 1 && levels_[last].is_array &&
                         (levels_[last - 1].key == "dev-features" || levels_[last - 1].key == "transports");
    // A name is followed by what it means.
    if (is_list && is_of_host(last - 2))
      levels_[last - 2].status.features.push_back(text.substr(0, text.find(':')));
    return true;
  }
  bool start_object(std::size_t) override { return open(false); }
  bool key(string_t& text) override {
    levels_.back().key = text;
    levels_.back().offers |= text == host_features;
    return true;
  }
  bool end_object() override {
    if (levels_.back().offers && !levels_.back().status.device.empty())
      found_.push_back(std::move(levels_.back().status));
    levels_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return open(true); }
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

  struct Level {
    bool is_array = false;
    bool offers = false;  ///< it has features that the device offers
    std::string key;
    VirtioStatus status;
  };

  bool is_of_host(std::size_t level) const { return levels_[level].key == host_features; }
  bool open(bool is_array) {
    if (levels_.size() == deepest) {
      fault_ = "nesting that is deeper than any status";
      return false;
    }
    levels_.push_back({.is_array = is_array, .offers = false, .key = {}, .status = {}});
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
