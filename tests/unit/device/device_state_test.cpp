// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/device/description.hpp>
#include <qember/advanced/device/device_state.hpp>
#include <qember/advanced/device/saved_device.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace qember;
using device::DeviceState;
using device::SavedDevice;

namespace {

/// As a receiver has it, section at 1000.
SavedDevice received(const DeviceState& device) {
  const auto text = device::describe(std::span(&device, 1), 4096).or_throw();
  auto description =
      std::make_shared<const device::Description>(device::Description::parse(as_bytes(text)).or_throw());
  Bytes body;
  for (const auto& field : device.fields()) body.insert(body.end(), field.bytes.begin(), field.bytes.end());
  const std::shared_ptr<const device::Device> described(description, description->devices().data());
  return {{device.name(), device.instance(), device.version(), 1000}, std::move(body), described};
}

template <class T>
void check_refused(const Result<T>& result, Errc code, std::string_view path) {
  REQUIRE_FALSE(result);
  CHECK(name_of(result.error().code) == name_of(code));
  CHECK(result.error().offset == 1000);
  CHECK(result.error().path == path);
}

DeviceState sample() {
  DeviceState device("serial", 7, 3);
  device.set("divider", std::uint16_t{515});
  device.set("on", true);
  device.set("offset", std::int32_t{-2});
  device.set("least", std::numeric_limits<std::int64_t>::min());
  device.set("most", std::numeric_limits<std::uint64_t>::max());
  device.set("levels", std::vector<std::uint32_t>{1, 2, 0xffffffff});
  device.set("signs", std::array<std::int8_t, 2>{-1, 1});
  device.set("flags", std::array{true, false});
  device.set("fifo", Bytes{9, 8, 7});
  device.set("none", std::vector<std::uint16_t>());
  device.set("regs.ctrl", std::uint8_t{255});
  return device;
}

}  // namespace

TEST_CASE("device state is read by the names that it was built with") {
  const SavedDevice device = received(sample());
  CHECK(device.name() == "serial");
  CHECK(device.instance() == 7);
  CHECK(device.version() == 3);
  CHECK(*device.get<std::uint16_t>("divider") == 515);
  CHECK(*device.get<bool>("on"));
  CHECK(*device.get<std::int32_t>("offset") == -2);
  CHECK(*device.get<std::int64_t>("least") == std::numeric_limits<std::int64_t>::min());
  CHECK(*device.get<std::uint64_t>("most") == std::numeric_limits<std::uint64_t>::max());
  CHECK(*device.get_array<std::uint32_t>("levels") == std::vector<std::uint32_t>{1, 2, 0xffffffff});
  CHECK(*device.get_array<std::int8_t>("signs") == std::vector<std::int8_t>{-1, 1});
  CHECK(*device.get_array<bool>("flags") == std::vector<bool>{true, false});
  CHECK(std::ranges::equal(*device.get_bytes("fifo"), Bytes{9, 8, 7}));
  CHECK(device.get_array<std::uint16_t>("none")->empty());
  CHECK(*device.get<std::uint8_t>("regs.ctrl") == 255);
  CHECK(*device.get<std::uint32_t>("levels[1]") == 2);
}

TEST_CASE("the bytes of device state are big-endian, in the order in which its fields were set") {
  DeviceState device("d", 0, 1);
  device.set("a", std::uint16_t{0x0102});
  device.set("b", Bytes{0xee});
  device.set("c", std::int32_t{-2});
  device.set("b", std::array<std::uint8_t, 0>{});
  device.set("b", std::array<std::uint16_t, 2>{3, 4});
  device.set("d", true);
  CHECK(std::ranges::equal(received(device).body(),
                           Bytes{0x01, 0x02, 0, 3, 0, 4, 0xff, 0xff, 0xff, 0xfe, 0x01}));
}

TEST_CASE("an integer is read in any width that holds it") {
  const SavedDevice device = received(sample());
  CHECK(*device.get<std::uint64_t>("divider") == 515);
  CHECK(*device.get<std::int16_t>("divider") == 515);
  CHECK(*device.get<std::int8_t>("offset") == -2);
  check_refused(device.get<std::uint8_t>("divider"), Errc::constraint, "serial/7.divider");
  check_refused(device.get<std::uint64_t>("offset"), Errc::constraint, "serial/7.offset");
  check_refused(device.get<std::int64_t>("most"), Errc::constraint, "serial/7.most");
  check_refused(device.get<std::int32_t>("least"), Errc::constraint, "serial/7.least");
  check_refused(device.get_array<std::int32_t>("levels"), Errc::constraint, "serial/7.levels");
  CHECK(device.get<std::uint8_t>("divider").error().found == "515");
}

TEST_CASE("what is not there, or is of another kind, is refused by its path") {
  const SavedDevice device = received(sample());
  constexpr Errc mismatch = Errc::description_mismatch;
  check_refused(device.get<std::uint16_t>("divide"), mismatch, "serial/7.divide");
  check_refused(device.get<std::uint16_t>("dividers"), mismatch, "serial/7.dividers");
  check_refused(device.get<std::uint16_t>(""), mismatch, "serial/7.");
  check_refused(device.get<std::uint32_t>("levels[3]"), mismatch, "serial/7.levels[3]");
  check_refused(device.get<bool>("divider"), mismatch, "serial/7.divider");
  check_refused(device.get<int>("on"), mismatch, "serial/7.on");
  check_refused(device.get<int>("fifo"), mismatch, "serial/7.fifo");
  check_refused(device.get<int>("levels"), mismatch, "serial/7.levels");
  check_refused(device.get_array<int>("divider"), mismatch, "serial/7.divider");
  check_refused(device.get_array<std::uint8_t>("fifo"), mismatch, "serial/7.fifo");
  check_refused(device.get_array<bool>("levels"), mismatch, "serial/7.levels");
  check_refused(device.get_bytes("divider"), mismatch, "serial/7.divider");
  check_refused(device.get_bytes("levels"), mismatch, "serial/7.levels");
  check_refused(device.get_bytes("none"), mismatch, "serial/7.none");
}

TEST_CASE("state that nothing describes, or that its description does not fit, has no values") {
  const SavedDevice undescribed({"serial", 7, 3, 1000}, {1, 2}, nullptr);
  check_refused(undescribed.get<std::uint8_t>("divider"), Errc::description_mismatch, "serial/7.divider");
  CHECK(undescribed.body().size() == 2);

  const auto text = device::describe(std::vector{sample()}, 4096).or_throw();
  const auto description =
      std::make_shared<const device::Description>(device::Description::parse(as_bytes(text)).or_throw());
  const SavedDevice cut({"serial", 7, 3, 1000}, {2, 3, 1}, {description, description->devices().data()});
  check_refused(cut.get<std::uint16_t>("divider"), Errc::description_mismatch, "serial/7.divider");
}

TEST_CASE("names that are no text are refused") {
  for (const std::string& name :
       {std::string(), std::string("\xff"), std::string("a\0b", 3), std::string(256, 'a')})
    CHECK(name_of(device::describe(std::vector{DeviceState(name, 0, 1)}, 4096).error().code) ==
          name_of(Errc::usage));
  DeviceState device("d", 0, 1);
  device.set("\xff", true);
  CHECK_FALSE(device::describe(std::vector{device}, 4096));
}
