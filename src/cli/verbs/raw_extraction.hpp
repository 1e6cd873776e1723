// SPDX-License-Identifier: LGPL-2.1-or-later
/// `extract --raw`: the guest's RAM in the order of its addresses.
#pragma once

#include "extraction.hpp"

#include <qember/advanced/dump/image_writer.hpp>
#include <qember/advanced/io/output_file.hpp>

namespace qember::cli {

class RawExtraction final : public Extraction {
 public:
  /// `stream` and `options` outlive this.
  static Result<std::unique_ptr<Extraction>> open(const vm::OpenedStream& stream,
                                                  const ExtractOptions& options);

  using Sink::take;
  Status take(const event::Event& event) override { return image_.take(event); }
  Status finish() override;
  Status commit() override { return output_.commit(); }
  /// Nothing that may fail comes after it but other files that are named last.
  void undo() noexcept override {}

 private:
  RawExtraction(const event::Context& context, const ExtractOptions& options, vm::LayoutOptions layout,
                io::OutputFile output)
      : options_(options),
        output_(std::move(output)),
        file_(output_.fd(), *options.raw),
        image_(context, file_, std::move(layout), options.read.stream_options().limits) {}

  const ExtractOptions& options_;
  io::OutputFile output_;
  io::SparseFile file_;
  dump::ImageWriter image_;
};

}  // namespace qember::cli
