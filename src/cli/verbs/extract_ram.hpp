// SPDX-License-Identifier: LGPL-2.1-or-later
/// `extract --ram`: one sparse file for each RAM block, and an index of them.
#pragma once

#include "extraction.hpp"

#include <qember/advanced/vm/ram_files.hpp>

namespace qember::cli {

class RamExtraction final : public Extraction {
 public:
  /// `stream` and `options` outlive this.
  static Result<std::unique_ptr<Extraction>> open(const vm::OpenedStream& stream,
                                                  const ExtractOptions& options);

  using Sink::take;
  Status take(const event::Event& event) override {
    auto status = layout_reader_.take(event);
    return status ? files_.take(event) : status;
  }
  Status finish() override;
  Status commit() override { return directory_.commit(made_); }
  std::span<const Error> lacking() const override { return lacking_; }
  void undo() noexcept override { directory_.undo(); }

 private:
  RamExtraction(const event::Context& context, const ExtractOptions& options, vm::LayoutOptions layout,
                io::StagedDirectory directory)
      : context_(context),
        options_(options),
        directory_(std::move(directory)),
        core_(name_of_core(options)),
        layout_reader_(context, std::move(layout), options.read.stream_options().limits),
        files_(context, directory_,
               {[this](const event::RamBlock& block) { return file_name(block); }, options.blocks},
               options.read.stream_options().limits) {}

  static std::string name_of_core(const ExtractOptions& options);
  Status check_core(const std::string& name) const;
  Result<std::string> file_name(const event::RamBlock& block) const;
  void tell_absent();
  Status write_index();
  std::string entry_of(std::uint32_t block) const;

  const event::Context& context_;
  const ExtractOptions& options_;
  io::StagedDirectory directory_;
  std::string core_;  ///< in the directory, or empty
  vm::LayoutReader layout_reader_;
  vm::RamLayout layout_;  ///< at the end
  vm::RamFiles files_;
  std::vector<Error> lacking_;     ///< by blocks that were not asked for by name
  std::vector<std::string> made_;  ///< what is there in the end
};

}  // namespace qember::cli
