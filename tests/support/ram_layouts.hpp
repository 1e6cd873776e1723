// SPDX-License-Identifier: LGPL-2.1-or-later
/// Guests whose RAM is laid out, and the tables and trees that tell.
#pragma once

#include "device_trees.hpp"

#include <qember/advanced/vm/ram_layout.hpp>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>

namespace qember::test {

using namespace vm;

inline constexpr std::uint64_t mib = 0x100000;
inline constexpr std::uint64_t gib = 0x40000000;

using Blocks = std::vector<event::RamBlock>;

inline event::RamBlock block(std::string name, std::uint64_t length) {
  event::RamBlock made;
  made.name = std::move(name);
  made.length = length;
  return made;
}

/// A range of memory as the SRAT has it; `flags`: 1 enabled, 2 hotpluggable, 4 persistent.
struct Range {
  std::uint32_t domain;
  std::uint64_t base, size;
  std::uint32_t flags = 1;
};

inline void put(Bytes& to, std::uint64_t value, std::size_t size) {
  while (size-- > 0) {
    to.push_back(static_cast<std::uint8_t>(value));
    value >>= 8U;
  }
}

inline Bytes table(std::string_view signature, const Bytes& contents) {
  Bytes made(signature.begin(), signature.end());
  put(made, 8 + contents.size(), 4);
  made.insert(made.end(), contents.begin(), contents.end());
  return made;
}

inline Bytes srat(const std::vector<Range>& ranges) {
  Bytes contents(40);  // the rest of the header
  for (const Range& range : ranges) {
    put(contents, 1, 1);
    put(contents, 40, 1);
    put(contents, range.domain, 4);
    put(contents, 0, 2);
    put(contents, range.base, 8);
    put(contents, range.size, 8);
    put(contents, 0, 4);
    put(contents, range.flags, 4);
    put(contents, 0, 8);
  }
  Bytes tables = table("FACS", Bytes(56));
  const Bytes dsdt = table("DSDT", Bytes(100, 'S'));
  const Bytes made = table("SRAT", contents);
  tables.insert(tables.end(), dsdt.begin(), dsdt.end());
  tables.insert(tables.end(), made.begin(), made.end());
  tables.resize(4096);
  return tables;
}

struct LaidOut {
  std::string machine;
  Blocks blocks;
  Bytes tables = {};
  std::vector<GivenPlace> places = {};
  std::optional<Hole> hole = {};
  std::string domain = {};
  std::vector<std::uint32_t> board = {};
  MemoryDevices devices = {};
  bool has_lost_tables = false;
  std::vector<RamTree> trees = {};
  bool has_lost_trees = false;
  bool are_pages_lost = false;
  std::map<std::pair<std::uint32_t, std::uint64_t>, Bytes> pages = {};  ///< by block and offset
};

inline Result<RamLayout> layout_of(LaidOut guest) {
  if (!guest.tables.empty())
    guest.blocks.push_back(block(std::string(acpi_tables_block), guest.tables.size()));
  if (guest.has_lost_tables) guest.blocks.push_back(block(std::string(acpi_tables_block), mib));
  LayoutFacts facts;
  facts.machine = guest.machine;
  facts.blocks = guest.blocks;
  facts.hole = guest.hole;
  facts.places = guest.places;
  facts.domain = guest.domain;
  facts.board = guest.board;
  facts.devices = [&guest] { return Result<const MemoryDevices*>(&guest.devices); };
  if (!guest.tables.empty())
    facts.tables = [&guest](std::uint64_t offset, MutableBytes to) {
      REQUIRE(offset + to.size() <= guest.tables.size());
      std::copy_n(guest.tables.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
      return Status();
    };
  facts.page = [&guest](std::uint32_t index, std::uint64_t offset, MutableBytes to) -> Status {
    const auto found = guest.pages.find({index, offset});
    if (found == guest.pages.end()) return Error{Errc::unsupported, 0, "memory", "a page", "none"};
    std::ranges::copy(found->second, to.begin());
    return {};
  };
  facts.are_pages_lost = guest.are_pages_lost;
  facts.trees = [&guest]() -> Result<std::vector<RamTree>> {
    if (guest.has_lost_trees)
      return Error{Errc::unsupported, 0, "memory", "trees that can be read", "others"};
    return guest.trees;
  };
  if (guest.has_lost_tables)
    facts.tables = [](std::uint64_t, MutableBytes) -> Status {
      return Error{Errc::unsupported, 0, std::string(acpi_tables_block), "tables that can be read", "others"};
    };
  return lay_out(facts);
}

/// The CMOS of a PC with that much RAM, as QEMU's pc_cmos_init has it.
inline void note_clock(MemoryDevices& devices, std::uint64_t below, std::uint64_t above) {
  const std::string text =
      R"({"page_size":4096,"devices":[{"name":"mc146818rtc","instance_id":0,"vmsd_name":"mc146818rtc",)"
      R"("version":3,"fields":[{"name":"cmos_data","type":"buffer","size":128}]}]})";
  const auto description = device::Description::parse(as_bytes(text)).or_throw();
  constexpr std::uint64_t unit = 0x10000;
  Bytes cmos(128);
  const std::uint64_t low = (below - 16 * mib) / unit;
  const std::uint64_t high = above / unit;
  for (std::size_t i = 0; i < 2; ++i) cmos[0x34 + i] = static_cast<std::uint8_t>(low >> 8 * i);
  for (std::size_t i = 0; i < 3; ++i) cmos[0x5b + i] = static_cast<std::uint8_t>(high >> 8 * i);
  devices.note("mc146818rtc", *description.devices().begin(), cmos);
}

/// A device tree with RAM, in a block.
inline RamTree tree_in(std::uint32_t block, std::uint64_t offset, const std::string& compatible,
                       const std::vector<Range>& ranges, const std::string& more = {}) {
  std::string words = "( #size-cells=00000002 compatible=\"" + compatible + "\" ";
  for (const Range& range : ranges)
    words += fmt::format("(memory device_type=\"memory\" numa-node-id={:08x} reg={:016x}{:016x} ) ",
                         range.domain, range.base, range.size);
  return {block, offset, tree_of(words + more + ") .")};
}

/// `NAME+OFFSET@ADDRESS/SIZE SOURCE` of each piece, then `NAME?` of RAM without a place.
inline std::string placed(const LaidOut& guest) {
  const auto layout = layout_of(guest);
  if (!layout) return std::string(name_of(layout.error().code)) + ": " + layout.error().path;
  std::string text;
  const auto add = [&text](const std::string& each) { text += (text.empty() ? "" : ", ") + each; };
  for (const PlacedRam& piece : layout->placed)
    add(fmt::format("{}+{:x}@{:x}/{:x} {}", guest.blocks[piece.block].name, piece.offset, piece.address,
                    piece.size, name_of(piece.source)));
  for (const UnplacedRam& each : layout->unplaced)
    if (each.is_ram) add(guest.blocks[each.block].name + "?");
  const bool is_whole = text.find('?') == std::string::npos;
  CHECK(static_cast<bool>(layout->check_whole(guest.blocks)) == is_whole);
  return text;
}

}  // namespace qember::test
