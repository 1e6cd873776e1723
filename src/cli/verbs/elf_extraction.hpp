// SPDX-License-Identifier: LGPL-2.1-or-later
/// `extract --elf`: the guest's RAM and registers as a core.
#pragma once

#include "extraction.hpp"

#include <qember/advanced/dump/core_writer.hpp>
#include <qember/advanced/io/output_file.hpp>

namespace qember::cli {

class ElfExtraction final : public Extraction {
 public:
  /// `context` and `options` outlive this.
  static Result<std::unique_ptr<Extraction>> open(const vm::OpenedStream& stream,
                                                  const ExtractOptions& options);

  using Sink::take;
  Status take(const event::Event& event) override { return core_.take(event); }
  Status finish() override;
  Status commit() override { return output_.commit(); }
  /// It is the last that gets its name.
  void undo() noexcept override {}

 private:
  ElfExtraction(const event::Context& context, const ExtractOptions& options, vm::LayoutOptions layout,
                io::OutputFile output)
      : options_(options),
        output_(std::move(output)),
        file_(output_.fd(), *options.elf),
        core_(context, file_, {options.blocks, std::move(layout)}, options.read.stream_options().limits) {}

  const ExtractOptions& options_;
  io::OutputFile output_;
  io::SparseFile file_;
  dump::CoreWriter core_;
};

}  // namespace qember::cli
