// SPDX-License-Identifier: LGPL-2.1-or-later
// Every verb takes what holds a stream, from a file and from a pipe, and says what it found on the way.
#include "support/containers.hpp"
#include "support/byte_strings.hpp"
#include "support/command.hpp"
#include "support/native_builder.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace qember;
using namespace qember::test;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t page = 4096;

/// The bitmap of a block of 70 pages of which 1 and 66 are there.
Bytes bitmap(bool is_big_endian) {
  return is_big_endian ? Bytes{0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 4}
                       : Bytes{2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0};
}

/// A mapped-ram stream that begins at `base` of the file that QEMU wrote to.
Bytes mapped(std::uint64_t base, bool is_big_endian = false, const std::string& machine = "microvm",
             const std::vector<std::string>& blocks = {"a", "b"}) {
  constexpr std::uint64_t pages = 70;
  NativeBuilder to;
  to.configuration(machine, page)
      .u8(5)
      .counted("configuration/capabilities")
      .u32(1)
      .u32(1)
      .counted("mapped-ram");
  to.section(1, 1, "ram", 0, 4).u64(blocks.size() * pages * page | 4);
  for (const std::string& name : blocks) {
    to.counted(name).u64(pages * page).u32(1).u64(page);
    const std::uint64_t at = base + to.size() + 16;
    const std::uint64_t pages_at = (at + 16 + page - 1) / page * page;
    to.u64(at).u64(pages_at).raw(bitmap(is_big_endian)).fill(pages_at - at - 16, 0);
    for (std::uint64_t i = 0; i < pages; ++i)
      to.fill(page, i == 1 || i == 66 ? static_cast<std::uint8_t>(name[0] + i) : 0);
  }
  return to.eos().footer(1).ended(1).device(2, "dev", Bytes(3, 7)).eof().bytes();
}

/// What RAM of that stream is in the end.
Bytes ram(char name) {
  Bytes block(70 * page);
  for (const std::size_t i : {1, 66})
    std::fill_n(block.begin() + static_cast<std::ptrdiff_t>(i * page), page, name + i);
  return block;
}

/// It is sound, its RAM is right, and `decode` gives the stream of what `encode` makes; so it is from a pipe.
void opens(const Bytes& file, const Bytes& stream, const std::string& options = "") {
  INFO(options);
  const Scratch scratch;
  const std::string path = scratch.file("vm", file);
  const std::string out = scratch.path("ram");
  for (const bool is_pipe : {false, true}) {
    INFO(is_pipe);
    const auto script = [&](const std::string& verb) {
      const std::string words = "$QEMBER " + verb + " " + options + " ";
      return is_pipe ? "cat " + path + " | " + words + "-" : words + path;
    };
    const Ran checked = shell(script("check"));
    CHECK(checked.out + checked.error == "");
    CHECK(checked.code == 0);
    const Ran back = shell(script("encode") + " | $QEMBER decode");
    CHECK(back.code == 0);
    CHECK((Bytes(back.out.begin(), back.out.end()) == stream));
    const Ran extracted = shell(script("extract --force --ram " + out));
    CHECK(extracted.error == "");
    CHECK(extracted.code == 0);
    CHECK((read_file(out + "/a") == ram('a')));
    CHECK((read_file(out + "/b") == ram('b')));
    const Json info = Json::parse(shell(script("info --json")).out);
    CHECK(info["pages"]["full"] == 4);
    CHECK(info["complete"] == true);
    for (const std::string verb : {"show", "map"}) CHECK(shell(script(verb)).code == 0);
  }
}

}  // namespace

TEST_CASE("containers: mapped-ram wherever its stream begins, with bitmaps of either order of bytes") {
  for (const bool is_big_endian : {false, true}) {
    const auto in = [&](std::uint64_t base) { return mapped(base, is_big_endian); };
    opens(in(0), in(0));
    opens(Bytes(5000) + in(5000), in(5000));
    opens(Bytes(5000, 0xaa) + in(5000), in(5000), "--offset 5000");
    const std::uint64_t header = libvirt_save({.format = 6}, {}).size();
    opens(libvirt_save({.format = 6}, in(header)), in(header));
    opens(gzip(in(0)), in(0));
    opens(zstd(libvirt_save({.format = 6}, in(header))), in(header));
    // The table has the bytes that were written, and what lies beyond them is there.
    opens(qcow2({.snapshots = {{.state = in(0), .state_size = 300}}}), in(0));
  }
}

TEST_CASE("containers: an image in an image, and what is in the state of one") {
  const Bytes stream = mapped(0);
  opens(qcow2({.cluster_bits = 16, .snapshots = {{.state = qcow2({.snapshots = {{.state = stream}}})}}}),
        stream);
  opens(qcow2({.snapshots = {{.state = gzip(stream)}}}), stream);
  opens(qcow2({.snapshots = {{.state = Bytes(page) + mapped(page)}}}), mapped(page));
}

TEST_CASE("containers: clusters of an image that are in use more than once end") {
  for (const Clusters clusters : {Clusters::plain, Clusters::deflate, Clusters::zstd}) {
    const Bytes stream = small_stream().bytes();
    Bytes image =
        qcow2({.clusters = clusters, .snapshots = {{.state = stream + Bytes(std::size_t{8} << 20U)}}});
    const auto be64 = [&image](std::uint64_t at) {
      return load_be<std::uint64_t>(&image[static_cast<std::size_t>(at)]);
    };
    // The L1 table of the snapshot: its second entry is the first of the state.
    const std::uint64_t first = be64(be64(64)) + 8;
    constexpr std::uint64_t tables = (std::uint64_t{8} << 20U) / (64 * 512);
    for (std::uint64_t i = 1; i < tables; ++i)
      store_be(&image[static_cast<std::size_t>(first + 8 * i)], be64(first));
    const Scratch scratch;
    const Ran ran = run({"check", scratch.file("vm", image)});
    CHECK(ran.code == 1);
    CHECK(ran.out.find("expected clusters that are in use once") != std::string::npos);
  }
}

TEST_CASE("containers: a mapped-ram stream cut out of its file is no longer what it was") {
  const Scratch scratch;
  const Ran ran = run({"check", scratch.file("cut", mapped(5000))});
  CHECK(ran.code == 4);
}

TEST_CASE("containers: what goes into a temporary file has a limit") {
  const Scratch scratch;
  Bytes stream = mapped(0);
  CHECK(shell("cat " + scratch.file("vm", stream) + " | TMPDIR=/nowhere $QEMBER check -").code == 2);
}

TEST_CASE("containers: findings say the way in, and what their offset counts from") {
  const Scratch scratch;
  Bytes stream = small_stream().bytes();
  stream.resize(stream.size() / 2);
  const auto line = [&](const Bytes& file) {
    const std::string path = scratch.file("vm", file);
    const Ran ran = run({"check", path});
    CHECK(ran.code == 3);
    return ran.out.substr(path.size());
  };
  const std::string bare = line(stream);
  const auto colon = bare.find(": ");
  const std::uint64_t at = std::stoull(bare.substr(1, colon - 1));
  const std::string rest = bare.substr(colon + 2, bare.size() - colon - 3);
  const std::uint64_t header = libvirt_save({}, {}).size();
  CHECK(line(libvirt_save({}, stream)) ==
        ":" + std::to_string(at + header) + ": libvirt save > " + rest + "\n");
  CHECK(line(gzip(stream)) ==
        ":" + std::to_string(at) + ": gzip > " + rest + " (the offset is the stream's)\n");
  const Json json = Json::parse(run({"check", "--json", scratch.file("vm", gzip(stream))}).out);
  CHECK(json["container"] == "gzip");
  CHECK(json["offset_in"] == "stream");
  CHECK(json["offset"] == at);
}

TEST_CASE("containers: info tells of a libvirt save, and prints its XML as it is") {
  const Scratch scratch;
  const Bytes stream = small_stream().bytes();
  const std::string xml = "<domain>\n  <name>\x1b[2J</name>\n</domain>\n";
  const std::string path = scratch.file(
      "vm",
      libvirt_save({.magic = "LibvirtQemudPart", .was_running = 1, .format = 1, .xml = xml}, gzip(stream)));
  const Ran text = run({"info", path});
  CHECK(text.code == 0);
  CHECK(text.out.find("way in       libvirt save (gzip) > QEVM\n") != std::string::npos);
  CHECK(text.out.find("domain       \\x1b[2J\n") != std::string::npos);
  CHECK(text.out.find("restores     running\n") != std::string::npos);
  CHECK(text.error.find("note: libvirt marked the save as incomplete") != std::string::npos);
  const Json json = Json::parse(run({"info", "--json", path}).out);
  CHECK(json["way_in"] == Json{"libvirt save (gzip)", "QEVM"});
  CHECK(json["libvirt"]["marked_complete"] == false);
  CHECK(run({"info", "--xml", path}).out == xml + "<cookie/>");
  CHECK(run({"info", "--xml", scratch.file("bare", stream)}).code == 2);
  CHECK(run({"info", "--xml", scratch.file("large", libvirt_save({.padding = 2'000'000}, stream))}).code ==
        4);
  // Whole or not is the stream's to say.
  CHECK(run({"check", path}).code == 0);
  const Ran cut =
      run({"check",
           scratch.file("cut", libvirt_save({.magic = "LibvirtQemudPart"}, ByteView(stream).first(200)))});
  CHECK(cut.code == 3);
}

TEST_CASE("containers: info lists snapshots, and other verbs ask for one") {
  const Scratch scratch;
  const Bytes one = small_stream().bytes();
  const Bytes two = NativeBuilder().configuration("two").eof().bytes();
  const std::string path =
      scratch.file("vm", qcow2({.snapshots = {{.id = "1", .name = "first", .state = one},
                                              {.id = "2", .name = "\x1b[2J", .state = two}}}));
  const Ran list = run({"info", path});
  CHECK(list.code == 0);
  CHECK(list.out.find("id 1, name first, 2023-11-14 22:13:20 UTC, ") != std::string::npos);
  CHECK(list.out.find("name \\x1b[2J,") != std::string::npos);
  CHECK(run({"check", path}).code == 2);
  CHECK(run({"check", path, "--snapshot", "id:1"}).code == 0);
  CHECK(Json::parse(run({"info", "--json", path, "--snapshot", "2"}).out)["machine"] == "two");
  CHECK(Json::parse(run({"info", "--json", path}).out)["snapshots"].size() == 2);
  CHECK(run({"diff", path, path, "--snapshot", "1", "--snapshot-b", "1"}).code == 0);
  CHECK(run({"diff", path, path, "--snapshot", "1", "--snapshot-b", "2"}).code == 1);
  const Ran none = run({"info", scratch.file("disk", qcow2({.snapshots = {{.name = "d", .state = {}}}}))});
  CHECK(none.code == 4);
  CHECK(none.out.find("name d") != std::string::npos);
  CHECK(none.out.find("disk only") != std::string::npos);
}

TEST_CASE("containers: other bytes behind a stream are one finding, which may be allowed") {
  const Scratch scratch;
  const std::string path =
      scratch.file("volume", small_stream().bytes() + Bytes(100) + small_stream().bytes());
  const Ran ran = run({"check", "--json", path});
  CHECK(ran.code == 1);
  CHECK(std::ranges::count(ran.out, '\n') == 1);
  CHECK(Json::parse(ran.out)["code"] == "trailing_data");
  CHECK(run({"check", "--allow-trailing", path}).code == 0);
  CHECK(run({"check", scratch.file("zeros", small_stream().bytes() + Bytes(5000))}).code == 0);
  const std::string packed = scratch.file("packed", gzip(small_stream().bytes()) + Bytes(3, 1));
  CHECK(run({"check", packed}).code == 1);
  CHECK(run({"check", "--allow-trailing", packed}).code == 0);
}

TEST_CASE("containers: lzop is unpacked by the program, where there is one") {
  const Scratch scratch;
  const std::string path = scratch.file("vm", small_stream().bytes());
  const Ran none = shell("printf '\\211LZO\\0\\r\\n\\032\\n' | PATH= $QEMBER check -");
  CHECK(none.code == 4);
  CHECK(none.out.find("lzop") != std::string::npos);
  if (shell("command -v lzop").code != 0) return;
  CHECK(shell("lzop -c " + path + " | $QEMBER check -").code == 0);
  CHECK(shell("lzop -c " + path + " | head -c 300 | $QEMBER check -").code == 1);
}

TEST_CASE("containers: info reads the pages of a mapped-ram file that the layout takes") {
  const Scratch scratch;
  const std::string path =
      scratch.file("vm", mapped(0, false, "virt", {"mem0", "mem1", "riscv_virt_board.mrom"}));
  const std::string by_pages = run({"info", path}).out;
  CHECK(by_pages.find("mem0 at 0x0 (names)") != std::string::npos);
  CHECK(by_pages.find("mem1 at 0x0 (names)") != std::string::npos);
}
