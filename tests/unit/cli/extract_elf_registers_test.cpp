// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's extract --elf: the registers of the core, where Linux and QEMU have them.
#include "support/convert.hpp"
#include "support/cpus.hpp"
#include "support/extracted_core.hpp"
#include "support/pc_streams.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

using namespace qember;
using namespace qember::test;

TEST_CASE("extract --elf: NT_PRSTATUS has each register where Linux has it") {
  const Extracted core = extract(with_cpus(8, 2, cpu_description(8, 2)));
  INFO(core.ran.error);
  REQUIRE(core.ran.code == 0);
  REQUIRE(core.notes.size() == 4);
  // Of struct user_regs_struct: r15 to r12, rbp, rbx, r11 to r8, rax, rcx, rdx, rsi, rdi, ...
  constexpr std::uint64_t general[] = {15, 14, 13, 12, 5, 3, 11, 10, 9, 8, 0, 1, 2, 6, 7};
  constexpr std::size_t registers = 112;
  for (std::uint64_t cpu = 0; cpu < 2; ++cpu) {
    const CoreNote& note = core.notes[cpu];
    CHECK(note.owner == "CORE");
    CHECK(note.type == 1);
    REQUIRE(note.description.size() == 336);
    for (std::size_t i = 0; i < 15; ++i) {
      INFO("register " << i);
      CHECK(note.at(registers + 8 * i) == value_of(regs + general[i], cpu));
    }
    CHECK(note.at(registers + 8 * 15) == ~std::uint64_t{0});  // no system call
    CHECK(note.at(registers + 8 * 16) == value_of(eip, cpu));
    CHECK(note.at(registers + 8 * 17) == 0x5e000000 + segs + 1);  // cs
    CHECK(note.at(registers + 8 * 18) == value_of(eflags, cpu));
    CHECK(note.at(registers + 8 * 19) == value_of(regs + 4, cpu));  // rsp
    CHECK(note.at(registers + 8 * 20) == 0x5e000000 + segs + 2);    // ss
    CHECK(note.at(registers + 8 * 21) == value_of(segs + 4, cpu));  // base of fs
    CHECK(note.at(registers + 8 * 22) == value_of(segs + 5, cpu));  // base of gs
    CHECK(note.at(registers + 8 * 23) == 0x5e000000 + segs + 3);    // ds
    CHECK(note.at(registers + 8 * 24) == 0x5e000000 + segs + 0);    // es
    CHECK(note.at(registers + 8 * 25) == 0x5e000000 + segs + 4);    // fs
    CHECK(note.at(registers + 8 * 26) == 0x5e000000 + segs + 5);    // gs
    // The thread; else zeroes: signals before it, times behind it, and no floating point.
    CHECK(note.at(32, 4) == cpu + 1);
    for (std::size_t i = 0; i < 336; ++i)
      if ((i < 32 || i >= 36) && (i < registers || i >= 328)) CHECK(note.description[i] == 0);
  }
}

TEST_CASE("extract --elf: the note of QEMU has each register where QEMU has it") {
  const Extracted core = extract(with_cpus(8, 2, cpu_description(8, 2)));
  REQUIRE(core.ran.code == 0);
  REQUIRE(core.notes.size() == 4);
  for (std::uint64_t cpu = 0; cpu < 2; ++cpu) {
    const CoreNote& note = core.notes[2 + cpu];
    CHECK(note.owner == "QEMU");
    CHECK(note.type == 0);
    REQUIRE(note.description.size() == 440);
    CHECK(note.at(0, 4) == 1);
    CHECK(note.at(4, 4) == 440);
    // rax, rbx, rcx, rdx, rsi, rdi, rsp, rbp, r8 to r15.
    constexpr std::uint64_t general[] = {0, 3, 1, 2, 6, 7, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};
    for (std::size_t i = 0; i < 16; ++i) {
      INFO("register " << i);
      CHECK(note.at(8 + 8 * i) == value_of(regs + general[i], cpu));
    }
    CHECK(note.at(136) == value_of(eip, cpu));
    CHECK(note.at(144) == value_of(eflags, cpu));
    // cs, ds, es, fs, gs, ss, then ldt, tr, gdt and idt.
    constexpr std::uint64_t tables_of_note[] = {segs + 1, segs + 3, segs, segs + 4, segs + 5,
                                                segs + 2, 24,       25,   26,       27};
    for (std::size_t i = 0; i < 10; ++i) {
      INFO("segment " << i);
      const std::size_t at = 152 + 24 * i;
      const bool is_table = i >= 8;  // GDT and IDT have no selector, and no flags
      CHECK(note.at(at, 4) == (is_table ? 0 : 0x5e000000 + tables_of_note[i]));
      CHECK(note.at(at + 4, 4) == 0x11000000 + tables_of_note[i]);
      CHECK(note.at(at + 8, 4) == (is_table ? 0 : 0xf1000000 + tables_of_note[i]));
      CHECK(note.at(at + 12, 4) == 0);
      CHECK(note.at(at + 16) == value_of(tables_of_note[i], cpu));
    }
    for (const std::uint64_t number : {0, 2, 3, 4})
      CHECK(note.at(392 + 8 * number) == value_of(cr + number, cpu));
    CHECK(note.at(400) == 0);
    CHECK(note.at(432) == value_of(kernel_gs, cpu));
  }
}

TEST_CASE("extract --elf: readelf reads the notes and segments") {
  const Scratch scratch;
  const Bytes stream = with_cpus(8, 1, cpu_description());
  REQUIRE(run({"extract", "-", "--elf", scratch.path("core")}, stream).code == 0);
  const Ran notes = shell("readelf -nlW " + scratch.path("core").string());
  REQUIRE(notes.code == 0);
  CHECK(notes.error == "");
  CHECK(notes.out.find("NT_PRSTATUS (prstatus structure)") != std::string::npos);
  CHECK(notes.out.find("0x00000150") != std::string::npos);
  CHECK(notes.out.find("QEMU") != std::string::npos);
  CHECK(notes.out.find("0x000001b8") != std::string::npos);
}

TEST_CASE("extract --elf: a core of i386 has 32 bits, unless its memory needs more") {
  const Scratch scratch;
  REQUIRE(run({"extract", "-", "--elf", scratch.path("core")}, with_cpus(4, 1, cpu_description(4))).code ==
          0);
  const Ran read = shell("readelf -hnlW " + scratch.path("core").string());
  REQUIRE(read.code == 0);
  CHECK(read.error == "");
  for (const char* part : {"ELF32", "Intel 80386", "NT_PRSTATUS (prstatus structure)", "0x00000090", "QEMU",
                           "0x000001b8", "LOAD           0x400000 0x00000000 0x00000000"}) {
    INFO(read.out);
    CHECK(read.out.find(part) != std::string::npos);
  }
}

TEST_CASE("extract --elf: CPUs that no core can have, or not described") {
  std::string other = cpu_description();
  other.replace(other.find("env.eflags"), 10, "env.eflagz");
  refused(extract(with_cpus(8, 1, other)), "expected a CPU of x86_64 with its register rflags, found none");
  const Extracted none = extract(with_cpus(8, 1, R"({"page_size": 4096, "devices": []})"));
  CHECK(none.ran.code == 0);
  CHECK(none.notes.empty());
  CHECK(none.ran.error.find("no registers in the core: the stream does not describe its CPUs") !=
        std::string::npos);
  // One of which the state is longer than described.
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"pc.ram"}, page_size).part(1).page("pc.ram", 0, 1).eos().footer(1).ended(1);
  Bytes longer = cpu_state();
  longer.push_back(0);
  const Bytes stream = to.device(2, "cpu", longer, 0, 12).eof().description(cpu_description()).bytes();
  const Extracted misfit = extract(stream);
  CHECK(misfit.ran.code != 0);
  CHECK_FALSE(misfit.made);
}

TEST_CASE("extract --elf: the sample's registers and memory are those that the guest has") {
  const Bytes native = sample();
  for (const Bytes& stream : {native, encode(native).out}) {
    const Extracted core = extract(stream);
    REQUIRE(core.ran.code == 0);
    CHECK(core.loads == in_one(8396800));
    REQUIRE(core.notes.size() == 2);
    const CoreNote& status = core.notes[0];
    CHECK(status.at(112 + 8 * 16) == 0xffff01e0);  // rip
    CHECK(status.at(112 + 8 * 17) == 0x8);         // cs
    CHECK(status.at(112 + 8 * 18) == 0x46);        // rflags
    CHECK(status.at(112 + 8 * 19) == 0x100ffc);    // rsp
    CHECK(status.at(112 + 8 * 4) == 0);            // rbp
    CHECK(status.at(112 + 8 * 5) == 0x174000);     // rbx
    CHECK(status.at(112 + 8 * 10) == 0x36c8);      // rax
    CHECK(core.notes[1].at(392) == 0x60000011);    // cr0
    CHECK(core.ran.error.find("blocks that are not in the core: pc.bios") != std::string::npos);
    CHECK(core.ran.error.find("no VMCOREINFO") != std::string::npos);
  }
}
