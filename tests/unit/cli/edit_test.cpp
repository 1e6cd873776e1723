// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's edit: what was asked for, all that depends on it, and nothing else.
#include "edit_subject.hpp"

#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/vm/edit.hpp>

using namespace qember;
using namespace qember::test;

namespace {

/// The first, the one in the middle and the last.
std::vector<Json> some(std::vector<Json> all) {
  if (all.size() > 3) all = {all.front(), all[all.size() / 2], all.back()};
  return all;
}

std::vector<Json> parts_of(Subject& subject, const std::string& record) {
  std::vector<Json> found;
  for (const Json& part : subject.parts())
    if (part["record"] == record && part["name"] != "ram") found.push_back(part);
  return some(found);
}

}  // namespace

TEST_CASE("edit without an edit gives the same bytes") {
  for (const auto& path : real_streams()) {
    const Bytes native = load(path);
    INFO(path.filename().string());
    if (!findings(native).empty()) continue;
    Subject subject(native);
    CHECK(subject.difference({}).empty());
    CHECK(subject.out() == native);
  }
}

TEST_CASE("edit: sections and blocks that go, of every real stream", "[corpus]") {
  for (const auto& path : real_streams()) {
    INFO(path.filename().string());
    const Bytes native = load(path);
    if (!findings(native).empty()) continue;
    Subject subject(native);
    for (const Json& section : parts_of(subject, "section")) {
      const std::string device =
          section["name"].get<std::string>() + '/' + std::to_string(section["instance"].get<unsigned>());
      INFO(device);
      CHECK(subject.difference({"--drop-section", device}) == device + "  only in A\n");
    }
    for (const Json& block : parts_of(subject, "block")) {
      const auto of = block["name"].get<std::string>();
      INFO(of);
      CHECK_THAT(subject.difference({"--drop-block", of}), Catch::StartsWith("RAM " + of + "  only in A"));
      CHECK_THAT(subject.difference({"--rename-block", of + "=new name"}),
                 Catch::Contains("RAM new name  only in B"));
    }
  }
}

TEST_CASE("edit: values of fields, by path and by register") {
  Subject subject(sample());
  const std::string rip = subject.difference({"--set", "cpu/0:rip=0x1234"});
  CHECK_THAT(rip, Catch::StartsWith("cpu/0\n  env.eip"));
  CHECK_THAT(rip, Catch::EndsWith("→ 4660 (0x1234)\n"));
  CHECK(rip.find('\n', rip.find('\n') + 1) == rip.size() - 1);
  CHECK_THAT(subject.difference({"--set", "globalstate:runstate=\"paused\""}),
             Catch::Contains("globalstate"));
  CHECK_THAT(subject.difference({"--set", "i8259/1:irr=7", "--set", "i8259/1:imr=255"}),
             Catch::Contains("i8259/1\n") && !Catch::Contains("i8259/0"));
}

TEST_CASE("edit: blocks, the machine, and parts of the head") {
  Subject subject(sample());
  CHECK(subject.difference({"--resize-block", "pc.bios=131072"}) == "RAM pc.bios  64 KiB → 128 KiB\n");
  CHECK_THAT(subject.refusal({"--resize-block", "pc.bios=131073"}),
             Catch::Contains("a multiple of the page size"));
  CHECK_THAT(subject.difference({"--machine", "microvm2"}), Catch::Contains("microvm2"));
  CHECK_THAT(subject.difference({"--rename-section", "i8259/1=other/3"}),
             Catch::Contains("i8259/1  only in A\n") && Catch::Contains("other/3  only in B\n"));
  // QEMU would load both into one device.
  CHECK_THAT(subject.refusal({"--rename-section", "i8259/1=i8259/0"}),
             Catch::Contains("a name that no other section has, found i8259/0"));
  CHECK_THAT(subject.refusal({"--rename-section", "i8259=other/0"}), Catch::Contains("found other/0"));
}

TEST_CASE("edit: names that no stream can have are refused, by the command and the library") {
  Subject subject(sample());
  const std::string bad = "a\xff";
  for (const Arguments& edit : {Arguments{"--machine", bad}, Arguments{"--rename-block", "pc.bios=" + bad},
                                Arguments{"--rename-section", "i8259/1=" + bad}}) {
    INFO(edit[0]);
    CHECK_THAT(subject.refusal(edit), Catch::Contains("a text of 1 to 255 bytes as the name"));
  }
  const Bytes native = sample();
  for (const vm::Edit& edit :
       {vm::Edit(vm::SetMachine{bad}), vm::Edit(vm::RenameBlock{"pc.bios", bad}),
        vm::Edit(vm::RenameSection{"i8259/1", bad, {}}), vm::Edit(vm::SetMachine{""})}) {
    io::MemorySource source(native);
    const auto status = vm::edit(source, [](io::Output&) { return Status(); }, {&edit, 1});
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::usage);
  }
}

TEST_CASE("edit: a capability goes, and the others stay") {
  const auto with = [](const std::vector<std::string>& names) {
    NativeBuilder to;
    to.configuration("pc-q35-9.0", 4096);
    if (!names.empty()) {
      to.u8(5).counted("configuration/capabilities").u32(1).u32(static_cast<std::uint32_t>(names.size()));
      for (const std::string& name : names) to.counted(name);
    }
    return to.ram(1, {"r"}, 4096).part(1).zero("r", 0).eos().footer(1).ended(1).eof().bytes();
  };
  Subject subject(with({"xbzrle", "events", "auto-converge"}));
  subject.difference({"--drop-configuration", "events"});
  CHECK(subject.out() == with({"xbzrle", "auto-converge"}));
  CHECK_THAT(subject.refusal({"--drop-configuration", "nothing"}), Catch::Contains("the part nothing"));
}

TEST_CASE("edit: what is not there, or that a field can't hold, is refused and leaves no file") {
  Subject subject(sample());
  CHECK(subject.refusal({"--set", "i8259/0:irr=256"}) ==
        "set: expected a number from 0 to 255 for i8259/0:irr, found 256\n");
  CHECK(subject.refusal({"--set", "i8259/0:irr=-1"}) ==
        "set: expected a number from 0 to 255 for i8259/0:irr, found -1\n");
  CHECK(subject.refusal({"--set", "i8259/0:irq=1"}) ==
        "field: expected the field i8259/0:irq, found none; did you mean irr?\n");
  CHECK(subject.refusal({"--set", "i8259/0:irr=[1,2]"}) ==
        "set: expected 1 values for i8259/0:irr, found 2\n");
  CHECK(subject.refusal({"--drop-block", "pc.rm"}) ==
        "drop-block: expected the RAM block pc.rm, found none\n");
  CHECK(subject.refusal({"--drop-block", "microvm.rm"}) ==
        "drop-block: expected the RAM block microvm.rm, found none; did you mean microvm.ram?\n");
  CHECK(subject.refusal({"--set", "cpu/0:rpi=1"}) ==
        "field: expected the field cpu/0:rpi, found none; did you mean rip?\n");
  CHECK(subject.refusal({"--rename-block", "pc.bios=microvm.ram"}) ==
        "edit: expected RAM blocks with different names, found \"microvm.ram\" twice\n");
  CHECK(subject.refusal({"--drop-section", "ram"}) ==
        "drop-section: expected a section that is not RAM, found ram\n");
  CHECK(subject.refusal({"--drop-command", "switchover_start"}) ==
        "drop-command: expected the command switchover_start, found none\n");
  CHECK(subject.refusal({"--drop-subsection", "cpu:cpu/none"}) ==
        "drop-subsection: expected the subsection cpu:cpu/none, found none\n");
  CHECK(subject.refusal({"--clear-feature", "cpu:MTU"}) ==
        "clear-feature: expected the feature cpu:MTU among those agreed on, found none\n");
  CHECK_THAT(subject.refusal({"--memory", "microvm.ram+0xffffffffffffffff=00"}),
             Catch::StartsWith("memory: expected a place within"));
  CHECK_THAT(subject.refusal({"--set", "cpu"}), Catch::Contains("WHAT=VALUE"));
}

TEST_CASE("edit: bytes of a section, within it and where the description fits them") {
  Subject subject(sample());
  CHECK_THAT(subject.difference({"--bytes", "i8259/1+1=07"}), Catch::StartsWith("i8259/1\n"));
  CHECK(subject.refusal({"--bytes", "i8259/1+0x10=07"}) ==
        "bytes: expected a place within 0x10 bytes, found i8259/1+0x10\n");
  CHECK_THAT(subject.refusal({"--bytes", "i8259/2+0=07"}), Catch::StartsWith("bytes: device: expected"));
  CHECK_THAT(subject.refusal({"--bytes", "i8259/1=07"}), Catch::Contains("expected DEVICE+OFFSET"));
  CHECK_THAT(subject.refusal({"--bytes", "i8259/1+0=7"}), Catch::Contains("expected bytes in hexadecimal"));
}

TEST_CASE("edit: what is to be added or mended is a part of such a device") {
  Subject subject(sample());
  CHECK(subject.refusal({"--add-default", "cpu:core.timadj"}) ==
        "add-default: expected a field that a later QEMU adds to such a device, found cpu:core.timadj\n");
  CHECK(subject.refusal({"--mend-requests", "cpu"}) ==
        "mend-requests: expected a request in flight of a packed ring in cpu, found none\n");
}

TEST_CASE("edit: an array gets another length with what counts it", "[corpus]") {
  for (const auto& path : real_streams()) {
    if (path.filename().string().find("arm-virt") == std::string::npos) continue;
    Subject subject(load(path));
    const Arguments indexes{"--set", "cpu/0:cpreg_vmstate_indexes=[1,2]"};
    const Arguments all{"--set", "cpu/0:cpreg_vmstate_array_len=2", indexes[0], indexes[1],
                        "--set", "cpu/0:cpreg_vmstate_values=[3,4]"};
    const std::string said = subject.difference(all);
    CHECK_THAT(said, Catch::StartsWith("cpu/0\n") && Catch::Contains("cpreg_vmstate_values"));
    CHECK(said.find("\ncpu") == std::string::npos);
    CHECK_THAT(subject.refusal(indexes), Catch::Contains("258 values for"));
    CHECK_THAT(subject.refusal({"--set", "cpu/0:cpreg_vmstate_array_len=3", indexes[0], indexes[1]}),
               Catch::Contains("258 values for"));
  }
}

TEST_CASE("edit: memory is changed where it is said, and nowhere else") {
  Subject subject(sample());
  const std::string said = subject.difference({"--memory", "microvm.ram+0x7c01=0102"});
  CHECK_THAT(said, Catch::Contains("0x0000007000"));
  CHECK_THAT(said, Catch::Contains("1 page") && !Catch::Contains("pages"));
  const Scratch scratch;
  const std::string out = scratch.path("out").string();
  const std::string in = scratch.file("in", sample());
  REQUIRE(run({"edit", in, "-o", out, "--memory", "microvm.ram+0x7fff=aa bb"}).code == 0);
  CHECK_THAT(run({"read", out, "microvm.ram+0x7ffe", "4"}).out, Catch::Contains("aa bb"));
}

TEST_CASE("edit: a script does what its lines say, from a file or standard input") {
  const Scratch scratch;
  const std::string in = scratch.file("in", sample());
  const std::string script = R"({"set": "i8259/0:irr", "to": 5}

{"machine": "pc-q35-7.2"}
{"set": "cpu:env.regs[3]", "to": "0x10"})";
  const std::string file = scratch.file("script", as_bytes(script));
  const Ran wanted =
      run({"edit", in, "--set", "i8259/0:irr=5", "--machine", "pc-q35-7.2", "--set", "cpu:env.regs[3]=16"});
  REQUIRE(wanted.code == 0);
  CHECK(run({"edit", in, "--script", file}).out == wanted.out);
  CHECK(run({"edit", in, "--script", "-"}, as_bytes(script)).out == wanted.out);
  const auto refused = [&](std::string_view line) {
    const Ran ran = run({"edit", in, "--script", "-", "-o", scratch.path("out").string()}, as_bytes(line));
    CHECK(ran.code == 2);
    CHECK_FALSE(std::filesystem::exists(scratch.path("out")));
    return ran.error;
  };
  CHECK_THAT(refused("{\"sett\": \"x\"}"), Catch::Contains("did you mean set?"));
  CHECK_THAT(refused("[]"), Catch::Contains("expected a JSON object a line"));
  CHECK_THAT(refused("{\"set\": \"x\"}"), Catch::Contains("a \"to\" for \"set\""));
  for (const std::string to : {"null", "[null]", "[1,null]", "[[1]]", "{}"})
    CHECK_THAT(refused(R"({"set": "cpu/0:env.regs", "to": )" + to + '}'),
               Catch::Contains("expected a number, a text, true, false or a list of them for \"to\""));
  CHECK_THAT(refused("{\"machine\": \"x\", \"to\": 1}"), Catch::Contains("no \"to\""));
  CHECK_THAT(refused("{\"set\": \"x\", \"machine\": \"y\", \"to\": 1}"),
             Catch::Contains("one edit an object"));
}
