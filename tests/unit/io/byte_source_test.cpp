// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/descriptor_source.hpp>
#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include "io/read_ahead.hpp"
#include "io/slice_source.hpp"
#include "io/spooling_source.hpp"
#include "support/command.hpp"
#include "support/native_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

using namespace qember;
using namespace qember::test;

namespace {

/// Another source, whose bytes can't be read from an offset on; a few of them at a time.
class Failing final : public io::ByteSource {
 public:
  Failing(io::ByteSource& whole, std::uint64_t bad) : whole_(whole), bad_(bad) {}

  std::optional<std::uint64_t> size() const override { return whole_.size(); }
  bool is_seekable() const override { return true; }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override {
    if (offset >= bad_) return Error{Errc::io, offset, "disk", {}, "Input/output error"};
    const std::uint64_t most = std::min<std::uint64_t>(bad_ - offset, 7);
    return whole_.read_some(offset, to.first(std::min<std::size_t>(to.size(), most)));
  }

 private:
  io::ByteSource& whole_;
  std::uint64_t bad_;
};

Bytes numbered(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + (i >> 8U));
  return bytes;
}

std::string text_at(io::ByteSource& source, std::uint64_t offset, std::size_t size) {
  Bytes to(size);
  const auto count = source.read_at(offset, to);
  REQUIRE(count);
  return std::string(as_text(ByteView(to).first(*count)));
}

/// All bytes, by `fill`.
Bytes all_of(io::ByteSource& source) {
  io::Input input(0);
  Bytes all;
  while (!input.finished()) {
    source.fill(input).or_throw();
    all.insert(all.end(), input.view().begin(), input.view().end());
    input.consume(input.view().size());
  }
  return all;
}

/// One block of two pages in a mapped-ram file, whose offsets count from the first byte of the stream.
Bytes mapped_ram() {
  constexpr std::size_t page = 4096;
  NativeBuilder to;
  to.configuration("microvm", page).u8(5).counted("configuration/capabilities").u32(1).u32(1);
  to.counted("mapped-ram").section(1, 1, "ram", 0, 4).u64(2 * page | 4);
  to.counted("m").u64(2 * page).u32(1).u64(page);
  const std::uint64_t bitmap = to.size() + 16;
  to.u64(bitmap).u64(bitmap + 8).raw(Bytes{2, 0, 0, 0, 0, 0, 0, 0}).fill(page, 0).fill(page, 9);
  return to.eos().footer(1).ended(1).eof().bytes();
}

/// Reads to the end; the offsets of the pages, or the error.
Status read_all(event::Source& source, std::vector<std::uint64_t>& pages) {
  for (;;) {
    auto event = source.next();
    if (!event) return event.error();
    if (std::holds_alternative<event::RamPage>(*event)) pages.push_back(source.offset());
    if (std::holds_alternative<event::StreamEnd>(*event)) return {};
  }
}

}  // namespace

TEST_CASE("memory and slices of it are read at any offset, with fewer bytes at the end alone") {
  const std::string text = "0123456789";
  io::MemorySource whole(as_bytes(text));
  CHECK(whole.size() == 10);
  CHECK(text_at(whole, 8, 4) == "89");
  CHECK(text_at(whole, 10, 4).empty());
  CHECK(text_at(whole, ~std::uint64_t{0}, 4).empty());

  io::SliceSource rest(whole, 3);
  CHECK(rest.size() == 7);
  CHECK(text_at(rest, 0, 4) == "3456");
  CHECK(text_at(rest, 5, 4) == "89");
  io::SliceSource part(rest, 1, 3);
  CHECK(part.size() == 3);
  CHECK(as_text(all_of(part)) == "456");
  CHECK(text_at(part, 2, 4) == "6");
  CHECK(text_at(part, ~std::uint64_t{0}, 4).empty());
  io::SliceSource behind(whole, 20, 5);
  CHECK(behind.size() == 0);
  CHECK(all_of(behind).empty());
}

TEST_CASE("a file is a source from where its descriptor stands, which stays there; it can be read again") {
  const Scratch scratch;
  const std::string path = scratch.file("file", as_bytes("0123456789"));
  const int fd = ::open(path.c_str(), O_RDONLY);
  ::lseek(fd, 4, SEEK_SET);
  io::DescriptorSource source(io::Descriptor(fd, true), path);
  CHECK(source.is_seekable());
  CHECK(source.size() == 6);
  CHECK(as_text(all_of(source)) == "456789");
  CHECK(as_text(all_of(source)) == "456789");
  CHECK(text_at(source, 4, 4) == "89");
  CHECK(::lseek(fd, 0, SEEK_CUR) == 4);
}

TEST_CASE("a pipe is read in order, as its bytes come") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  io::DescriptorSource source(io::Descriptor(ends[0], true), "pipe");
  CHECK_FALSE(source.is_seekable());
  CHECK_FALSE(source.size());
  REQUIRE(::write(ends[1], "abc", 3) == 3);
  Bytes to(8);
  CHECK(*source.read_some(0, to) == 3);  // the pipe is open, and nothing more is waited for
  CHECK(source.read_some(1, to).error().code == Errc::usage);
  REQUIRE(::write(ends[1], "de", 2) == 2);
  ::close(ends[1]);
  CHECK(*source.read_at(3, to) == 2);
  CHECK(*source.read_some(5, to) == 0);
}

TEST_CASE("a pipe that is kept in a file is refused beyond the limit, however often it is read again") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  io::DescriptorSource pipe(io::Descriptor(ends[0], true), "pipe");
  io::SpoolingSource spooled(pipe, 4);
  REQUIRE(::write(ends[1], "abc", 3) == 3);
  CHECK(text_at(spooled, 1, 2) == "bc");
  REQUIRE(::write(ends[1], "de", 2) == 2);
  ::close(ends[1]);
  Bytes to(8);
  for (int time = 0; time < 2; ++time) {
    const auto refused = spooled.read_some(3, to);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::limit);
    CHECK(refused.error().offset == 4);
  }
  CHECK(text_at(spooled, 0, 3) == "abc");
}

TEST_CASE("read-ahead gives the bytes of its source, then its end or its error") {
  const Bytes bytes = numbered((std::size_t{5} << 20U) + 11);
  io::MemorySource whole(bytes);
  {
    io::ReadAhead ahead(whole);
    CHECK(ahead.size() == bytes.size());
    CHECK((all_of(ahead) == bytes));
    CHECK(text_at(ahead, bytes.size() - 3, 8).size() == 3);
  }
  Failing failing(whole, 1000);
  io::ReadAhead ahead(failing);
  io::Input input;
  Status status;
  while (status && !input.finished()) status = ahead.fill(input);
  REQUIRE_FALSE(status);
  CHECK(input.received() == 1000);
  CHECK(status.error().offset == 1000);
  CHECK(to_string(status.error()) == "disk: Input/output error");
  CHECK(ahead.fill(input).error().code == Errc::io);
  const io::ReadAhead left_early(whole);
}

TEST_CASE("what can't be read is an error, and never an early end") {
  const Bytes stream = mapped_ram();
  io::MemorySource whole(stream);
  for (std::uint64_t bad = 0; bad < stream.size(); bad += bad < 200 || bad + 50 > stream.size() ? 1 : 97) {
    INFO(bad);
    Failing failing(whole, bad);
    Bytes to(stream.size());
    CHECK(failing.read_at(0, to).error().code == Errc::io);
    auto opened = vm::OpenedStream::open(failing, {});
    std::vector<std::uint64_t> pages;
    const Status status = opened ? read_all(**opened, pages) : Status(opened.error());
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Errc::io);
    CHECK(status.error().offset >= bad);
  }
}

TEST_CASE(
    "a stream in a larger file: its own offsets count from its begin, those of events from the file's") {
  const Bytes stream = mapped_ram();
  constexpr std::uint64_t base = 1000;
  Bytes file(base, 0xaa);
  file.insert(file.end(), stream.begin(), stream.end());
  io::MemorySource whole(file);
  io::SliceSource slice(whole, base);
  io::Input alone = io::Input::over(stream);
  io::MemorySource memory(stream);
  qevm::Reader alone_reader(alone, {}, {{}, &memory});
  io::Input inside = io::Input::over(stream, base);
  qevm::Reader inside_reader(inside, {}, {{}, &slice});
  std::vector<std::uint64_t> alone_pages;
  std::vector<std::uint64_t> inside_pages;
  CHECK(read_all(alone_reader, alone_pages));
  CHECK(read_all(inside_reader, inside_pages));
  REQUIRE(alone_pages.size() == 1);
  CHECK(inside_pages == std::vector{alone_pages[0] + base});
  // A finding among the blocks' fields, which are gathered ahead.
  const Bytes name{1, 'm'};
  const auto version = std::search(file.begin(), file.end(), name.begin(), name.end()) - file.begin() + 13;
  file[static_cast<std::size_t>(version)] = 2;
  io::Input again = io::Input::over(ByteView(file).subspan(base), base);
  qevm::Reader reader(again, {}, {{}, &slice});
  const Status status = read_all(reader, inside_pages);
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Errc::unsupported);
  CHECK(status.error().offset == static_cast<std::uint64_t>(version) - 13);
}

TEST_CASE("a stream that is opened waits for its input, and can be opened again where it can be sought in") {
  const Bytes stream = mapped_ram();
  io::MemorySource source(stream);
  for (int pass = 0; pass < 2; ++pass) {
    auto opened = vm::OpenedStream::open(source, {});
    REQUIRE(opened);
    std::vector<std::uint64_t> pages;
    CHECK(read_all(**opened, pages));
    CHECK(pages.size() == 1);
    CHECK(&(*opened)->bytes() == &source);
  }
}
