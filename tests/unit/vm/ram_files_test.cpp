// SPDX-License-Identifier: LGPL-2.1-or-later
// Final RAM in files, through the library.
#include "support/command.hpp"
#include "support/events.hpp"
#include "support/native_builder.hpp"

#include <qember/advanced/vm/ram_files.hpp>

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;
using Names = std::vector<std::string>;

namespace {

constexpr std::uint64_t page = 4096;

/// Blocks "a" and "b" of two pages each; the first page of "a", and of "b" where there is a second value.
Bytes stream_of(std::uint8_t a, std::optional<std::uint8_t> b = {}) {
  NativeBuilder to;
  to.configuration("pc-i440fx-7.2", page).ram(1, {"a", "b"}, 2 * page).part(1).page("a", 0, a);
  if (b) to.page("b", 0, *b);
  return to.eos().footer(1).ended(1).eof().bytes();
}

struct Files {
  explicit Files(const Bytes& stream, vm::RamFilesOptions options = named_for_blocks())
      : opened(stream),
        directory(io::StagedDirectory::open(path(), false, {"-"}).or_throw()),
        files(opened.source(), directory, std::move(options)) {
    status = opened.each([this](const event::Event& event) { return files.take(event); });
    if (status) status = files.finish();
  }
  static vm::RamFilesOptions named_for_blocks() {
    return {[](const event::RamBlock& block) { return Result<std::string>(block.name + ".bin"); }};
  }
  std::string path() const { return scratch.path("ram").string(); }
  bool exists(const std::string& name) const { return std::filesystem::exists(path() + "/" + name); }

  Scratch scratch;
  Opened opened;
  io::StagedDirectory directory;
  vm::RamFiles files;
  Status status;
};

}  // namespace

TEST_CASE("RAM files: a file of its block's length for each block, once the directory is committed") {
  Files made(stream_of(1, 2));
  REQUIRE(made.status);
  CHECK(made.files.has_file(0));
  CHECK(made.files.name_of(1) == "b.bin");
  CHECK(made.files.absent().empty());
  CHECK_FALSE(made.exists("b.bin"));
  REQUIRE(made.directory.commit(Names{"a.bin", "b.bin"}));
  Bytes expected(page, 2);
  expected.resize(2 * page);
  CHECK(read_file(made.path() + "/b.bin") == expected);

  const auto counts = vm::count_pages(made.opened.source().session(), made.files.ram(), 1);
  CHECK(counts.total == 2);
  CHECK(counts.data == 1);
  CHECK(counts.never_sent == 1);
}

TEST_CASE("RAM files: a block without pages has no file") {
  Files made(stream_of(1));
  REQUIRE(made.status);
  CHECK(made.files.selects(1));
  CHECK_FALSE(made.files.has_file(1));
  REQUIRE(made.files.absent().size() == 1);
  CHECK(made.files.absent()[0].block == 1);
  REQUIRE(made.directory.commit(Names{"a.bin"}));
  CHECK(made.exists("a.bin"));
  CHECK_FALSE(made.exists("b.bin"));
}

TEST_CASE("RAM files: a block that was asked for by name must be there") {
  for (const auto& [name, code] : {std::pair("b", Errc::unsupported), std::pair("c", Errc::usage)}) {
    auto options = Files::named_for_blocks();
    options.blocks = {name};
    Files made(stream_of(1), options);
    REQUIRE_FALSE(made.status);
    CHECK(made.status.error().code == code);
  }
  auto options = Files::named_for_blocks();
  options.blocks = {"a"};
  Files made(stream_of(1), options);
  REQUIRE(made.status);
  CHECK_FALSE(made.files.selects(1));
}

TEST_CASE("RAM files: names that are the same are refused, and nothing has a file") {
  Files made(stream_of(1, 2), {[](const event::RamBlock&) { return Result<std::string>("same"); }});
  REQUIRE_FALSE(made.status);
  CHECK(made.status.error().code == Errc::bad_value);
  CHECK(made.status.error().found == "b");
  CHECK(made.status.error().offset != 0);
  // As far as the stream could be read, there is nothing.
  CHECK(made.files.finish());
  CHECK_FALSE(made.files.selects(0));
}

TEST_CASE("RAM files: an error of the caller's names is passed on") {
  Files made(stream_of(1), {[](const event::RamBlock& block) -> Result<std::string> {
               return Error{Errc::usage, 0, "names", "others", block.name};
             }});
  REQUIRE_FALSE(made.status);
  CHECK(made.status.error().path == "names");
}
