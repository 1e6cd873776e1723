// SPDX-License-Identifier: LGPL-2.1-or-later
// A stream out of what holds it, and into a libvirt save.
#include "support/command.hpp"
#include "support/containers.hpp"
#include "support/native_builder.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

namespace {

struct Files : Scratch {
  Files() {
    file("x", sample());
    file("save", libvirt_save({.was_running = 1, .is_big_endian = true}, sample()));
  }
  Ran run(const std::string& script) const { return shell("cd '" + path("").string() + "'; " + script); }
  Bytes made(const std::string& script) const {
    const Ran ran = run("rm -f out; $QEMBER " + script);
    INFO(script << ": " << ran.error);
    CHECK(ran.code == 0);
    return read_file(path("out"));
  }
};

}  // namespace

TEST_CASE("unwrap gives the stream that was put into a container", "[unwrap]") {
  const Files files;
  const Bytes stream = sample();
  files.file("held", qcow2({.snapshots = {{.state = stream}}}));
  CHECK(files.made("unwrap held -o out") == stream);
  files.file("held", libvirt_save({.format = 1}, gzip(stream)));
  CHECK(files.made("unwrap held -o out") == stream);
  CHECK(files.made("unwrap --plain - -o out < held") == stream);
  REQUIRE(files.run("$QEMBER encode x -o ber").code == 0);
  files.file("held", zstd(read_file(files.path("ber"))));
  CHECK(files.made("unwrap held -o out") == read_file(files.path("ber")));
  CHECK(files.made("unwrap --plain held -o out") == stream);
}

TEST_CASE("what follows a stream is not of it", "[unwrap]") {
  const Files files;
  Bytes held = sample();
  held.resize(held.size() + 1000);
  files.file("held", held);
  CHECK(files.made("unwrap held -o out") == sample());
  held.push_back(1);
  files.file("held", held);
  const Ran ran = files.run("rm -f out; $QEMBER unwrap held -o out; echo $?; ls out");
  CHECK(ran.out == "1\n");
  CHECK_THAT(ran.error, Catch::Contains("expected the end of the stream, found"));
  CHECK(files.made("unwrap --allow-trailing held -o out") == sample());
}

TEST_CASE("what follows a stream in BER is not of it either, and it has to be whole", "[unwrap]") {
  const Files files;
  REQUIRE(files.run("$QEMBER encode x -o ber").code == 0);
  const Bytes ber = read_file(files.path("ber"));
  Bytes held = ber;
  held.resize(held.size() + 1000);
  files.file("held", held);
  CHECK(files.made("unwrap held -o out") == ber);
  CHECK(files.made("unwrap - -o out < held") == ber);
  CHECK(files.made("decode held -o out") == sample());
  CHECK(files.run("$QEMBER check held").code == 0);
  held.push_back(1);
  files.file("held", held);
  for (const std::string verb : {"unwrap held -o out", "decode held -o out", "check held"}) {
    const Ran ran = files.run("rm -f out; $QEMBER " + verb + "; echo $?; ls out");
    CHECK_THAT(ran.out, Catch::EndsWith("1\n"));
    CHECK_THAT(ran.out + ran.error, Catch::Contains("expected the end of the input, found 01"));
  }
  CHECK(files.made("unwrap --allow-trailing held -o out") == ber);
  files.file("held", ByteView(ber).first(ber.size() / 2));
  CHECK(files.run("rm -f out; $QEMBER unwrap held -o out; echo $?; ls out").out == "3\n");
}

TEST_CASE("a main channel alone is no stream to load", "[unwrap]") {
  const Files files;
  NativeBuilder to;
  to.configuration("pc-q35-9.0", 4096)
      .section(1, 1, "ram", 0, 4)
      .u64(0x100000 | 4)
      .counted("pc.ram")
      .u64(0x100000);
  to.u64(0x200).eos().footer(1).ended(1).device(2, "dev", Bytes(3, 7)).eof();
  files.file("main", to.bytes());
  CHECK(files.made("unwrap main -o out") == to.bytes());
  for (const std::string verb :
       {"unwrap --plain main", "wrap main --like save", "wrap main --like save --format gzip"}) {
    const Ran ran = files.run("rm -f out; $QEMBER " + verb + " -o out; echo $?; ls out");
    INFO(verb);
    CHECK(ran.out == "4\n");
    CHECK_THAT(ran.error, Catch::Contains("other connections (multifd) (see --channels)"));
  }
}

TEST_CASE("wrap keeps the texts of another save, and gives the stream back", "[unwrap]") {
  const Files files;
  files.file("xml", as_bytes("<domain><name>other</name></domain>"));
  for (const std::string format : {"raw", "gzip", "bzip2", "xz", "zstd"}) {
    files.made("wrap x --like save --format " + format + " -o out");
    const Ran info = files.run("$QEMBER info out; $QEMBER info --xml out");
    CHECK_THAT(info.out,
               Catch::Contains("domain       guest\n") && Catch::Contains("restores     running\n"));
    CHECK_THAT(info.out, Catch::Contains(format == "raw" ? "libvirt save >" : "(" + format + ")"));
    CHECK_THAT(info.out, Catch::Contains("<cookie/>"));
    CHECK(files.run("mv out again; $QEMBER check again; echo $?").out == "0\n");
    CHECK(files.made("unwrap again -o out") == sample());
  }
  files.made("wrap x --like save --xml xml -o out");
  CHECK_THAT(files.run("$QEMBER info out").out, Catch::Contains("domain       other\n"));
  // 65,536 bytes are left for the XML to be edited in.
  CHECK(read_file(files.path("out")).size() == 92 + 36 + 10 + 65536 + sample().size());
}

TEST_CASE("wrap refuses what libvirt would not restore", "[unwrap]") {
  const Files files;
  const auto refused = [&files](const std::string& call, int code, const std::string& why) {
    const Ran ran = files.run("rm -f out; $QEMBER wrap " + call + " -o out; code=$?; ls out; exit $code");
    INFO(call);
    CHECK(ran.code == code);
    CHECK(ran.out == "");
    CHECK_THAT(ran.error, Catch::Contains(why));
  };
  files.file("nul", Bytes(10));
  files.file("junk", Bytes(1000, 'j'));
  refused("x --like save --format sparse", 4, "expected a mapped-ram stream");
  refused("x --like x", 2, "expected a libvirt save");
  refused("x --like save --xml nul", 1, "expected a text without NUL");
  refused("junk --like save", 1, "QEVM");
}

namespace {

constexpr std::string_view domain =
    "<domain type='qemu'><!-- <os><type machine='no'/></os> --><name>guest</name>"
    "<os><type arch='x86_64' machine='microvm'>hvm</type></os><metadata><os><type "
    "machine='x'/></os></metadata>"
    "</domain>";

}  // namespace

TEST_CASE("edit: a libvirt save stays one, and its XML has the machine type of the stream", "[edit]") {
  const Files files;
  const SaveHeader header{.was_running = 1, .is_big_endian = true, .xml = std::string(domain)};
  files.file("save", libvirt_save(header, sample()));
  REQUIRE(files.run("$QEMBER edit x --machine 'a&b' -o bare").code == 0);
  const Ran ran = files.run("$QEMBER edit save --machine 'a&b' -o out");
  CHECK(ran.error == "qember: the cookie of the libvirt save is as it was\n");
  REQUIRE(ran.code == 0);
  const Bytes out = read_file(files.path("out"));
  CHECK(files.run("$QEMBER unwrap out -o stream; cmp stream bare").code == 0);
  std::string xml(domain);
  xml.replace(xml.find("microvm"), 7, "a&amp;b");
  CHECK_THAT(std::string(as_text(out)), Catch::Contains(xml) && Catch::Contains("<cookie/>"));
  CHECK_THAT(files.run("$QEMBER info out").out, Catch::Contains("libvirt save > QEVM"));
}

TEST_CASE("edit: a libvirt save keeps its format", "[edit]") {
  const Files files;
  files.file("save", libvirt_save({.format = 1, .xml = std::string(domain), .cookie = ""}, gzip(sample())));
  const Ran ran = files.run(
      "$QEMBER edit save -o out --drop-section i8259/1 && $QEMBER check out && "
      "$QEMBER diff save out; $QEMBER info out");
  CHECK(ran.error.empty());
  CHECK_THAT(ran.out,
             Catch::StartsWith("i8259/1  only in A\n") && Catch::Contains("libvirt save (gzip) > QEVM"));
}

TEST_CASE("edit: where the XML cannot have the machine type, there is no save", "[edit]") {
  const Files files;
  const auto refused = [&files](std::string_view xml, const std::string& machine) {
    files.file("save", libvirt_save({.xml = std::string(xml)}, sample()));
    const Ran ran =
        files.run("rm -f out; $QEMBER edit save --machine '" + machine + "' -o out; echo $?; ls out");
    CHECK(ran.out == "2\n");
    return ran.error;
  };
  CHECK_THAT(refused("<domain/>", "m"), Catch::Contains("a save whose XML names its machine type once"));
  CHECK_THAT(refused(std::string(domain), "\t"), Catch::Contains("a name that XML can have"));
  CHECK_THAT(refused("<domain><os><type machine='a'/><type machine='b'/></os></domain>", "m"),
             Catch::Contains("names its machine type once"));
}
