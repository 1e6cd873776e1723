// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/core_writer.hpp>

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/io/output_file.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/ram_presence.hpp>

#include "../vm/board_ram.hpp"
#include "vmcoreinfo.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::dump {
namespace {

using event::RamBlock;

Error unsupported(std::string expected, std::string found) {
  return {Errc::unsupported, 0, "ELF core", std::move(expected), std::move(found)};
}

/// That memory can't be in the core, or may not be left out of it.
Error refuse_block(const RamBlock& block, std::string expected, std::string found) {
  return {Errc::unsupported, 0, fmt::format("block {:?}", block.name), std::move(expected), std::move(found)};
}

constexpr auto known_address = "a guest-physical address that is known";

}  // namespace

Status CoreWriter::take(const event::Event& event) {
  if (const auto* configuration = std::get_if<event::Configuration>(&event))
    machine_ = as_text(configuration->machine);
  if (std::holds_alternative<event::RamBlocks>(event) && parts_.empty())
    if (auto status = begin(); !status) return status;
  if (auto status = cpus_.take(event); !status) return status;
  return ram_.take(event);
}

Status CoreWriter::begin() {
  const auto blocks = context_.session().blocks();
  auto chosen = vm::find_blocks(context_.session(), options_.blocks);
  if (!chosen) return std::move(chosen.error());
  const auto known = vm::board_ram(blocks);
  if (auto status = chosen->empty() ? check_all(known) : check_chosen(*chosen, known); !status) return status;
  for (const std::uint32_t block : chosen->empty() ? known : *chosen) {
    parts_.push_back({block, blocks[block].length, ram_size_});
    ram_size_ += blocks[block].length;
  }
  return {};
}

/// That blocks which are known to be RAM are all of it.
Status CoreWriter::check_all(std::span<const std::uint32_t> known) const {
  const auto blocks = context_.session().blocks();
  if (known.empty())
    return unsupported("RAM of an x86-64 machine (pc.ram, microvm.ram), or blocks that are named",
                       blocks.empty() ? "no RAM" : fmt::format("{:?}", blocks[0].name));
  for (std::uint32_t i = 0; i < blocks.size(); ++i)
    if (std::ranges::find(known, i) == known.end() && !vm::is_device_memory(blocks[i].name))
      return refuse_block(blocks[i], known_address,
                          "memory that is plugged in, which is left out where blocks are named");
  return {};
}

/// That blocks which were asked for can be RAM, and are in its order where names tell that.
Status CoreWriter::check_chosen(std::span<const std::uint32_t> chosen,
                                std::span<const std::uint32_t> known) const {
  const auto blocks = context_.session().blocks();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const RamBlock& block = blocks[chosen[i]];
    if (vm::is_device_memory(block.name)) return refuse_block(block, known_address, "the memory of a device");
    if (std::ranges::count(chosen, chosen[i]) > 1)
      return Error{Errc::usage, 0, "block", "each block once", block.name};
    if (!known.empty() && (i >= known.size() || chosen[i] != known[i]))
      return refuse_block(block, known_address, "it in another place than its name tells");
  }
  if (chosen.size() < known.size())
    return refuse_block(blocks[known[chosen.size()]], "all of the board's RAM", "a part without it");
  return {};
}

const CoreWriter::Part* CoreWriter::part_of(std::uint32_t block) const {
  const auto part = std::ranges::find(parts_, block, &Part::block);
  return part == parts_.end() ? nullptr : &*part;
}

Status CoreWriter::write(std::uint32_t block, std::uint64_t addr, ByteView data) {
  return file_.write(core_memory_offset + part_of(block)->at + addr, data);
}

Status CoreWriter::read(std::uint32_t block, std::uint64_t addr, MutableBytes data) {
  return file_.read(core_memory_offset + part_of(block)->at + addr, data);
}

Status CoreWriter::clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  return file_.clear(core_memory_offset + part_of(block)->at + addr, size);
}

Status CoreWriter::check_parts() const {
  if (parts_.empty()) return unsupported("RAM", "a stream without any");
  if (auto status = vm::check_included(ram_); !status) return status;
  for (const Part& part : parts_)
    if (const auto absence = vm::absence_of(context_.session(), ram_, part.block))
      return vm::refuse_absent(context_.session().blocks()[part.block], absence->reason);
  return {};
}

Result<std::vector<CoreSegment>> CoreWriter::segments() const {
  auto ranges = vm::place_board(machine_, ram_size_, options_.hole);
  if (!ranges) {
    ranges.error().path = "ELF core";
    return std::move(ranges.error());
  }
  std::vector<CoreSegment> segments;
  for (const vm::PhysicalRange& range : *ranges)
    segments.push_back({range.address, core_memory_offset + range.offset, range.size, range.address});
  return segments;
}

Status CoreWriter::finish() {
  if (auto status = check_parts(); !status) return status;
  auto loads = segments();
  if (!loads) return std::move(loads.error());
  // Pages that were not sent are holes, at the end too.
  const std::uint64_t end = core_memory_offset + ram_size_;
  if (auto status = file_.resize(end); !status) return status;
  auto vmcoreinfo = find_vmcoreinfo(file_, core_memory_offset, end);
  if (!vmcoreinfo) return std::move(vmcoreinfo.error());
  const Bytes notes = core_notes(cpus_.cpus(), *vmcoreinfo);
  if (core_notes_offset + notes.size() > core_memory_offset)
    return unsupported("CPUs whose notes take at most 4 MiB", fmt::to_string(cpus_.cpus().size()));
  if (auto status = file_.write(core_notes_offset, notes); !status) return status;
  if (const auto kernel = kernel_segment(as_text(*vmcoreinfo), *loads)) loads->push_back(*kernel);
  const Bytes headers = core_headers(*loads, notes.size());
  if (auto status = file_.write(0, headers); !status) return status;
  if (auto status = file_.flush(); !status) return status;
  notices_.has_registers = !cpus_.cpus().empty();
  notices_.has_vmcoreinfo = !vmcoreinfo->empty();
  const auto blocks = context_.session().blocks();
  for (std::uint32_t i = 0; i < blocks.size(); ++i)
    if (part_of(i) == nullptr) notices_.left_out.push_back(blocks[i].name);
  return {};
}

Result<CoreNotices> write_elf_core(const vm::SavedVm& vm, io::SparseFile& file, CoreOptions options) {
  vm::StreamOptions stream_options = vm.stream_options();
  if (!options.hole) options.hole = vm.options().hole;
  auto stream = vm::OpenedStream::open(vm.bytes(), std::move(stream_options));
  if (!stream) return std::move(stream.error());
  CoreWriter writer(**stream, file, std::move(options), vm.options().limits);
  if (auto status = event::pump(**stream, writer); !status) return std::move(status.error());
  if (auto status = writer.finish(); !status) return std::move(status.error());
  return writer.notices();
}

Result<CoreNotices> write_elf_core(const vm::SavedVm& vm, const std::string& path, CoreOptions options) {
  auto output = io::OutputFile::open(path, false);
  if (!output) return std::move(output.error());
  io::SparseFile file(output->fd(), path);
  auto written = write_elf_core(vm, file, std::move(options));
  if (!written) return written;
  if (auto status = output->commit(); !status) return std::move(status.error());
  return written;
}

}  // namespace qember::dump
