// SPDX-License-Identifier: LGPL-2.1-or-later
/// `extract --ram`: one sparse file for each RAM block, and an index of them.
#pragma once

#include "extraction.hpp"

#include <qember/io/sparse_file.hpp>
#include <qember/io/staged_directory.hpp>
#include <qember/vm/ram_presence.hpp>

namespace qember::cli {

class RamExtraction final : public Extraction, private vm::RamStore {
 public:
  /// `context` and `options` outlive this.
  static Result<std::unique_ptr<Extraction>> open(const event::Context& context,
                                                  const ExtractOptions& options);

  using Sink::take;
  Status take(const event::Event& event) override;
  Status finish() override;
  Status commit() override { return directory_.commit(made_); }
  std::span<const Error> lacking() const override { return lacking_; }
  void undo() noexcept override { directory_.undo(); }

 private:
  /// The file that is being written: pages come block by block, mostly.
  struct OpenFile {
    std::uint32_t block;
    io::Descriptor descriptor;
    io::SparseFile file;
  };

  RamExtraction(const event::Context& context, const ExtractOptions& options, io::StagedDirectory directory)
      : context_(context),
        options_(options),
        directory_(std::move(directory)),
        core_(name_of_core(options)),
        ram_(context, *this, options.read.stream_options().limits) {}

  bool wants(std::uint32_t block) override { return wanted_[block]; }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override;
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override;
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override;

  static std::string name_of_core(const ExtractOptions& options);
  Status check_name(const std::string& name) const;
  Status begin(std::span<const event::RamBlock> blocks);
  Status select(std::uint32_t block);
  Status deselect();
  Status give_length(std::uint32_t block);
  Status write_index();
  std::string entry_of(std::uint32_t block) const;

  const event::Context& context_;
  const ExtractOptions& options_;
  io::StagedDirectory directory_;
  std::string core_;  ///< in the directory, or empty
  vm::FinalRam ram_;
  std::vector<bool> wanted_;
  std::vector<std::string> files_;  ///< a name for each block
  std::vector<Error> lacking_;      ///< by blocks that were not asked for by name
  std::vector<std::string> made_;   ///< what is there in the end
  std::optional<OpenFile> open_;
};

}  // namespace qember::cli
