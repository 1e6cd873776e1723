// SPDX-License-Identifier: LGPL-2.1-or-later
// Devices of a saved VM by the texts that the command takes too, and its CPUs.
#include "support/samples.hpp"

#include <qember/saved_vm.hpp>

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

struct Section {
  std::string name;
  std::uint32_t instance;
};

/// A stream of such devices, the state of each of which is its place in the list.
Bytes stream_of(const std::vector<Section>& sections) {
  NativeBuilder to;
  to.configuration("tiny-1.0", 4096).ram(2, {"pc.ram"}, 0x1000).end(2).eos().footer(2);
  for (std::uint8_t i = 0; i < sections.size(); ++i)
    to.device(10U + i, sections[i].name, Bytes{i}, sections[i].instance);
  return to.eof().bytes();
}

const std::vector<Section> several{{"cpu", 1},   {"cpu", 0},   {"i8259", 0},
                                   {"i8259", 1}, {"i8254", 0}, {"0000:00:03.0/virtio-net", 0}};

/// The place of the one device that is meant, or what was found instead.
std::string found(const Result<Device>& device) {
  if (device) return std::to_string(device->body()[0]);
  CHECK(device.error().code == Errc::usage);
  CHECK(device.error().path == "device");
  return device.error().found;
}

std::string places(const Result<std::vector<Device>>& devices) {
  std::string text;
  for (const Device& device : *devices) text += found(device);
  return text;
}

}  // namespace

TEST_CASE("a device is named as the command names it") {
  const Bytes stream = stream_of(several);
  const auto vm = SavedVm::open(stream).or_throw();
  CHECK(found(vm.device("cpu/0")) == "1");
  CHECK(found(vm.device("cpu/0x1")) == "0");
  CHECK(found(vm.device("i8254")) == "4");
  CHECK(found(vm.device("0000:00:03.0/virtio-net")) == "5");
  CHECK(found(vm.device("0000:00:03.0/virtio-net/0")) == "5");
  CHECK(found(vm.device("*/virtio-net")) == "5");
  CHECK(found(vm.device("i82?4")) == "4");
  CHECK(found(vm.device("cpu", 0)) == "1");
  CHECK(places(vm.devices("cpu")) == "01");
  CHECK(places(vm.devices("i82*")) == "234");
  CHECK(places(vm.devices("i8259/1")) == "3");
  CHECK(places(vm.devices("none")).empty());
}

TEST_CASE("the longest name that the stream has is the device") {
  const Bytes stream = stream_of({{"cpu", 0}, {"cpu/0", 5}, {"c*", 0}});
  const auto vm = SavedVm::open(stream).or_throw();
  CHECK(found(vm.device("cpu/0")) == "1");
  CHECK(found(vm.device("cpu/0/5")) == "1");
  CHECK(found(vm.device("cpu", 0)) == "0");
  CHECK(found(vm.device("c*")) == "2");
  CHECK(found(vm.device("c*", 0)) == "2");
  CHECK(places(vm.devices("c*")) == "2");
}

TEST_CASE("a text that means several devices, or none, is answered with those there are") {
  const Bytes stream = stream_of(several);
  const auto vm = SavedVm::open(stream).or_throw();
  const auto both = vm.device("i8259");
  REQUIRE_FALSE(both);
  CHECK(to_string(both.error()) == "device: expected one section i8259, found 2: i8259/0, i8259/1");
  CHECK(found(vm.device("*")) == "6: cpu/1, cpu/0, i8259/0, i8259/1, ...");
  CHECK(found(vm.device("i8529")) == "none; did you mean i8259?");
  CHECK(found(vm.device("i8259/7")) == "none; did you mean i8259/0?");
  CHECK(found(vm.device("cpu", 7)) == "none; did you mean cpu/1?");
  CHECK(found(vm.device("i82?4", 0)) == "none; did you mean i8254/0?");
  CHECK(found(vm.device("")) == "none");
  CHECK(vm.device("\x1b[2J").error().expected == "the section \\x1b[2J");
}

TEST_CASE("two sections of one name and instance are not one device") {
  const Bytes stream = stream_of({{"dev", 0}, {"dev", 0}});
  const auto vm = SavedVm::open(stream).or_throw();
  CHECK(found(vm.device("dev")) == "2: dev/0, dev/0");
  CHECK(found(vm.device("dev/0")) == "2: dev/0, dev/0");
  CHECK(found(vm.device("dev", 0)) == "2: dev/0, dev/0");
  CHECK(places(vm.devices("dev")) == "01");
}

TEST_CASE("CPUs come in the order of their numbers") {
  const Bytes stream = stream_of({{"cpu", 2}, {"cpu_common", 0}, {"cpu", 0}, {"cpu/0", 0}, {"cpu", 1}});
  CHECK(places(SavedVm::open(stream).or_throw().cpus()) == "240");
  const Bytes none = stream_of({{"dev", 0}});
  CHECK(SavedVm::open(none).or_throw().cpus().or_throw().empty());
}
