// SPDX-License-Identifier: LGPL-2.1-or-later
#include "elf_extraction.hpp"

#include <qember/dump/vmcoreinfo.hpp>
#include <qember/io/file_checks.hpp>
#include "../output.hpp"
#include "../render/style.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <unistd.h>

namespace qember::cli {
namespace {

using event::RamBlock;

/// N of `ram-nodeN`, as libvirt calls the RAM of a NUMA node; -1 of RAM in one piece, as QEMU calls it.
std::optional<int> ram_order(std::string_view block) {
  block = block.substr(block.rfind('/') + 1);
  constexpr std::string_view node = "ram-node";
  if (block == "pc.ram" || block == "microvm.ram") return -1;
  if (!block.starts_with(node) || block.size() == node.size() || block.size() > node.size() + 4) return {};
  int order = 0;
  for (const char digit : block.substr(node.size())) {
    if (digit < '0' || digit > '9') return {};
    order = order * 10 + (digit - '0');
  }
  return order;
}

/// Whether that is the memory of a device, or firmware, which no core has.
bool is_device_memory(std::string_view block) {
  if (block.starts_with("/rom@")) return true;
  block = block.substr(block.rfind('/') + 1);
  constexpr std::array names{"pc.bios", "pc.rom", "isa-bios", "tpm-ppi", "tpm-crb-cmd"};
  constexpr std::array suffixes{".rom", ".vrom", ".vram", ".vgavram", "-vram", ".fifo"};
  return block.starts_with("system.flash") || std::ranges::find(names, block) != names.end() ||
         std::ranges::any_of(suffixes, [block](const char* suffix) { return block.ends_with(suffix); });
}

/// The blocks that are the board's RAM, in the order of their addresses; none where names do not tell.
std::vector<std::uint32_t> ram_blocks(std::span<const RamBlock> blocks) {
  std::map<int, std::uint32_t> found;
  for (std::uint32_t i = 0; i < blocks.size(); ++i)
    if (const auto order = ram_order(blocks[i].name)) found.emplace(*order, i);
  if (found.contains(-1)) return {found[-1]};
  std::vector<std::uint32_t> order;
  for (const auto& [node, block] : found) {
    // Behind a node that is not there, addresses are not known.
    if (node != static_cast<int>(order.size())) break;
    order.push_back(block);
  }
  return order;
}

Error unsupported(std::string expected, std::string found) {
  return {Errc::unsupported, 0, "ELF core", std::move(expected), std::move(found)};
}

/// That memory can't be in the core, or may not be left out of it.
Error refuse_block(const RamBlock& block, std::string expected, std::string found) {
  return {Errc::unsupported, 0, fmt::format("block {:?}", block.name), std::move(expected), std::move(found)};
}

constexpr auto known_address = "a guest-physical address that is known";

}  // namespace

Result<std::unique_ptr<Extraction>> ElfExtraction::open(const event::Source& source,
                                                        const ExtractOptions& options) {
  if (auto status = io::check_not_input(*options.elf, options.file); !status)
    return std::move(status.error());
  auto output = io::OutputFile::open(*options.elf, options.force);
  if (!output) return std::move(output.error());
  if (*options.elf == "-" || ::lseek(output->fd(), 0, SEEK_CUR) < 0)
    return Error{Errc::usage, 0, *options.elf, "a file, to be written here and there", "a pipe"};
  return std::unique_ptr<Extraction>(new ElfExtraction(source, options, std::move(*output)));
}

Status ElfExtraction::note(const event::Event& event) {
  if (const auto* configuration = std::get_if<event::Configuration>(&event))
    machine_ = as_text(configuration->machine);
  if (std::holds_alternative<event::RamBlocks>(event) && parts_.empty())
    if (auto status = begin(); !status) return status;
  if (auto status = cpus_.note(event); !status) return status;
  return ram_.note(event);
}

Status ElfExtraction::begin() {
  const auto blocks = source_.session().blocks();
  auto chosen = find_blocks(source_.session(), options_.blocks);
  if (!chosen) return std::move(chosen.error());
  const auto known = ram_blocks(blocks);
  if (auto status = chosen->empty() ? check_all(known) : check_chosen(*chosen, known); !status) return status;
  for (const std::uint32_t block : chosen->empty() ? known : *chosen) {
    parts_.push_back({block, blocks[block].length, ram_size_});
    ram_size_ += blocks[block].length;
  }
  return {};
}

/// That blocks which are known to be RAM are all of it.
Status ElfExtraction::check_all(std::span<const std::uint32_t> known) const {
  const auto blocks = source_.session().blocks();
  if (known.empty())
    return unsupported("RAM of an x86-64 machine (pc.ram, microvm.ram), or --block",
                       blocks.empty() ? "no RAM" : fmt::format("{:?}", blocks[0].name));
  for (std::uint32_t i = 0; i < blocks.size(); ++i)
    if (std::ranges::find(known, i) == known.end() && !is_device_memory(blocks[i].name))
      return refuse_block(blocks[i], known_address, "memory that is plugged in; --block leaves it out");
  return {};
}

/// That blocks which were asked for can be RAM, and are in its order where names tell that.
Status ElfExtraction::check_chosen(std::span<const std::uint32_t> chosen,
                                   std::span<const std::uint32_t> known) const {
  const auto blocks = source_.session().blocks();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const RamBlock& block = blocks[chosen[i]];
    if (is_device_memory(block.name)) return refuse_block(block, known_address, "the memory of a device");
    if (std::ranges::count(chosen, chosen[i]) > 1)
      return Error{Errc::usage, 0, "--block", "each block once", block.name};
    if (!known.empty() && (i >= known.size() || chosen[i] != known[i]))
      return refuse_block(block, known_address, "it in another place than its name tells");
  }
  if (chosen.size() < known.size())
    return refuse_block(blocks[known[chosen.size()]], "all of the board's RAM", "a part without it");
  return {};
}

const ElfExtraction::Part* ElfExtraction::part_of(std::uint32_t block) const {
  const auto part = std::ranges::find(parts_, block, &Part::block);
  return part == parts_.end() ? nullptr : &*part;
}

Status ElfExtraction::write(std::uint32_t block, std::uint64_t addr, ByteView data) {
  return file_.write(dump::core_memory_offset + part_of(block)->at + addr, data);
}

Status ElfExtraction::read(std::uint32_t block, std::uint64_t addr, MutableBytes data) {
  return file_.read(dump::core_memory_offset + part_of(block)->at + addr, data);
}

Status ElfExtraction::clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  return file_.clear(dump::core_memory_offset + part_of(block)->at + addr, size);
}

Status ElfExtraction::check_parts() const {
  if (parts_.empty()) return unsupported("RAM", "a stream without any");
  if (auto status = check_included(ram_); !status) return status;
  for (const Part& part : parts_)
    if (const auto absence = absence_of(source_.session(), ram_, part.block))
      return refuse_absent(source_.session().blocks()[part.block], absence->reason);
  return {};
}

Result<std::vector<dump::CoreSegment>> ElfExtraction::segments() const {
  const auto hole = options_.hole ? options_.hole : vm::pc_hole(machine_, ram_size_);
  if (!hole)
    return unsupported("a machine of known layout (pc-i440fx, pc-q35, microvm), or --hole",
                       machine_.empty() ? "a stream that does not name it" : fmt::format("{:?}", machine_));
  // What is above the hole still has addresses of x86-64.
  const std::uint64_t above = ram_size_ - std::min(ram_size_, hole->begin);
  if (hole->end > vm::most_address || above > vm::most_address - hole->end)
    return unsupported(fmt::format("RAM below {:#x}", vm::most_address),
                       fmt::format("{} bytes of it from {:#x}", above, hole->end));
  std::vector<dump::CoreSegment> segments;
  for (const vm::PhysicalRange& range : vm::place_ram(ram_size_, *hole))
    segments.push_back({range.address, dump::core_memory_offset + range.offset, range.size, range.address});
  return segments;
}

void ElfExtraction::tell_what_lacks(bool has_vmcoreinfo) const {
  std::string left_out;
  for (std::uint32_t i = 0; i < source_.session().blocks().size(); ++i)
    if (part_of(i) == nullptr)
      left_out += (left_out.empty() ? "" : ", ") + source_.session().blocks()[i].name;
  const auto tell = [this](const std::string& what) {
    say(printable_line(fmt::format("qember: {}: {}", options_.file, what)) + "\n");
  };
  if (!left_out.empty()) tell(fmt::format("blocks that are not in the core: {}", left_out));
  if (cpus_.cpus().empty()) tell("no registers in the core: the stream does not describe its CPUs");
  if (!has_vmcoreinfo) tell("no VMCOREINFO in the core: none was found in the guest's memory");
}

Status ElfExtraction::finish() {
  if (auto status = check_parts(); !status) return status;
  auto loads = segments();
  if (!loads) return std::move(loads.error());
  // Pages that were not sent are holes, at the end too.
  const std::uint64_t end = dump::core_memory_offset + ram_size_;
  if (auto status = file_.resize(end); !status) return status;
  auto vmcoreinfo = dump::find_vmcoreinfo(file_, dump::core_memory_offset, end);
  if (!vmcoreinfo) return std::move(vmcoreinfo.error());
  const Bytes notes = dump::core_notes(cpus_.cpus(), *vmcoreinfo);
  if (dump::core_notes_offset + notes.size() > dump::core_memory_offset)
    return unsupported("CPUs whose notes take at most 4 MiB", fmt::to_string(cpus_.cpus().size()));
  if (auto status = file_.write(dump::core_notes_offset, notes); !status) return status;
  if (const auto kernel = dump::kernel_segment(as_text(*vmcoreinfo), *loads)) loads->push_back(*kernel);
  const Bytes headers = dump::core_headers(*loads, notes.size());
  if (auto status = file_.write(0, headers); !status) return status;
  if (auto status = file_.flush(); !status) return status;
  tell_what_lacks(!vmcoreinfo->empty());
  return output_.finish();
}

}  // namespace qember::cli
