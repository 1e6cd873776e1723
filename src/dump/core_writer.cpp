// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/core_writer.hpp>

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/io/output_file.hpp>
#include <qember/advanced/vm/kernel_note.hpp>
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
  if (auto status = layout_.take(event); !status) return status;
  if (std::holds_alternative<event::RamBlocks>(event) && parts_.empty())
    if (auto status = begin(); !status) return status;
  if (auto status = cpus_.take(event); !status) return status;
  return ram_.take(event);
}

/// Blocks come in the file as they do in memory, as far as that is known.
Status CoreWriter::begin() {
  const auto blocks = context_.session().blocks();
  auto chosen = vm::find_blocks(context_.session(), options_.blocks);
  if (!chosen) return std::move(chosen.error());
  if (auto status = check_chosen(*chosen, layout_.named_board()); !status) return status;
  board_ = std::move(*chosen);
  const auto early = layout_.layout(board_);
  if (!early) return early.error();
  if (board_.empty() && !layout_.knows_board())
    if (auto status = early->check_whole(blocks); !status) return status;
  for (const vm::PlacedRam& piece : early->placed) add(piece.block);
  for (const vm::UnplacedRam& each : early->unplaced)
    if (each.is_ram) add(each.block);
  return parts_.empty() ? Status(unsupported("RAM", "none")) : Status();
}

void CoreWriter::add(std::uint32_t block) {
  if (part_of(block) != nullptr) return;
  const std::uint64_t length = context_.session().blocks()[block].length;
  parts_.push_back({block, length, ram_size_});
  part_numbers_.resize(context_.session().blocks().size());
  part_numbers_[block] = parts_.size();
  ram_size_ += length;
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
  if (!chosen.empty() && chosen.size() < known.size())
    return refuse_block(blocks[known[chosen.size()]], "all of the board's RAM", "a part without it");
  return {};
}

const CoreWriter::Part* CoreWriter::part_of(std::uint32_t block) const {
  const std::size_t number = block < part_numbers_.size() ? part_numbers_[block] : 0;
  return number == 0 ? nullptr : &parts_[number - 1];
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

/// Neighbours in memory and in the file are one, but for what is below 1 MiB.
Result<std::vector<CoreSegment>> CoreWriter::segments(const vm::RamLayout& layout) const {
  constexpr std::uint64_t one_mib = std::uint64_t{1} << 20U;
  if (auto status = vm::check_included(ram_); !status) return status.error();
  if (auto status = layout.check_whole(context_.session().blocks()); !status) return status.error();
  if (auto status = vm::check_included(context_.session(), ram_, layout); !status) return status.error();
  std::vector<CoreSegment> segments;
  for (const vm::PlacedRam& piece : layout.placed) {
    if (vm::absence_of(context_.session(), ram_, piece.block)) continue;
    const std::uint64_t at = core_memory_offset + part_of(piece.block)->at + piece.offset;
    CoreSegment* const last = segments.empty() ? nullptr : &segments.back();
    if (last != nullptr && last->address + last->size == piece.address &&
        last->file_offset + last->size == at && piece.address != one_mib)
      last->size += piece.size;
    else
      segments.push_back({piece.address, at, piece.size, piece.address});
  }
  if (segments.size() >= most_core_segments)
    return unsupported(fmt::format("RAM in less than {} pieces", most_core_segments),
                       fmt::to_string(segments.size()));
  return segments;
}

Status CoreWriter::finish() {
  if (parts_.empty()) return unsupported("RAM", "a stream without any");
  const auto layout = layout_.layout(board_);
  if (!layout) return layout.error();
  auto loads = segments(*layout);
  if (!loads) return std::move(loads.error());
  // Pages that were not sent are holes, at the end too.
  const std::uint64_t end = core_memory_offset + ram_size_;
  if (auto status = file_.resize(end); !status) return status;
  const auto form = core_form(cpus_.cpus(), layout_.is_pc() ? "x86_64" : "", *loads);
  if (!form) return form.error();
  auto vmcoreinfo = find_vmcoreinfo(file_, core_memory_offset, end, form->is_big_endian);
  if (!vmcoreinfo) return std::move(vmcoreinfo.error());
  const Bytes notes = core_notes(*form, cpus_.cpus(), *vmcoreinfo);
  if (core_notes_offset + notes.size() > core_memory_offset)
    return unsupported("CPUs whose notes take at most 4 MiB", fmt::to_string(cpus_.cpus().size()));
  if (auto status = file_.write(core_notes_offset, notes); !status) return status;
  const auto kernel = kernel_segment(as_text(*vmcoreinfo), *loads);
  if (kernel && form->is_64) loads->push_back(*kernel);
  const Bytes headers = core_headers(*form, *loads, notes.size());
  if (auto status = file_.write(0, headers); !status) return status;
  const vm::KernelNote found = vm::kernel_of(as_text(*vmcoreinfo));
  notices_.kernel_release = found.release;
  notices_.kernel_offset = found.offset;
  if (auto status = file_.flush(); !status) return status;
  notices_.has_registers = !cpus_.cpus().empty();
  notices_.has_vmcoreinfo = !vmcoreinfo->empty();
  notices_.unsent = vm::count_unsent(context_.session(), ram_, *layout);
  const auto blocks = context_.session().blocks();
  for (std::uint32_t i = 0; i < blocks.size(); ++i)
    if (part_of(i) == nullptr || vm::absence_of(context_.session(), ram_, i))
      notices_.left_out.push_back(blocks[i].name);
  return {};
}

Result<CoreNotices> write_elf_core(const vm::SavedVm& vm, io::SparseFile& file, CoreOptions options) {
  vm::StreamOptions stream_options = vm.stream_options();
  if (!options.layout.hole) options.layout.hole = vm.options().hole;
  if (options.layout.places.empty()) options.layout.places = vm.options().places;
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
