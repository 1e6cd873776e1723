// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/dump/core_writer.hpp>

#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/io/output_file.hpp>
#include <qember/advanced/vm/kernel_note.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/ram_presence.hpp>

#include "../vm/board_ram.hpp"
#include "core_head.hpp"
#include "mapped_segments.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::dump {
namespace {

using event::RamBlock;

/// That memory can't be in the core, or may not be left out of it.
Error refuse_block(const RamBlock& block, std::string expected, std::string found) {
  return {Errc::unsupported, 0, fmt::format("block {:?}", block.name), std::move(expected), std::move(found)};
}

Error refuse_place(const RamBlock& block, std::string found) {
  Error error = refuse_block(block, "a guest-physical address that is known", std::move(found));
  error.rule = "ram_placed";
  return error;
}

/// Bytes that the image of a kernel takes at least; tables that only lead into it map far less.
constexpr std::uint64_t least_kernel = std::uint64_t{1} << 20U;

/// The file, as it was written so far.
class FileMemory final : public SparseMemory {
 public:
  explicit FileMemory(io::SparseFile& file) : file_(file) {}
  Status read(std::uint64_t at, MutableBytes to) override { return file_.read(at, to); }
  Result<std::optional<std::uint64_t>> next_data(std::uint64_t at) override { return file_.next_data(at); }

 private:
  io::SparseFile& file_;
};

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
  parts_ = CoreParts::of(*early, blocks);
  return parts_.empty() ? Status(refuse_core("RAM", "none")) : Status();
}

/// That blocks which were asked for can be RAM, and are in its order where names tell that.
Status CoreWriter::check_chosen(std::span<const std::uint32_t> chosen,
                                std::span<const std::uint32_t> known) const {
  const auto blocks = context_.session().blocks();
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const RamBlock& block = blocks[chosen[i]];
    if (vm::is_device_memory(block.name)) return refuse_place(block, "the memory of a device");
    if (std::ranges::count(chosen, chosen[i]) > 1)
      return Error{Errc::usage, 0, "block", "each block once", block.name};
    if (!known.empty() && (i >= known.size() || chosen[i] != known[i]))
      return refuse_place(block, "it in another place than its name tells");
  }
  if (!chosen.empty() && chosen.size() < known.size())
    return refuse_block(blocks[known[chosen.size()]], "all of the board's RAM", "a part without it");
  return {};
}

Status CoreWriter::write(std::uint32_t block, std::uint64_t addr, ByteView data) {
  return file_.write(parts_.find(block)->file_offset + addr, data);
}

Status CoreWriter::read(std::uint32_t block, std::uint64_t addr, MutableBytes data) {
  return file_.read(parts_.find(block)->file_offset + addr, data);
}

Status CoreWriter::clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) {
  return file_.clear(parts_.find(block)->file_offset + addr, size);
}

Result<std::vector<CoreSegment>> CoreWriter::segments(const vm::RamLayout& layout) const {
  if (auto status = vm::check_included(ram_); !status) return std::move(status.error());
  return parts_.segments(layout, context_.session().blocks(), [this](std::uint32_t block) {
    return vm::absence_of(context_.session(), ram_, block);
  });
}

/// Page tables are read from the file that is written.
Status CoreWriter::add_mapped(std::vector<CoreSegment>& loads, std::string_view vmcoreinfo) {
  const auto read = [&](std::uint64_t address, MutableBytes to) -> Status {
    for (const CoreSegment& load : loads)
      if (address >= load.address && address - load.address < load.size &&
          to.size() <= load.size - (address - load.address))
        return file_.read(load.file_offset + (address - load.address), to);
    return Error{Errc::usage, 0, "memory", "an address of RAM", fmt::format("{:#x}", address)};
  };
  const auto mapped = mapped_segments(cpus_.cpus(), loads, vmcoreinfo, read);
  if (!mapped) return mapped.error();
  if (loads.size() + mapped->size() > most_core_loads)
    return Error{Errc::limit, 0, "ELF core",
                 fmt::format("most_core_loads: at most {} segments", most_core_loads),
                 fmt::to_string(loads.size() + mapped->size())};
  notices_.mapped = size_of(*mapped);
  notices_.has_kernel |= notices_.mapped >= least_kernel;
  loads.insert(loads.end(), mapped->begin(), mapped->end());
  return {};
}

Status CoreWriter::finish() {
  if (parts_.empty()) return refuse_core("RAM", "a stream without any");
  const auto layout = layout_.layout(board_);
  if (!layout) return layout.error();
  auto loads = segments(*layout);
  if (!loads) return std::move(loads.error());
  // Pages that were not sent are holes, at the end too.
  const std::uint64_t end = parts_.file_end();
  if (auto status = file_.resize(end); !status) return status;
  const auto form = core_form(cpus_.cpus(), layout_.is_pc() ? "x86_64" : "", *loads);
  if (!form) return form.error();
  FileMemory memory(file_);
  auto vmcoreinfo = find_vmcoreinfo(memory, core_memory_offset, end, form->is_big_endian);
  if (!vmcoreinfo) return std::move(vmcoreinfo.error());
  notices_.has_kernel = kernel_segment(as_text(*vmcoreinfo), *loads).has_value();
  if (options_.paging)
    if (auto status = add_mapped(*loads, as_text(*vmcoreinfo)); !status) return status;
  const auto head = make_core_head(*form, cpus_.cpus(), std::move(*loads), *vmcoreinfo);
  if (!head) return head.error();
  if (auto status = file_.write(head->notes_offset, head->notes); !status) return status;
  if (auto status = file_.write(0, head->headers); !status) return status;
  const vm::KernelNote found = vm::kernel_of(as_text(*vmcoreinfo));
  notices_.kernel_release = found.release;
  notices_.kernel_offset = found.offset;
  if (auto status = file_.flush(); !status) return status;
  notices_.has_registers = !cpus_.cpus().empty();
  notices_.has_vmcoreinfo = !vmcoreinfo->empty();
  notices_.unsent = vm::count_unsent(context_.session(), ram_, *layout);
  const auto blocks = context_.session().blocks();
  for (std::uint32_t i = 0; i < blocks.size(); ++i)
    if (parts_.find(i) == nullptr || vm::absence_of(context_.session(), ram_, i))
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
