// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extraction.hpp"

#include "../output.hpp"

#include <qember/advanced/dump/image_writer.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

class RawExtraction final : public Extraction {
 public:
  RawExtraction(const vm::OpenedStream& stream, const ExtractOptions& options, io::OutputFile output)
      : options_(options),
        output_(std::move(output)),
        file_(output_.fd(), *options.raw),
        image_(stream, file_, options.place.layout_options(stream.contents()),
               options.read.stream_options().limits) {}

  using Sink::take;
  Status take(const event::Event& event) override { return image_.take(event); }
  Status finish() override;
  Status commit() override { return output_.commit(); }
  /// It is the last that gets its name.
  void undo() noexcept override {}

 private:
  const ExtractOptions& options_;
  io::OutputFile output_;
  io::SparseFile file_;
  dump::ImageWriter image_;
};

Status RawExtraction::finish() {
  if (auto status = image_.finish(); !status) return status;
  const auto tell = [this](const std::string& what) { say_line(fmt::format("{}: {}", options_.file, what)); };
  const dump::ImageNotices& notices = image_.notices();
  if (!notices.left_out.empty())
    tell(fmt::format("blocks that are not in the image: {}", fmt::join(notices.left_out, ", ")));
  if (notices.unsent != 0)
    tell(fmt::format("{} pages that the stream does not hold are holes in the image", notices.unsent));
  return output_.finish();
}

}  // namespace

Result<std::unique_ptr<Extraction>> open_raw_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto output = open_seekable(*options.raw, options);
  if (!output) return std::move(output.error());
  return std::unique_ptr<Extraction>(std::make_unique<RawExtraction>(stream, options, std::move(*output)));
}

}  // namespace qember::cli
