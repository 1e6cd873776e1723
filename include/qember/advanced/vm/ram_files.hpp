// SPDX-License-Identifier: LGPL-2.1-or-later
/// A guest's final RAM in files: one sparse file of a directory for each RAM block.
#pragma once

#include <qember/advanced/io/sparse_file.hpp>
#include <qember/advanced/io/staged_directory.hpp>
#include <qember/advanced/vm/ram_presence.hpp>

#include <functional>

namespace qember::vm {

struct RamFilesOptions {
  /// The name of a block's file, asked for once for each block that gets one. An error of it ends the
  /// extraction.
  std::function<Result<std::string>(const event::RamBlock&)> file_name;
  /// Only the blocks of these names; all where there are none.
  std::vector<std::string> blocks{};
};

/// A block that is listed, and has no pages in the stream.
struct AbsentBlock {
  std::uint32_t block = 0;  ///< its place in the list
  Absence absence;
};

class RamFiles final : public event::Sink, private RamStore {
 public:
  /// `context`, of the events, and `directory` outlive this. `directory` is left for the caller to commit.
  RamFiles(const event::Context& context, io::StagedDirectory& directory, RamFilesOptions options,
           const Limits& limits = {})
      : context_(context),
        directory_(directory),
        options_(std::move(options)),
        ram_(context, *this, limits) {}

  // `take` refuses what `FinalRam` refuses, blocks whose files have the same name, a name that is taken in
  // the directory (`Errc::usage`), and a block of the options that is not in the list (`Errc::usage`).

  using Sink::take;
  Status take(const event::Event& event) override;
  /// Gives each file the length of its block, and closes it. Is called after the last event, or as far as a
  /// stream could be read. `Errc::unsupported` for a block of the options that has no pages in the stream,
  /// for a stream with no page of any block, and where RAM went over other connections.
  Status finish();

  /// Whether a block is one of those that get a file.
  bool selects(std::uint32_t block) const { return block < names_.size() && !names_[block].empty(); }
  /// Whether a block has a file, after `finish`.
  bool has_file(std::uint32_t block) const {
    return selects(block) && !absence_of(context_.session(), ram_, block);
  }
  /// The name of a selected block's file, whether or not there are pages for it.
  const std::string& name_of(std::uint32_t block) const { return names_[block]; }
  /// The selected blocks that have no file for want of pages. Valid after `finish`, also where that failed.
  std::span<const AbsentBlock> absent() const noexcept { return absent_; }
  /// What was sent, and what the files hold.
  const FinalRam& ram() const noexcept { return ram_; }

 private:
  /// The file that is being written: pages come block by block, mostly.
  struct OpenFile {
    std::uint32_t block;
    io::Descriptor descriptor;
    io::SparseFile file;
  };

  bool wants(std::uint32_t block) override { return selects(block); }
  Status write(std::uint32_t block, std::uint64_t addr, ByteView data) override;
  Status read(std::uint32_t block, std::uint64_t addr, MutableBytes data) override;
  Status clear(std::uint32_t block, std::uint64_t addr, std::uint64_t size) override;

  Status begin(std::span<const event::RamBlock> blocks);
  Status open(std::uint32_t block);
  Status close();
  Status complete(std::uint32_t block);

  const event::Context& context_;
  io::StagedDirectory& directory_;
  RamFilesOptions options_;
  FinalRam ram_;
  std::vector<std::string> names_;  ///< by block; empty for those that get no file
  std::vector<AbsentBlock> absent_;
  std::optional<OpenFile> open_;
};

}  // namespace qember::vm
