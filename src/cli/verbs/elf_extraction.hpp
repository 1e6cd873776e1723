// SPDX-License-Identifier: LGPL-2.1-or-later
/// `extract --elf`: the guest's RAM and registers as a core.
#pragma once

#include <qember/dump/elf_core.hpp>
#include <qember/io/sparse_files.hpp>
#include "extraction.hpp"

namespace qember::cli {

class ElfExtraction final : public Extraction, private vm::RamStore {
 public:
  /// `context` and `options` outlive this.
  static Result<std::unique_ptr<Extraction>> open(const event::Context& context,
                                                  const ExtractOptions& options);

  using Sink::take;
  Status take(const event::Event& event) override;
  /// `Errc::unsupported` for a machine that is not x86-64, for RAM that is not in the stream or would be left
  /// out, and where it is not known what addresses RAM has.
  Status finish() override;
  Status commit() override { return output_.commit(); }
  /// It is the last that gets its name.
  void undo() noexcept override {}

 private:
  /// A block that is the guest's RAM, or a part of it.
  struct Part {
    std::uint32_t block = 0;
    std::uint64_t length = 0;
    std::uint64_t at = 0;  ///< in the RAM
  };

  ElfExtraction(const event::Context& context, const ExtractOptions& options, io::OutputFile output)
      : context_(context),
        options_(options),
        output_(std::move(output)),
        file_(output_.fd(), *options.elf),
        ram_(context, *this, options.read.stream_options().limits),
        cpus_(context, options.read.stream_options().limits) {}

  bool wants(std::uint32_t block) override { return part_of(block) != nullptr; }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override;
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override;
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override;

  const Part* part_of(std::uint32_t block) const;
  Status begin();
  Status check_all(std::span<const std::uint32_t> known) const;
  Status check_chosen(std::span<const std::uint32_t> chosen, std::span<const std::uint32_t> known) const;
  Status check_parts() const;
  Result<std::vector<dump::CoreSegment>> segments() const;
  void tell_what_lacks(bool has_vmcoreinfo) const;

  const event::Context& context_;
  const ExtractOptions& options_;
  io::OutputFile output_;
  io::SparseFile file_;
  vm::FinalRam ram_;
  dump::CpuStates cpus_;
  std::string machine_;
  std::vector<Part> parts_;
  std::uint64_t ram_size_ = 0;
};

}  // namespace qember::cli
