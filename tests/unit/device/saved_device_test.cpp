// SPDX-License-Identifier: LGPL-2.1-or-later
// Each value of the devices of real streams, by its path.
#include "support/one_pass.hpp"
#include "support/samples.hpp"

#include <qember/advanced/device/named_state.hpp>
#include <qember/saved_vm.hpp>

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

/// Compares each value of a device with the one that is got by its path.
class EachValue final : public device::NamedStateSink {
 public:
  explicit EachValue(const Device& device) : device_(device) {}
  std::size_t values = 0;
  std::vector<std::string> wrong;

 private:
  void value(const device::Field&, const device::StateValue& value) override {
    ++values;
    // QEMU's i8254 has a field whose name is the path of another one.
    const auto field = device_.field(path());
    const bool is_ambiguous = !field && field.error().found == "several with this path";
    if (!is_ambiguous && !is_same(std::string(path()), value)) wrong.emplace_back(path());
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}
  bool wants_zeros(const device::Field&) override { return true; }

  bool is_same(const std::string& path, const device::StateValue& value) const {
    if (const auto* flag = std::get_if<bool>(&value)) {
      const auto got = device_.get<bool>(path);
      return got && *got == *flag;
    }
    if (const auto* bytes = std::get_if<ByteView>(&value)) {
      const auto got = device_.get_bytes(path);
      return got && std::ranges::equal(*got, *bytes);
    }
    const Integer integer = std::get<Integer>(value);
    if (integer.negative()) {
      const auto got = device_.get<std::int64_t>(path);
      return got && *got == integer.as_signed();
    }
    const auto got = device_.get<std::uint64_t>(path);
    return got && *got == integer.as_unsigned();
  }

  const Device& device_;
};

}  // namespace

TEST_CASE("each value of a device is got by its path") {
  for (const auto& path : real_streams()) {
    INFO(path);
    const Bytes native = load(path);
    Pass pass(native);
    if (!pass.status) continue;
    const auto vm = SavedVm::open(native, {.limits = Limits::trusted()}).or_throw();
    const auto devices = vm.devices().or_throw();
    for (std::size_t i = 0; i < devices.size(); ++i) {
      if (!devices[i].is_described()) continue;
      EachValue each(devices[i]);
      REQUIRE(each.read(*pass.devices[i].device, devices[i].body()));
      INFO(devices[i].name());
      CHECK(each.wrong == std::vector<std::string>());
      // All fields, one behind the other, are all of the body but marks and headers.
      std::size_t values = 0;
      std::uint64_t end = 0;
      for (const Field& field : devices[i].fields().or_throw()) {
        values += field.count.value_or(1);
        CHECK(field.offset >= end);
        end = field.offset + field.bytes.size();
      }
      CHECK(values == each.values);
      CHECK(end <= devices[i].body().size());
    }
  }
}
