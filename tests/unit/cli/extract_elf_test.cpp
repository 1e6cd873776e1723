// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's extract --elf: the registers and the memory of the core, and what makes none.
#include "support/command.hpp"
#include "support/convert.hpp"
#include "support/core.hpp"
#include "support/samples.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace qember;
using namespace qember::test;

namespace {

constexpr std::uint64_t page_size = 4096;
constexpr std::uint64_t four_gib = 0x100000000;
constexpr std::uint64_t memory = 0x400000;  // where it begins in the file

NativeBuilder head_of(const std::string& machine) {
  NativeBuilder to;
  if (machine.empty()) return to.command(3, Bytes{0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x10, 0});
  return to.configuration(machine, page_size);
}
Bytes ended(NativeBuilder& to) { return to.eos().footer(1).ended(1).eof().bytes(); }

/// A stream of that machine with such a block, of which the first page is sent.
Bytes one_block(const std::string& machine, const std::string& block, std::uint64_t length) {
  NativeBuilder to = head_of(machine);
  to.ram(1, {block}, length).part(1).page(block, 0, 0x5a);
  return ended(to);
}

/// A stream with these blocks of two pages each, which are all sent.
Bytes blocks(const std::vector<std::string>& names, const std::string& machine = "pc-i440fx-7.2") {
  NativeBuilder to = head_of(machine);
  to.ram(1, names, 2 * page_size).part(1);
  for (std::size_t i = 0; i < names.size(); ++i)
    to.page(names[i], 0, static_cast<std::uint8_t>(i + 1)).zero({}, page_size);
  return ended(to);
}

struct Extracted {
  Ran ran;
  std::vector<CoreLoad> loads;
  std::vector<CoreNote> notes;
  Bytes head;  ///< of the memory: its first 64 KiB
  bool made = false;
};

Extracted extract(const Bytes& stream, const Arguments& more = {}) {
  const Scratch scratch;
  const std::string core = scratch.path("core");
  Arguments arguments{"extract", "-", "--elf", core};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Extracted extracted{run(arguments, stream), {}, {}, {}, std::filesystem::exists(core)};
  if (!extracted.made) return extracted;
  // What is large is a hole.
  shell("head -c 4259840 " + core + " > " + core + ".head");
  Core read(read_file(core + ".head"));
  extracted.loads = read.loads;
  extracted.notes = read.notes;
  read.file.resize(memory + 0x10000);
  extracted.head.assign(read.file.begin() + memory, read.file.end());
  return extracted;
}

using Loads = std::vector<CoreLoad>;

/// `RAM` bytes in one piece, and in two.
Loads in_one(std::uint64_t ram) {
  return {{memory, 0, 0, 0x100000}, {memory + 0x100000, 0x100000, 0x100000, ram - 0x100000}};
}
Loads in_two(std::uint64_t ram, std::uint64_t split, std::uint64_t above = four_gib) {
  Loads loads = in_one(split);
  loads.push_back({memory + split, above, above, ram - split});
  return loads;
}

/// That no core is made, and what the message has.
void refused(const Extracted& extracted, const std::string& part, int code = 4) {
  INFO(extracted.ran.error);
  CHECK(extracted.ran.code == code);
  CHECK_FALSE(extracted.made);
  CHECK(extracted.ran.error.find(part) != std::string::npos);
}

// ---- a CPU each of whose registers has a value of its own

constexpr std::string_view segment_fields =
    R"({"vmsd_name": "segment", "version": 1, "fields": [{"name": "selector", "type": "uint32", "size": 4}, )"
    R"({"name": "base", "type": "uint64", "size": 8}, {"name": "limit", "type": "uint32", "size": 4}, )"
    R"({"name": "flags", "type": "uint32", "size": 4}]})";

std::string field(const std::string& name, const std::string& type, int size, const std::string& more = "") {
  return R"({"name": ")" + name + R"(", )" + more + R"("type": ")" + type + R"(", "size": )" +
         std::to_string(size) + "}";
}
std::string segment_field(const std::string& name, const std::string& more = "") {
  return R"({"name": ")" + name + R"(", )" + more + R"("type": "struct", "struct": )" +
         std::string(segment_fields) + R"(, "size": 20})";
}

std::string cpu_description(int width = 8, int cpus = 1) {
  const std::string word = "uint" + std::to_string(8 * width);
  std::string fields = field("env.regs", word, width, R"("array_len": 16, )") + ", " +
                       field("env.eip", word, width) + ", " + field("env.eflags", word, width) + ", " +
                       field("env.hflags", "uint32", 4) + ", " +
                       segment_field("env.segs", R"("array_len": 6, )");
  for (const std::string table : {"env.ldt", "env.tr", "env.gdt", "env.idt"})
    fields += ", " + segment_field(table);
  for (const int number : {0, 2, 3, 4})
    fields += ", " + field("env.cr[" + std::to_string(number) + "]", "uint64", 8);
  fields += ", " + field("env.dr", "uint64", 8, R"("array_len": 8, )") + ", " +
            field("env.kernelgsbase", "uint64", 8);
  std::string text = R"({"page_size": 4096, "devices": [)";
  for (int i = 0; i < cpus; ++i)
    text += std::string(i == 0 ? "" : ", ") + R"({"name": "cpu", "instance_id": )" + std::to_string(i) +
            R"(, "vmsd_name": "cpu", "version": 12, "fields": [)" + fields + "]}";
  return text + "]}";
}

/// What a register holds: its number in a byte, between others.
std::uint64_t value_of(std::uint64_t number, std::uint64_t cpu = 0) {
  return 0xc0de000000000000 | cpu << 32U | number << 8U | 0x11;
}
enum Number : std::uint64_t { regs = 0, eip = 16, eflags, segs, tables = 24, cr = 28, kernel_gs = 33 };

Bytes cpu_state(int width = 8, std::uint64_t cpu = 0) {
  Bytes state;
  const auto put = [&state](std::uint64_t value, int size) {
    while (size-- > 0) state.push_back(static_cast<std::uint8_t>(value >> (8 * static_cast<unsigned>(size))));
  };
  for (std::uint64_t i = 0; i < 16; ++i) put(value_of(regs + i, cpu), width);
  put(value_of(eip, cpu), width);
  put(value_of(eflags, cpu), width);
  put(0xffffffff, 4);
  for (std::uint64_t i = segs; i < cr; ++i) {
    put(0x5e000000 + i, 4);
    put(value_of(i, cpu), 8);
    put(0x11000000 + i, 4);
    put(0xf1000000 + i, 4);
  }
  for (const std::uint64_t number : {0, 2, 3, 4}) put(value_of(cr + number, cpu), 8);
  for (int i = 0; i < 8; ++i) put(~std::uint64_t{0}, 8);
  put(value_of(kernel_gs, cpu), 8);
  return state;
}

Bytes with_cpus(int width, int count, const std::string& description) {
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"pc.ram"}, 2 * page_size)
      .part(1)
      .page("pc.ram", 0, 1)
      .zero({}, page_size)
      .eos()
      .footer(1)
      .ended(1);
  for (int i = 0; i < count; ++i)
    to.device(static_cast<std::uint32_t>(2 + i), "cpu", cpu_state(width, static_cast<std::uint64_t>(i)),
              static_cast<std::uint32_t>(i), 12);
  return to.eof().description(description).bytes();
}

}  // namespace

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

TEST_CASE("extract --elf: RAM is split where the board splits it, and lies above the hole") {
  struct Board {
    std::string machine, block;
    std::uint64_t limit, split;
  };
  for (const auto& [machine, block, limit, split] : {Board{"pc-i440fx-7.2", "pc.ram", 0xe0000000, 0xc0000000},
                                                     Board{"pc-q35-9.0", "pc.ram", 0xb0000000, 0x80000000},
                                                     Board{"microvm", "microvm.ram", 0xc0000000, 0xc0000000},
                                                     Board{"isapc", "pc.ram", 0xe0000000, 0xe0000000}}) {
    INFO(machine);
    CHECK(extract(one_block(machine, block, limit - page_size)).loads == in_one(limit - page_size));
    if (limit != split) CHECK(extract(one_block(machine, block, limit)).loads == in_two(limit, split));
    if (limit == split) CHECK(extract(one_block(machine, block, limit)).loads == in_one(limit));
    CHECK(extract(one_block(machine, block, limit + page_size)).loads == in_two(limit + page_size, split));
    CHECK(extract(one_block(machine, block, 3 * four_gib)).loads == in_two(3 * four_gib, split));
  }
}

TEST_CASE("extract --elf: of little RAM, and of a machine that is not named") {
  CHECK(extract(one_block("pc-q35-9.0", "pc.ram", 0x100000)).loads == Loads{{memory, 0, 0, 0x100000}});
  CHECK(extract(one_block("pc-q35-9.0", "pc.ram", page_size)).loads == Loads{{memory, 0, 0, page_size}});
  CHECK(extract(one_block("", "pc.ram", 0xb0000000 - page_size)).loads == in_one(0xb0000000 - page_size));
  refused(extract(one_block("", "pc.ram", 0xb0000000)), "a stream that does not name it");
  CHECK(extract(one_block("", "pc.ram", 0xb0000000), {"--hole", "0x80000000:0x100000000"}).loads ==
        in_two(0xb0000000, 0x80000000));
  refused(extract(one_block("virt-7.2", "pc.ram", page_size)), "found \"virt-7.2\"");
  CHECK(extract(one_block("virt-7.2", "pc.ram", page_size), {"--hole", "0x80000000:0x100000000"}).ran.code ==
        0);
  CHECK(extract(one_block("pc-q35-9.0", "pc.ram", four_gib), {"--hole", "0xa0000000:0x200000000"}).loads ==
        in_two(four_gib, 0xa0000000, 0x200000000));
}

TEST_CASE("extract --elf: memory above the hole is where its address is") {
  // The last page below 4 GiB and the first above it; q35 has 2 GiB below.
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"pc.ram"}, four_gib).part(1);
  to.page("pc.ram", 0, 1).page({}, 0x100000 - page_size, 2).page({}, 0x100000, 3);
  to.page({}, 0x80000000 - page_size, 4).page({}, 0x80000000, 5).page({}, four_gib - page_size, 6);
  const Scratch scratch;
  const std::string core = scratch.path("core");
  REQUIRE(run({"extract", "-", "--elf", core}, ended(to)).code == 0);
  const auto byte_at = [&core](std::uint64_t offset) {
    const Ran ran = shell("tail -c +" + std::to_string(offset + 1) + " " + core + " | head -c 1");
    return ran.out.empty() ? -1 : static_cast<int>(static_cast<unsigned char>(ran.out[0]));
  };
  CHECK(byte_at(memory) == 1);
  CHECK(byte_at(memory + 0x100000 - 1) == 2);
  CHECK(byte_at(memory + 0x100000) == 3);
  CHECK(byte_at(memory + 0x80000000 - 1) == 4);
  CHECK(byte_at(memory + 0x80000000) == 5);
  CHECK(byte_at(memory + 0x80000000 + page_size) == 0);
  CHECK(byte_at(memory + four_gib - 1) == 6);
  CHECK(std::filesystem::file_size(core) == memory + four_gib);
}

TEST_CASE("extract --elf: nodes of RAM follow one another, whatever their order in the list") {
  for (const std::string prefix : {"", "/objects/"}) {
    const Extracted core =
        extract(blocks({prefix + "ram-node1", prefix + "ram-node0", "pc.bios", prefix + "ram-node2"}));
    INFO(core.ran.error);
    REQUIRE(core.ran.code == 0);
    CHECK(core.loads == Loads{{memory, 0, 0, 6 * page_size}});
    CHECK(core.head[0] == 2);
    CHECK(core.head[2 * page_size] == 1);
    CHECK(core.head[4 * page_size] == 4);
  }
  refused(extract(blocks({"ram-node0", "ram-node2"})), "block \"ram-node0\"");
  CHECK(extract(blocks({"ram-node1"})).ran.code == 0);
  refused(extract(blocks({"ram-node0", "/objects/ram-node0"})), "block \"ram-node0\"");
  for (const std::string name : {"ram-node", "ram-node1x", "xram-node1", "ram-node-1"})
    refused(extract(blocks({"ram-node0", name})), "block \"" + name + "\"");
}

TEST_CASE("extract --elf makes no core that leaves memory out, and names it") {
  for (const std::string name : {"m2", "0000:00:01.0/m1", "dimm0", "/objects/mem1", "pc.ram2", "ram-node0"})
    refused(extract(blocks({"pc.ram", "pc.bios", name})), "block \"" + name + "\"");
  // Memory of devices and firmware are no RAM.
  const std::vector<std::string> devices{"pc.bios",
                                         "pc.rom",
                                         "/rom@etc/acpi/tables",
                                         "0000:00:02.0/vga.vram",
                                         "0000:00:02.0/vga.rom",
                                         "system.flash0",
                                         "system.flash1",
                                         "isa-bios",
                                         "tpm-ppi",
                                         "0000:00:03.0/virtio-net-pci.rom",
                                         "0000:00:02.0/qxl.vrom",
                                         "qxl.vgavram",
                                         "bochs-display-vram",
                                         "0000:00:02.0/vmsvga.fifo"};
  for (const std::string& device : devices) {
    const Extracted core = extract(blocks({"pc.ram", device}));
    INFO(device << ": " << core.ran.error);
    CHECK(core.ran.code == 0);
    CHECK(core.loads == Loads{{memory, 0, 0, 2 * page_size}});
    CHECK(core.ran.error.find("blocks that are not in the core: " + device) != std::string::npos);
    refused(extract(blocks({"pc.ram", device}), {"--block", device}), "block \"" + device + "\"");
  }
  refused(extract(blocks({"mach-virt.ram"})), "block \"mach-virt.ram\"");
}

TEST_CASE("extract --elf --place puts a block where it is told to be") {
  const Bytes stream = blocks({"pc.ram", "dimm0", "dimm1"});
  refused(extract(stream),
          "block \"dimm0\": expected a guest-physical address that is known, found nothing "
          "that tells it (see --place)");
  refused(extract(stream, {"--place", "dimm0=0x100000000"}), "block \"dimm1\"");
  const Extracted told = extract(stream, {"--place", "dimm0=0x200000000", "--place", "dimm1=4294967296"});
  REQUIRE(told.ran.code == 0);
  CHECK(told.loads == Loads{{memory, 0, 0, 2 * page_size},
                            {memory + 2 * page_size, four_gib, four_gib, 2 * page_size},
                            {memory + 4 * page_size, 2 * four_gib, 2 * four_gib, 2 * page_size}});
  CHECK(told.head[2 * page_size] == 3);
  CHECK(told.head[4 * page_size] == 2);
  refused(extract(stream, {"--place", "dimm0=0x100000000", "--place", "dimm1=0x100001000"}), "dimm1", 2);
  refused(extract(stream, {"--place", "dimm2=0x100000000"}), "dimm2", 2);
  refused(extract(stream, {"--place", "dimm0=0xfffffffffffff000"}), "dimm0", 2);
  for (const std::string wrong : {"dimm0", "=4096", "dimm0=", "dimm0=x", "dimm0=18446744073709551616"})
    refused(extract(stream, {"--place", wrong}), "NAME=ADDRESS is expected", 2);
}

TEST_CASE("extract --elf --block takes what is told to be RAM, unless names tell another") {
  const Extracted told = extract(blocks({"m1", "m0", "pc.bios"}), {"--block", "m0", "--block", "m1"});
  REQUIRE(told.ran.code == 0);
  CHECK(told.loads == Loads{{memory, 0, 0, 4 * page_size}});
  CHECK(told.head[0] == 2);
  CHECK(told.head[2 * page_size] == 1);
  const Extracted without = extract(blocks({"pc.ram", "dimm0"}), {"--block", "pc.ram"});
  CHECK(without.ran.code == 0);
  CHECK(without.ran.error.find("blocks that are not in the core: dimm0") != std::string::npos);
  refused(extract(blocks({"pc.ram", "dimm0"}), {"--block", "dimm0"}), "block \"dimm0\"");
  refused(extract(blocks({"pc.ram", "dimm0"}), {"--block", "pc.ram", "--block", "dimm0"}), "block \"dimm0\"");
  const Bytes nodes = blocks({"ram-node0", "ram-node1"});
  CHECK(extract(nodes, {"--block", "ram-node0", "--block", "ram-node1"}).ran.code == 0);
  refused(extract(nodes, {"--block", "ram-node1", "--block", "ram-node0"}), "block \"ram-node1\"");
  refused(extract(nodes, {"--block", "ram-node0"}), "block \"ram-node1\"");
  refused(extract(nodes, {"--block", "ram-node1"}), "block \"ram-node1\"");
  refused(extract(blocks({"m0"}), {"--block", "m0", "--block", "m0"}), "m0", 2);
  refused(extract(blocks({"m0"}), {"--block", "m1"}), "m1", 2);
}

TEST_CASE("extract --elf needs pages of its RAM") {
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"ram-node0", "ram-node1"}, 2 * page_size).part(1).page("ram-node0", 0, 1);
  refused(extract(ended(to)),
          "block \"ram-node1\": expected pages in the stream, found no page of it was sent");
  refused(extract(NativeBuilder().configuration("pc-q35-9.0").eof().bytes()), "found a stream without any");
}

// ---- VMCOREINFO

namespace {

/// A stream whose memory has `text` as a note at `at`; `header`: its twelve bytes, where they are others.
Bytes with_note(const std::string& text, std::uint64_t at, std::optional<Bytes> header = {},
                std::uint64_t length = 0x800000) {
  Bytes ram(length);
  Bytes note{11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  for (int i = 0; i < 4; ++i)
    note[static_cast<std::size_t>(4 + i)] = static_cast<std::uint8_t>(text.size() >> (8 * i));
  if (header) note = *header;
  for (const char c : std::string("VMCOREINFO\0\0", 12) + text) note.push_back(static_cast<std::uint8_t>(c));
  for (std::size_t i = 0; i < note.size() && at + i < ram.size(); ++i) ram[at + i] = note[i];
  NativeBuilder to = head_of("pc-q35-9.0");
  to.ram(1, {"pc.ram"}, length).part(1).zero("pc.ram", 0);
  for (std::uint64_t addr = at / page_size * page_size; addr < std::min(at + note.size(), length);
       addr += page_size)
    to.u64(addr | 0x28).raw(ByteView(ram).subspan(addr, page_size));
  return ended(to);
}

const std::string linux_text =
    "OSRELEASE=6.1.0\nSYMBOL(_stext)=ffffffff81200000\nNUMBER(phys_base)=-1048576\n";

std::string vmcoreinfo_of(const Extracted& core) {
  for (const CoreNote& note : core.notes)
    if (note.owner == "VMCOREINFO") return std::string(note.description.begin(), note.description.end());
  return "none";
}

}  // namespace

TEST_CASE("extract --elf: VMCOREINFO is a note, wherever it is in memory") {
  // Pages, and the megabytes in which memory is searched, are no borders.
  for (const std::uint64_t at :
       {std::uint64_t{0x1000}, std::uint64_t{0x1ff0}, std::uint64_t{0x100000 - 24},
        std::uint64_t{0x100000 - 12}, std::uint64_t{0x100000 - 40}, std::uint64_t{0x1fffc0},
        std::uint64_t{0x7ff000}, std::uint64_t{0x800000 - 24 - linux_text.size()}}) {
    INFO(at);
    const Extracted core = extract(with_note(linux_text, at));
    REQUIRE(core.ran.code == 0);
    CHECK(vmcoreinfo_of(core) == linux_text);
    CHECK(core.notes.back().type == 0);
    CHECK(core.ran.error.find("no VMCOREINFO") == std::string::npos);
  }
}

TEST_CASE("extract --elf says which kernel it is, and how gdb takes its symbols") {
  const Extracted core = extract(with_note(linux_text, 0x1000));
  CHECK_THAT(core.ran.error, Catch::Matches("[^]*: kernel 6\\.1\\.0: gdb VMLINUX /[^ ]*/core\n[^]*"));
  const Extracted moved = extract(with_note(linux_text + "KERNELOFFSET=1c000000\n", 0x1000));
  CHECK_THAT(
      moved.ran.error,
      Catch::Matches("[^]*: kernel 6\\.1\\.0, 0x1c000000 from where it was linked to be: gdb -c /[^ ]*/core "
                     "-ex 'symbol-file -o 0x1c000000 VMLINUX'\n[^]*"));
  // A release is the guest's word.
  const Extracted odd = extract(with_note("OSRELEASE=\x1b[31m\n", 0x1000));
  CHECK(odd.ran.code == 0);
  CHECK(odd.ran.error.find('\x1b') == std::string::npos);
}

TEST_CASE("extract --elf: what only looks like VMCOREINFO is none") {
  const auto none = [](const Bytes& stream) {
    const Extracted core = extract(stream);
    CHECK(core.ran.code == 0);
    CHECK(vmcoreinfo_of(core) == "none");
    CHECK(core.ran.error.find("no VMCOREINFO in the core") != std::string::npos);
  };
  const auto header = [](std::uint8_t name, std::uint32_t size, std::uint8_t type) {
    return Bytes{name,
                 0,
                 0,
                 0,
                 static_cast<std::uint8_t>(size),
                 static_cast<std::uint8_t>(size >> 8U),
                 static_cast<std::uint8_t>(size >> 16U),
                 static_cast<std::uint8_t>(size >> 24U),
                 type,
                 0,
                 0,
                 0};
  };
  none(with_note("KERNEL=6.1.0\n", 0x1000));
  none(with_note(linux_text, 0x1000, header(10, 50, 0)));
  none(with_note(linux_text, 0x1000, header(12, 50, 0)));
  none(with_note(linux_text, 0x1000, header(11, 50, 1)));
  none(with_note(linux_text, 0x1000, header(11, 0, 0)));
  none(with_note(linux_text, 0x1000, header(11, 0x10001, 0)));
  none(with_note(linux_text, 0x800000 - 23 - linux_text.size()));
  // The whole of 64 KiB is still one.
  CHECK(vmcoreinfo_of(extract(with_note(linux_text, 0x1000, header(11, 0x10000, 0)))).size() == 0x10000);
  CHECK(vmcoreinfo_of(extract(with_note(linux_text, 0x1000, header(11, 15, 0)))) == "OSRELEASE=6.1.0");
}

TEST_CASE("extract --elf: the kernel's image is a segment where Linux maps it") {
  const auto kernel_of = [](const std::string& text, std::uint64_t length = 0x2000000) {
    const Extracted core = extract(with_note("OSRELEASE=6.1.0\n" + text, 0x1000, {}, length));
    REQUIRE(core.ran.code == 0);
    Loads loads = core.loads;
    CHECK(Loads(loads.begin(), loads.begin() + 2) == in_one(length));
    loads.erase(loads.begin(), loads.begin() + 2);
    return loads;
  };
  const auto text_of = [](const std::string& stext, const std::string& base) {
    return "SYMBOL(_stext)=" + stext + "\nNUMBER(phys_base)=" + base + "\n";
  };
  // _stext is 0x1200000 into the map; phys_base moves where that is in memory.
  CHECK(kernel_of(text_of("ffffffff81200000", "0")) ==
        Loads{{memory + 0x1200000, 0xffffffff81200000, 0x1200000, 0x2000000 - 0x1200000}});
  CHECK(kernel_of(text_of("ffffffff81200000", "-1048576")) ==
        Loads{{memory + 0x1100000, 0xffffffff81200000, 0x1100000, 0x2000000 - 0x1100000}});
  CHECK(kernel_of(text_of("ffffffff81200000", "1048576")) ==
        Loads{{memory + 0x1300000, 0xffffffff81200000, 0x1300000, 0x2000000 - 0x1300000}});
  CHECK(kernel_of(text_of("ffffffff80001000", "0")) ==
        Loads{{memory + 0x1000, 0xffffffff80001000, 0x1000, 0xff000}});
  CHECK(kernel_of(text_of("ffffffff80000000", "0")) == Loads{{memory, 0xffffffff80000000, 0, 0x100000}});
  // The map ends 1 GiB after it begins.
  CHECK(kernel_of(text_of("ffffffffbffff000", "-1073741824"), 0x2000000) == Loads{});
  CHECK(kernel_of(text_of("ffffffffbffff000", "-1056964608"), 0x2000000) ==
        Loads{{memory + 0xfff000, 0xffffffffbffff000, 0xfff000, 0x1000}});
  CHECK(kernel_of(text_of("ffffffffc0000000", "-1073741824")) == Loads{});
  CHECK(kernel_of(text_of("ffffffff7ffff000", "0")) == Loads{});
  // Not in memory.
  CHECK(kernel_of(text_of("ffffffff82000000", "0")) == Loads{});
  CHECK(kernel_of(text_of("ffffffff81fff000", "0")) ==
        Loads{{memory + 0x1fff000, 0xffffffff81fff000, 0x1fff000, 0x1000}});
  // Lines that are not there, or not these.
  CHECK(kernel_of("SYMBOL(_stext)=ffffffff81200000\n") == Loads{});
  CHECK(kernel_of("NUMBER(phys_base)=0\n") == Loads{});
  CHECK(kernel_of("XSYMBOL(_stext)=ffffffff81200000\nNUMBER(phys_base)=0\n") == Loads{});
  CHECK(kernel_of("SYMBOL(_stext) ffffffff81200000\nNUMBER(phys_base)=0\n") == Loads{});
  CHECK(kernel_of("SYMBOL(_stext)=xyz\nNUMBER(phys_base)=0\n") == Loads{});
  CHECK(kernel_of("XSYMBOL(_stext)=1\n" + text_of("ffffffff81200000", "0")).size() == 1);
}
