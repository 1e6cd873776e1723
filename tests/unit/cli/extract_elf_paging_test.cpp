// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's extract --elf --paging: the virtual addresses of the core.
#include "support/cpus.hpp"
#include "support/extracted_core.hpp"
#include "support/pc_streams.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

TEST_CASE("extract --elf --paging: what the page tables of a CPU map has its virtual addresses") {
  constexpr std::size_t cr0 = 348;
  constexpr std::size_t cr3 = cr0 + 16;
  Bytes state = cpu_state();
  const auto set = [&state](std::size_t at, std::uint64_t value) { store_be(state.data() + at, value); };
  set(cr0, 0x80000001);
  set(cr3, 0x1000);
  set(cr3 + 8, 0);
  // A directory in page 1, a table in page 2 that has page 3 and one that is not RAM.
  Bytes tables(2 * page_size);
  const auto put = [&tables](std::size_t at, std::uint32_t entry) {
    for (std::size_t i = 0; i < 4; ++i) tables[at + i] = static_cast<std::uint8_t>(entry >> (8 * i));
  };
  put(4 * 0x300, 0x2003);
  put(page_size + 4 * 5, 0x3003);
  put(page_size + 4 * 6, 0xfee00003);
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"pc.ram"}, 4 * page_size).part(1).zero("pc.ram", 0);
  to.u64(0x1028).raw(ByteView(tables).first(page_size)).u64(0x2028).raw(ByteView(tables).subspan(page_size));
  to.page({}, 3 * page_size, 7).eos().footer(1).ended(1);
  const Bytes stream = to.device(2, "cpu", state, 0, 12).eof().description(cpu_description()).bytes();
  const Loads physical{{memory, 0, 0, 4 * page_size}};
  CHECK(extract(stream).loads == physical);
  const Extracted core = extract(stream, {"--paging"});
  INFO(core.ran.error);
  REQUIRE(core.ran.code == 0);
  CHECK(core.loads == Loads{physical[0], {memory + 0x3000, 0xc0005000, 0x3000, page_size}});
  // Page tables that lead back to themselves.
  for (std::size_t i = 0; i < 1024; ++i) put(4 * i, 0x1003);
  NativeBuilder loop = head_of("pc-q35-9.0");
  loop.ram(1, {"pc.ram"}, 4 * page_size).part(1).zero("pc.ram", 0).u64(0x1028);
  loop.raw(ByteView(tables).first(page_size)).eos().footer(1).ended(1);
  loop.device(2, "cpu", state, 0, 12).eof().description(cpu_description());
  refused(extract(loop.bytes(), {"--paging"}), "most_mappings: at most 60000");
  const Extracted off = extract(with_cpus(8, 1, cpu_description()), {"--paging"});
  CHECK(off.ran.code == 0);
  CHECK(off.ran.error.find("no virtual memory in the core: no CPU translates addresses") !=
        std::string::npos);
  CHECK(run({"extract", "-", "--raw", "x", "--paging"}, stream).code == 2);
}

TEST_CASE("extract --elf --paging: the kernel's memory is by the CPU that has most of it") {
  constexpr std::size_t cr0 = 348;
  constexpr std::size_t pages = 32;
  const auto cpu = [](std::uint64_t table) {
    Bytes state = cpu_state();
    store_be(state.data() + cr0, std::uint64_t{0x80000001});
    store_be(state.data() + cr0 + 16, table);
    store_be(state.data() + cr0 + 24, std::uint64_t{0});
    return state;
  };
  // Directories in pages 1 and 3, which lead to tables in pages 2 and 4, with 1 and 8 pages.
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"pc.ram"}, pages * page_size).part(1).zero("pc.ram", 0);
  const auto page = [&to](std::uint64_t number, std::size_t first, std::size_t count, std::uint32_t entry) {
    Bytes table(page_size);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t byte = 0; byte < 4; ++byte)
        table[4 * (first + i) + byte] = static_cast<std::uint8_t>((entry + i * page_size) >> (8 * byte));
    to.u64(number * page_size | 0x28).raw(table);
  };
  page(1, 0x300, 1, 0x2003);
  page(2, 5, 1, 0x6003);
  page(3, 0x300, 1, 0x4003);
  page(4, 0, 8, 0x8003);
  for (std::uint64_t i = 5; i < pages; ++i) to.page({}, i * page_size, 7);
  to.eos().footer(1).ended(1).device(2, "cpu", cpu(0x1000), 0, 12).device(3, "cpu", cpu(0x3000), 1, 12);
  const Extracted core = extract(to.eof().description(cpu_description(8, 2)).bytes(), {"--paging"});
  INFO(core.ran.error);
  REQUIRE(core.ran.code == 0);
  REQUIRE(core.loads.size() == 2);
  CHECK(core.loads[1] == Loads{{memory + 0x8000, 0xc0000000, 0x8000, 8 * page_size}}[0]);
  CHECK(core.ran.error.find("32768 bytes of virtual memory in the core: no CPU has the kernel") !=
        std::string::npos);
}
