// SPDX-License-Identifier: LGPL-2.1-or-later
// Each value of the devices of real streams, by its path.
#include "support/one_pass.hpp"
#include "support/samples.hpp"

#include <qember/advanced/device/description.hpp>
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

/// The text of the one field of a device whose state is `body`.
std::string text_of(std::string_view field, Bytes body) {
  const std::string json = R"({"devices": [{"name": "d", "instance_id": 0, "version": 1, "fields": [)" +
                           std::string(field) + "]}]}";
  auto description = device::Description::parse(as_bytes(json));
  const auto kept = std::make_shared<device::Description>(std::move(description).or_throw());
  const Device device({"d", 0, 1, 0}, std::move(body), {kept, &kept->devices().front()});
  const auto fields = device.fields().or_throw();
  REQUIRE(fields.size() == 1);
  return to_string(fields[0]);
}

std::string array_of(std::string_view type, std::size_t count, Bytes body) {
  return text_of(R"({"name": "f", "type": ")" + std::string(type) + R"(", "size": 1, "array_len": )" +
                     std::to_string(count) + "}",
                 std::move(body));
}

}  // namespace

TEST_CASE("a field has the text that show prints") {
  CHECK(text_of(R"({"name": "f", "type": "uint16", "size": 2})", {0x10, 0x00}) == "4096 (0x1000)");
  CHECK(text_of(R"({"name": "f", "type": "uint8", "size": 1})", {9}) == "9");
  CHECK(text_of(R"({"name": "f", "type": "int16", "size": 2})", {0xff, 0xf0}) == "-16 (0xfff0)");
  CHECK(text_of(R"({"name": "f", "type": "bool", "size": 1})", {1}) == "true");
  CHECK(text_of(R"({"name": "f", "type": "timer", "size": 8})", Bytes(8, 0xff)) == "-1 (not armed)");
  CHECK(text_of(R"({"name": "f", "type": "buffer", "size": 4})", {0x1b, 0x5b, 0x32, 0x4a}) == "1b 5b 32 4a");
  CHECK(text_of(R"({"name": "f", "type": "buffer", "size": 512})", Bytes(512)) == "512 bytes, all zero");
}

TEST_CASE("an array has a text of bounded length, with equal neighbours as one") {
  Bytes some(16);
  some[0] = 0x10;
  some[15] = 3;
  CHECK(array_of("uint8", 16, some) == "0x10  0 ×14  3");
  CHECK(array_of("int8", 2, {0xff, 0xff}) == "-1 ×2");
  CHECK(array_of("bool", 3, {1, 0, 0}) == "true  false ×2");
  Bytes many(5000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = i % 2 == 0 ? 0x10 : 0x11;
  const std::string text = array_of("uint8", many.size(), many);
  CHECK(text.size() < 4200);
  CHECK_THAT(text, Catch::StartsWith("0x10  0x11  0x10") && Catch::EndsWith("0x10 … and 4317 more"));
  CHECK(array_of("uint8", many.size(), Bytes(5000, 1)) == "1 ×5000");
}

TEST_CASE("a value without its field has the text of one") {
  CHECK(to_string(StateValue(Integer(4096))) == "4096 (0x1000)");
  CHECK(to_string(StateValue(Integer::from_signed(-16))) == "-16");
  CHECK(to_string(StateValue(false)) == "false");
  CHECK(to_string(StateValue(as_bytes("running"))) == "\"running\"");
  const Register wide{"xmm0", "", RegisterSet::vector, 128, 0x1f, 0xa};
  CHECK(to_string(wide) == "0x000000000000000a000000000000001f");
  CHECK(to_string(Register{"cs", "", RegisterSet::control, 16, 0xf000, 0}) == "0xf000");
}

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
