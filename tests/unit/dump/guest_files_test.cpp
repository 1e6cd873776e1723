// SPDX-License-Identifier: LGPL-2.1-or-later
// A guest's memory as files that are read in place, against what is written out of the same stream.
#include <qember/advanced/dump/guest_files.hpp>

#include <qember/elf_core.hpp>

#include "support/command.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::uint64_t page_size = 4096;

/// A stream with these blocks of two pages each: the first is sent, filled with the block's number from 1 on,
/// the second is not.
Bytes blocks(const std::vector<std::string>& names, const std::string& machine) {
  NativeBuilder to;
  to.configuration(machine, page_size).ram(1, names, 2 * page_size).part(1);
  for (std::size_t i = 0; i < names.size(); ++i) to.page(names[i], 0, static_cast<std::uint8_t>(i + 1));
  return to.eos().footer(1).ended(1).eof().bytes();
}

Bytes all_of(io::ByteSource& file) {
  Bytes bytes(static_cast<std::size_t>(file.size().value()));
  const auto count = file.read_at(0, bytes);
  REQUIRE(count.ok());
  CHECK(*count == bytes.size());
  return bytes;
}

/// What `extract` makes of the stream.
Bytes extracted(const Bytes& stream, const std::string& form) {
  const Scratch scratch;
  const Ran ran = run({"extract", "-", form, scratch.path("out")}, stream);
  INFO(ran.error);
  REQUIRE(ran.code == 0);
  return read_file(scratch.path("out"));
}

}  // namespace

TEST_CASE("guest files: a core and an image have the bytes of those that are written") {
  for (const Bytes& stream : {sample(), blocks({"pc.ram", "pc.bios"}, "pc-i440fx-7.2")}) {
    const auto vm = SavedVm::open(stream).or_throw();
    const dump::GuestFiles files(vm);
    auto image = files.image().or_throw();
    CHECK(all_of(*image) == extracted(stream, "--raw"));
    auto core = files.core(dump::VmcoreinfoSearch::memory).or_throw();
    CHECK(all_of(*core.bytes) == extracted(stream, "--elf"));
  }
}

TEST_CASE("guest files: pages are found where the stream does not begin with the file") {
  const Bytes stream = blocks({"pc.ram", "pc.bios"}, "pc-i440fx-7.2");
  const Bytes expected = extracted(stream, "--raw");
  Bytes behind(5000, 0x33);
  behind.insert(behind.end(), stream.begin(), stream.end());
  const auto vm = SavedVm::open(behind, {.offset = 5000}).or_throw();
  CHECK(all_of(*dump::GuestFiles(vm).image().or_throw()) == expected);
  Bytes page(page_size);
  vm.memory().read_physical(0, page).or_throw();
  CHECK(page == Bytes(page_size, 1));
}

TEST_CASE("guest files: a block, with what was not sent as zeros, and nothing behind its end") {
  const Bytes stream = blocks({"pc.ram", "pc.bios"}, "pc-i440fx-7.2");
  const auto vm = SavedVm::open(stream).or_throw();
  const dump::GuestFiles files(vm);
  auto block = files.block(1).or_throw();
  Bytes expected(2 * page_size);
  std::fill_n(expected.begin(), page_size, 2);
  CHECK(all_of(*block) == expected);
  Bytes more(16);
  CHECK(*block->read_at(2 * page_size, more) == 0);
  CHECK(*block->read_at(2 * page_size - 4, more) == 4);
  CHECK(*block->read_at(~std::uint64_t{0}, more) == 0);
  CHECK(files.block(2).error().code == Errc::usage);
  CHECK(files.count_unsent().or_throw() == 1);
}

TEST_CASE("guest files: what lies between pieces of RAM is zeros") {
  const Bytes stream = blocks({"mach-virt.ram", "virt.flash0"}, "virt-9.0");
  const auto vm = SavedVm::open(stream).or_throw();
  auto image = dump::GuestFiles(vm).image().or_throw();
  REQUIRE(image->size() == 0x40000000 + 2 * page_size);
  Bytes around(8);
  CHECK(*image->read_at(0x40000000 - 4, around) == 8);
  CHECK(around == Bytes{0, 0, 0, 0, 1, 1, 1, 1});
}

TEST_CASE("guest files: RAM without an address, and what went elsewhere, is refused") {
  const Bytes unknown = blocks({"ram"}, "frobnicator-1.0");
  const auto vm = SavedVm::open(unknown).or_throw();
  const dump::GuestFiles files(vm);
  CHECK(files.image().error().code == Errc::unsupported);
  CHECK(files.core(dump::VmcoreinfoSearch::told).error().code == Errc::unsupported);
  CHECK(files.block(0).ok());
}

TEST_CASE("guest files: four readers at once get what one gets") {
  const Bytes stream = sample();
  const auto vm = SavedVm::open(stream).or_throw();
  const dump::GuestFiles files(vm);
  auto image = files.image().or_throw();
  const Bytes expected = all_of(*image);
  auto core = files.core(dump::VmcoreinfoSearch::memory).or_throw();
  const Bytes expected_core = all_of(*core.bytes);
  core = files.core(dump::VmcoreinfoSearch::memory).or_throw();
  std::vector<Bytes> seen(4);
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < seen.size(); ++i)
    readers.emplace_back([&, i] {
      io::ByteSource& file = i % 2 == 0 ? *image : *core.bytes;
      Bytes bytes(static_cast<std::size_t>(file.size().value()));
      if (file.read_at(0, bytes)) seen[i] = std::move(bytes);
    });
  for (std::thread& each : readers) each.join();
  for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == (i % 2 == 0 ? expected : expected_core));
}
