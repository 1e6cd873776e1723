// SPDX-License-Identifier: LGPL-2.1-or-later
// The command's extract --elf: VMCOREINFO, wherever it is in memory, and what it tells.
#include "support/extracted_core.hpp"
#include "support/pc_streams.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>

using namespace qember;
using namespace qember::test;

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
