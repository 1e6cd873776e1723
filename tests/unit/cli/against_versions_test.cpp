// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's preflight between versions of QEMU: what real ones refuse, or take, of each other.
#include "support/command.hpp"
#include "support/native_builder.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

/// A device's section, and its entry in the description.
struct Section {
  std::string name;
  Bytes state;
  std::string described;

  Bytes saved() const {
    NativeBuilder to;
    to.configuration("virt", 4096);
    to.section(1, 1, "ram", 0, 4).u64(0x1000 | 4).counted("r").u64(0x1000).eos().footer(1).ended(1);
    to.device(2, name, state).eof();
    return to
        .description(R"({"devices": [{"name": ")" + name + R"(", "instance_id": 0, )" + described + "}]}")
        .bytes();
  }
};

/// What preflight prints of a machine that saved `there`; its exit is 1 where that names something certain.
std::string preflight(const Section& here, const Section& there, const std::string& qemu = "10.0") {
  const Scratch scratch;
  const Ran ran = run({"preflight", scratch.file("here", here.saved()), "--against",
                       scratch.file("there", there.saved()), "--target-qemu", qemu});
  CHECK(ran.code == (ran.out.find("certain  ") != std::string::npos ? 1 : 0));
  return ran.out;
}

bool has(const std::string& text, const std::string& line) { return text.find(line) != std::string::npos; }

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

/// A device with that subsection, or without.
Section holder(const std::string& subsection) {
  Section section{"d",
                  {1},
                  R"("vmsd_name": "d", "version": 1, "fields": [)"
                  R"({"name": "a", "type": "uint8", "size": 1}])"};
  if (subsection.empty()) return section;
  NativeBuilder state;
  state.u8(1).u8(5).counted(subsection).u32(1).u8(0);
  const Bytes whole = state.bytes();
  section.state.assign(whole.begin() + 8, whole.end());
  section.described += R"(, "subsections": [{"vmsd_name": ")" + subsection +
                       R"(", "version": 1, "fields": [{"name": "b", "type": "uint8", "size": 1}]}])";
  return section;
}

/// A CPU of arm, with a timer or without.
Section cpu(std::optional<std::int64_t> timer) {
  Section section{"cpu",
                  {1},
                  R"("vmsd_name": "cpu", "version": 22, "fields": [)"
                  R"({"name": "a", "type": "uint8", "size": 1}])"};
  if (!timer) return section;
  NativeBuilder state;
  state.u8(1).u8(5).counted("cpu/wfxt-timer").u32(1).u64(static_cast<std::uint64_t>(*timer));
  const Bytes whole = state.bytes();
  section.state.assign(whole.begin() + 8, whole.end());
  section.described += R"(, "subsections": [{"vmsd_name": "cpu/wfxt-timer", "version": 1, "fields": [)"
                       R"({"name": "wfxt_timer", "type": "timer", "size": 8}]}])";
  return section;
}

/// A display of one output.
Section display(bool has_framebuffers) {
  const Bytes device{7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Bytes output{0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 1};
  const Bytes more{0, 0, 0, 1, 0, 0, 0, 4};
  Bytes outputs = joined({{0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1}, output, Bytes(28)});
  if (has_framebuffers) outputs = joined({outputs, more, Bytes(16)});
  return {
      "virtio-mmio@0000000000000200/virtio-gpu", joined({Bytes(12), device, outputs}),
      R"("vmsd_name": "virtio-gpu", "version": 1, "fields": [{"name": "virtio", "type": "virtio", "size": )" +
          std::to_string(12 + device.size()) + R"(}, {"name": "virtio-gpu", "type": "virtio-gpu", "size": )" +
          std::to_string(outputs.size()) + "}]"};
}

/// A port with error reporting, of which that byte of the mask is so.
Section port(std::uint8_t masked) {
  Bytes config(4096);
  config[0x100] = 0x01;
  config[0x102] = 0x02;
  config[0x10a] = masked;
  return {"0000:00:10.0/port", config,
          R"("vmsd_name": "port", "version": 1, "fields": [)"
          R"({"name": "config", "type": "pci config", "size": 4096}])"};
}

/// What code of QEMU's own writes has no more of a description than its size.
Section keys(std::size_t size) {
  return {"s390-skeys", Bytes(size),
          R"("fields": [{"name": "data", "type": "buffer", "size": )" + std::to_string(size) + "}]"};
}

}  // namespace

TEST_CASE("preflight: the tree of pseries is as long as the field before it says") {
  const auto spapr = [](std::uint8_t size) {
    NativeBuilder state;
    state.u8(5).counted("spapr_dtb").u32(1).u32(size).fill(size, 7);
    return Section{"spapr",
                   {state.bytes().begin() + 8, state.bytes().end()},
                   R"("vmsd_name": "spapr", "version": 3, "subsections": [{"vmsd_name": "spapr_dtb", )"
                   R"("version": 1, "fields": [{"name": "fdt_size", "type": "uint32", "size": 4}, )"
                   R"({"name": "fdt_blob", "type": "buffer", "size": )" +
                       std::to_string(size) + "}]}]"};
  };
  CHECK_FALSE(has(preflight(spapr(9), spapr(12)), "fdt_blob"));
}

TEST_CASE("preflight: a timer for which the machine's CPU has no place") {
  CHECK_FALSE(has(preflight(cpu(-1), cpu(7)), "wfxt"));
  CHECK_FALSE(has(preflight(cpu(std::nullopt), cpu(-1)), "wfxt"));
  const std::string found = preflight(cpu(-1), cpu(std::nullopt));
  CHECK(has(found,
            "certain  cpu/0:cpu/wfxt-timer: the machine's CPU has no such timer\n"
            "         QEMU: Assertion `first_elem || !n_elems || !size' failed\n"));
  CHECK(has(found, "qember edit --drop-subsection 'cpu/0:cpu/wfxt-timer'\n"));
  CHECK(has(preflight(cpu(-1), cpu(std::nullopt), "7.2"),
            "QEMU: error while loading state for instance 0x0 of device 'cpu'\n"));
  // One that is armed, the guest waits for.
  CHECK_FALSE(has(preflight(cpu(7), cpu(std::nullopt)), "--drop-subsection"));
}

TEST_CASE("preflight: subsections that a QEMU is known not to know") {
  const auto said = [](const std::string& subsection, const std::string& qemu) {
    return preflight(holder(subsection), holder(""), qemu);
  };
  CHECK(has(said("qemu-s390-flic-full", "7.2"),
            "certain  d/0:qemu-s390-flic-full: the target's QEMU does not know this subsection\n"
            "         QEMU: error while loading state for instance 0x0 of device 'd'\n"));
  for (const char* const qemu : {"8.0", "10.0", "11.1"})
    CHECK(has(said("qemu-s390-flic-full", qemu), "untold   d/0:qemu-s390-flic-full"));
  CHECK(has(said("d/other", "5.2"), "untold   d/0:d/other"));
}

TEST_CASE("preflight: outputs of a display are saved in one of two forms") {
  const std::string name = "virtio-mmio@0000000000000200/virtio-gpu";
  for (const bool form : {false, true}) {
    CHECK_FALSE(has(preflight(display(form), display(form)), "certain"));
    const std::string found = preflight(display(form), display(!form));
    CHECK(has(found, "certain  " + name + "/0:scanouts: " + (form ? "64" : "40") +
                         " bytes for each output here, " + (form ? "40" : "64") + " there\n"));
    CHECK(has(found, "QEMU: Missing section footer for " + name + "\n"));
  }
}

TEST_CASE("preflight: a mask of errors that no guest writes where the machine begins with 0") {
  CHECK_FALSE(has(preflight(port(0x40), port(0x40)), "certain"));
  CHECK_FALSE(has(preflight(port(0), port(0x40)), "certain"));
  CHECK(has(preflight(port(0x40), port(0)), "i=0x10a read: 40 device: 0"));
}

TEST_CASE("preflight: what code of QEMU's own reads has the length that it has") {
  CHECK_FALSE(has(preflight(keys(8), keys(24)), "certain"));
  CHECK_FALSE(has(preflight(keys(24), keys(8)), "certain"));
}

TEST_CASE("preflight: contents of disks, which QEMU reads up to 9.0") {
  const auto saved = [](bool has_disks) {
    NativeBuilder to;
    to.configuration("pc", 4096);
    if (has_disks) to.section(1, 1, "block", 0, 1).u64(2).footer(1);
    to.section(1, 2, "ram", 0, 4).u64(0x1000 | 4).counted("r").u64(0x1000).eos().footer(2);
    if (has_disks) to.end(1).u64(2).footer(1);
    return to.ended(2).eof().bytes();
  };
  const Scratch scratch;
  const std::string here = scratch.file("here", saved(true));
  const std::string there = scratch.file("there", saved(false));
  const auto ran = [&](const std::string& qemu) {
    Arguments arguments{"preflight", here, "--against", there};
    if (!qemu.empty()) arguments.insert(arguments.end(), {"--target-qemu", qemu});
    return run(arguments);
  };
  for (const auto& [qemu, code] : {std::pair("7.2", 0), std::pair("9.0", 0), std::pair("9.1", 1),
                                   std::pair("11.1", 1), std::pair("", 5)}) {
    INFO(qemu);
    CHECK(ran(qemu).code == code);
    CHECK(has(ran(qemu).out, "untold   block/0: the names and sizes of the target's disks\n"));
  }
  CHECK(run({"preflight", there, "--against", here}).code == 0);
}
