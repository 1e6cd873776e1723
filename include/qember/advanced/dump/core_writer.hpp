// SPDX-License-Identifier: LGPL-2.1-or-later
/// An ELF core of a guest, written as its stream goes by: of x86-64, i386, aarch64, arm, riscv64, s390x,
/// ppc64 and loongarch64.
#pragma once

#include <qember/advanced/dump/core_parts.hpp>
#include <qember/advanced/dump/cpu_state.hpp>
#include <qember/advanced/io/sparse_file.hpp>
#include <qember/advanced/vm/final_ram.hpp>
#include <qember/advanced/vm/layout_reader.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

namespace qember::dump {

/// What goes into a core, and where.
struct CoreOptions {
  /// The blocks that are the guest's RAM, in the order of their addresses; where there are none, names tell.
  std::vector<std::string> blocks{};
  /// What is told of the layout of RAM.
  vm::LayoutOptions layout{};
  /// Adds what the kernel has mapped, at its virtual addresses.
  bool paging = false;
};

/// What a core that was written lacks.
struct CoreNotices {
  std::vector<std::string> left_out;  ///< names of blocks: firmware and the memory of devices
  std::uint64_t unsent = 0;           ///< pages of RAM that the stream does not hold, which read as zeros
  bool has_registers = false;         ///< else the stream does not describe its CPUs
  bool has_vmcoreinfo = false;        ///< else there is none in the guest's memory
  std::uint64_t mapped = 0;           ///< bytes of virtual memory
  bool has_kernel = false;            ///< at its virtual addresses
  // What VMCOREINFO says of the kernel, which is the guest's word.

  std::string kernel_release{};                  ///< empty where it does not
  std::optional<std::uint64_t> kernel_offset{};  ///< from where it was linked to be
};

/// Writes a core as events go by.
class CoreWriter final : public event::Sink, private vm::RamStore {
 public:
  /// `context`, of the events, and `file` outlive this.
  CoreWriter(const event::Context& context, io::SparseFile& file, CoreOptions options, const Limits& limits)
      : context_(context),
        file_(file),
        options_(std::move(options)),
        layout_(context, options_.layout, limits),
        ram_(context, *this, limits),
        cpus_(context, limits) {}

  using Sink::take;
  Status take(const event::Event& event) override;
  /// After the last event, or as far as a stream could be read. `Errc::unsupported` for another machine, for
  /// RAM that is not in the stream or would be left out, and where it is not known what addresses RAM has.
  Status finish();
  /// What is to be told of the core; complete after `finish`.
  const CoreNotices& notices() const noexcept { return notices_; }

 private:
  bool wants(std::uint32_t block) override { return parts_.find(block) != nullptr; }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override;
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override;
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override;

  Status begin();
  Status check_chosen(std::span<const std::uint32_t> chosen, std::span<const std::uint32_t> known) const;
  Result<std::vector<CoreSegment>> segments(const vm::RamLayout& layout) const;
  Status add_mapped(std::vector<CoreSegment>& loads, std::string_view vmcoreinfo);

  const event::Context& context_;
  io::SparseFile& file_;
  CoreOptions options_;
  CoreNotices notices_;
  vm::LayoutReader layout_;
  vm::FinalRam ram_;
  CpuStates cpus_;
  std::vector<std::uint32_t> board_;  ///< that was asked for
  CoreParts parts_;
};

/// Writes an ELF core of a saved VM into a file, which is empty: sparse, with the registers of each CPU and,
/// where the guest has it, VMCOREINFO. Reads the stream once. `Errc::unsupported` as `CoreWriter::finish` has
/// it; of a file that could not be finished nothing is of use.
Result<CoreNotices> write_elf_core(const vm::SavedVm& vm, io::SparseFile& file, CoreOptions options = {});
/// The same into a file that is written atomically, and replaces what has that name; `Errc::io` for a pipe.
Result<CoreNotices> write_elf_core(const vm::SavedVm& vm, const std::string& path, CoreOptions options = {});

}  // namespace qember::dump
