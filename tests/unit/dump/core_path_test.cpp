// SPDX-License-Identifier: LGPL-2.1-or-later
// A core that the library writes to a path: whole, or not at all.
#include <qember/elf_core.hpp>

#include <qember/advanced/io/descriptor.hpp>

#include "support/command.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>

using namespace qember;
using namespace qember::test;

namespace {

/// A stream whose RAM has no place that is known.
Bytes unsupported() {
  NativeBuilder to;
  to.configuration("frobnicator-1.0", 4096).ram(1, {"ram"}, 4096).part(1).page("ram", 0, 1);
  return to.eos().footer(1).ended(1).eof().bytes();
}

}  // namespace

TEST_CASE("a core at a path has the bytes of the command's") {
  const Scratch scratch;
  const Bytes stream = sample();
  const auto vm = SavedVm::open(stream).or_throw();
  const std::string core = scratch.file("core", Bytes{1, 2, 3});
  CHECK(write_elf_core(vm, core).or_throw().has_registers);
  REQUIRE(run({"extract", "-", "--elf", scratch.path("command's")}, stream).code == 0);
  CHECK(read_file(core) == read_file(scratch.path("command's")));
  CHECK(scratch.names() == std::vector<std::string>{"command's", "core"});
}

TEST_CASE("a stream that no core can be made of leaves what is at the path") {
  const Scratch scratch;
  const Bytes stream = unsupported();
  const auto vm = SavedVm::open(stream).or_throw();
  const std::string core = scratch.file("core", Bytes{1, 2, 3});
  CHECK(write_elf_core(vm, core).error().code == Errc::unsupported);
  CHECK(read_file(core) == Bytes{1, 2, 3});
  CHECK(scratch.names() == std::vector<std::string>{"core"});
}

TEST_CASE("a core is not written to what can't be sought in") {
  const Scratch scratch;
  const Bytes stream = sample();
  const auto vm = SavedVm::open(stream).or_throw();
  const std::string fifo = scratch.path("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  // With a reader, so that opening it does not wait.
  const io::Descriptor reader(::open(fifo.c_str(), O_RDWR | O_CLOEXEC), true);
  const auto written = write_elf_core(vm, fifo);
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().code == Errc::io);
}
