// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's encode and decode: files, pipes, exit codes.
#include "support/convert.hpp"
#include "support/command.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace qember;
using namespace qember::test;

namespace {

const Bytes& native() {
  static const Bytes bytes = small_stream().bytes();
  return bytes;
}
const Bytes& ber() {
  static const Bytes bytes = encode(native()).out;
  return bytes;
}
ByteView half(const Bytes& bytes) { return ByteView(bytes).first(bytes.size() / 2); }

}  // namespace

TEST_CASE("encode and decode go from file to file and from pipe to pipe") {
  const Scratch scratch;
  const std::string in = scratch.file("in", native());
  const std::string middle = scratch.path("middle").string();
  const std::string out = scratch.path("out").string();
  const Ran encoded = run({"encode", in, "-o", middle});
  CHECK(encoded.code == 0);
  CHECK(encoded.out.empty());
  CHECK(encoded.error.empty());
  CHECK(read_file(middle) == ber());
  CHECK(run({"decode", middle, "-o", out}).code == 0);
  CHECK(read_file(out) == native());
  CHECK(scratch.names() == std::vector<std::string>{"in", "middle", "out"});

  CHECK(as_bytes(run({"encode"}, native()).out).size() == ber().size());
  CHECK(run({"encode", "-", "-o", "-"}, native()).out == as_text(ber()));
  CHECK(run({"decode"}, ber()).out == as_text(native()));
}

TEST_CASE("--der writes what its second pass over the file says, and asks for a file") {
  const Scratch scratch;
  const std::string in = scratch.file("in", native());
  const Bytes der = encode(native(), whole(), {.der = true}).out;
  CHECK(run({"encode", "--der", in}).out == as_text(der));
  CHECK(shell("exec \"$QEMBER\" encode --der <" + in).out == as_text(der));
  const Ran piped = run({"encode", "--der"}, native());
  CHECK(piped.code == 2);
  CHECK(piped.out.empty());
}

TEST_CASE("exit codes of encode and decode") {
  const Scratch scratch;
  const Bytes unknown{'n', 'o', 'n', 'e', '!'};
  const Bytes unsupported{'Q', 'E', 'V', 'M', 0, 0, 0, 2, 0};
  const ByteView no_whole_description = ByteView(native()).first(native().size() - 10);
  const struct {
    std::string verb;
    ByteView in;
    int code;
    std::string says;
  } cases[] = {
      {"encode", native(), 0, ""},
      {"decode", ber(), 0, ""},
      {"encode", ber(), 1, "-:0: magic: expected QEMU's native stream"},
      {"decode", native(), 1, "-:0: magic: expected a BER stream"},
      {"encode", unknown, 1, "-:0: magic"},
      {"decode", unknown, 1, "-:0: magic"},
      {"encode", {}, 3, "-:0: magic"},
      {"decode", half(ber()), 3, "-:"},
      {"encode", half(native()), 3, "-:"},
      {"encode", no_whole_description, 3, "QEVM.description"},
      {"encode", unsupported, 4, "-:4: QEVM.version: expected 3, found 2"},
  };
  for (const auto& each : cases) {
    INFO(each.verb << ' ' << each.says);
    const Ran ran = run({each.verb}, each.in);
    CHECK(ran.code == each.code);
    CHECK(ran.error.find(each.says) != std::string::npos);
    CHECK(ran.error.empty() == (each.code == 0));
    // A file that was to be written is not there, and the one that was there is as it was.
    const std::string in = scratch.file("in", each.in);
    const std::string old = scratch.file("old", unknown);
    CHECK(run({each.verb, in, "-o", scratch.path("new").string()}).code == each.code);
    CHECK(run({each.verb, in, "-o", old}).code == each.code);
    CHECK(std::filesystem::exists(scratch.path("new")) == (each.code == 0));
    CHECK((read_file(old) == unknown) == (each.code != 0));
    std::filesystem::remove(scratch.path("new"));
    CHECK(scratch.names() == std::vector<std::string>{"in", "old"});
  }
}

TEST_CASE("usage and files that are not there are exit code 2") {
  const Scratch scratch;
  const std::string in = scratch.file("in", native());
  const std::string absent = scratch.path("absent/file").string();
  for (const Arguments& arguments :
       {Arguments{}, Arguments{"frobnicate"}, Arguments{"encode", "--nonsense"},
        Arguments{"encode", in, in, in}, Arguments{"encode", absent}, Arguments{"encode", in, "-o", absent},
        Arguments{"encode", scratch.path("").string()},
        Arguments{"encode", in, "-o", scratch.path("").string()},
        Arguments{"encode", "--page-size", "1000", in}, Arguments{"encode", "--page-size", "131072", in},
        Arguments{"check"}, Arguments{"info"}}) {
    INFO((arguments.empty() ? "no arguments" : arguments.back()));
    const Ran ran = run(arguments);
    CHECK(ran.code == 2);
    CHECK_FALSE(ran.error.empty());
  }
  CHECK(run({"--help"}).code == 0);
  CHECK(run({"--version"}).code == 0);
  CHECK(scratch.names() == std::vector<std::string>{"in"});
}

TEST_CASE("an output file holds a machine's memory: nobody else may read it") {
  const Scratch scratch;
  const std::string in = scratch.file("in", native());
  const std::string old = scratch.file("old", native());
  ::chmod(old.c_str(), 0644);
  for (const std::string& out : {scratch.path("new").string(), old}) {
    REQUIRE(shell("umask 0; exec \"$QEMBER\" encode " + in + " -o " + out).code == 0);
    struct stat status{};
    REQUIRE(::stat(out.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600U);
    CHECK(read_file(out) == ber());
  }
}

TEST_CASE("while it is written an output has another name") {
  const Scratch scratch;
  const std::string out = scratch.file("out", native());
  Running encode({"encode", "-o", out});
  encode.write(half(native()));
  // It has begun once its temporary file is there.
  for (int tries = 0; scratch.names().size() < 2 && tries < 6000; ++tries) ::usleep(10000);
  const auto names = scratch.names();
  REQUIRE(names.size() == 2);
  CHECK(names[0] == "out");
  CHECK(names[1].starts_with("out."));
  CHECK(read_file(out) == native());
  encode.write(ByteView(native()).subspan(native().size() / 2));
  CHECK(encode.wait().code == 0);
  CHECK(scratch.names() == std::vector<std::string>{"out"});
  CHECK(read_file(out) == ber());
}

TEST_CASE("a link to a file is followed") {
  const Scratch scratch;
  const std::string in = scratch.file("in", native());
  const std::string target = scratch.file("target", native());
  const std::string link = scratch.path("link").string();
  REQUIRE(::symlink(target.c_str(), link.c_str()) == 0);
  REQUIRE(run({"encode", in, "-o", link}).code == 0);
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_file(target) == ber());
}

TEST_CASE("a FIFO is opened as it is, and stays") {
  const Scratch scratch;
  const std::string in = scratch.file("in", native());
  const std::string fifo = scratch.path("fifo").string();
  REQUIRE(::mkfifo(fifo.c_str(), 0644) == 0);
  const Ran ran = shell("cat " + fifo + " & \"$QEMBER\" encode " + in + " -o " + fifo + " && wait");
  CHECK(ran.code == 0);
  CHECK(ran.out == as_text(ber()));
  CHECK(std::filesystem::is_fifo(fifo));
}

TEST_CASE("a full device and a closed pipe are exit code 2, with nothing left") {
  const Scratch scratch;
  const std::string in = scratch.file("in", native());
  const Ran full = run({"encode", in, "-o", "/dev/full"});
  CHECK(full.code == 2);
  CHECK(full.error.find("/dev/full") != std::string::npos);
  CHECK(shell("exec \"$QEMBER\" encode " + in + " >/dev/full").code == 2);

  const Bytes large = sample();
  Running closed({"encode"});
  closed.close_output();
  closed.write(large);
  CHECK(closed.wait().code == 2);
}

TEST_CASE("a disk that takes no more is exit code 2 and leaves no file") {
  const Scratch scratch;
  const std::string in = scratch.file("in", sample());
  const std::string out = scratch.path("out").string();
  // A limit on the size of files, which unlike a full disk needs no privilege.
  const Ran ran = shell("trap '' XFSZ; ulimit -f 64; exec \"$QEMBER\" encode " + in + " -o " + out);
  CHECK(ran.code == 2);
  CHECK(ran.error.find(out) != std::string::npos);
  CHECK(scratch.names() == std::vector<std::string>{"in"});
}

TEST_CASE("into a pipe, an input that ends early gives no end mark") {
  for (std::size_t size = 8; size < native().size(); size += 61) {
    const Ran encoded = run({"encode"}, ByteView(native()).first(size));
    CHECK(encoded.code == 3);
    CHECK(run({"check", "-"}, as_bytes(encoded.out)).code == 3);
  }
  for (std::size_t size = 8; size < ber().size(); size += 61) {
    const Ran decoded = run({"decode"}, ByteView(ber()).first(size));
    CHECK(decoded.code == 3);
    CHECK(run({"check", "-"}, as_bytes(decoded.out)).code == 3);
  }
}

TEST_CASE("a large file, which is read ahead, gives what a pipe does") {
  constexpr std::size_t count = 3000;
  NativeBuilder stream;
  stream.ram(1, {"pc.ram"}, count * 4096).part(1);
  for (std::size_t i = 0; i < count; ++i)
    stream.page(i == 0 ? NativeBuilder::Block("pc.ram") : std::nullopt, i * 4096,
                static_cast<std::uint8_t>(i + 1));
  // More in one piece than goes before a buffer.
  const Bytes whole = stream.eos().footer(1).device(7, "large", Bytes(1'000'000, 0x5a)).eof().bytes();
  for (const std::size_t size : {whole.size(), whole.size() - 1, whole.size() - 900'000}) {
    const ByteView native = ByteView(whole).first(size);
    const Scratch scratch;
    const std::string in = scratch.file("in", native);
    const Ran from_file = run({"encode", in});
    const Ran from_pipe = run({"encode"}, native);
    CHECK(from_file.code == (size == whole.size() ? 0 : 3));
    CHECK(from_file.code == from_pipe.code);
    CHECK((from_file.out == from_pipe.out));
    // Behind the names of the command and the file.
    const auto told = [](const std::string& error) {
      const std::size_t name = error.find(": ");
      return name == std::string::npos ? error : error.substr(error.find(':', name + 2));
    };
    CHECK(told(from_file.error) == told(from_pipe.error));
    if (size != whole.size()) continue;
    const Ran back = run({"decode", scratch.file("ber", as_bytes(from_file.out))});
    CHECK(back.code == 0);
    CHECK((as_text(native) == back.out));
  }
}
