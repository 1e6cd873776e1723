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
