// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extraction.hpp"

#include <qember/advanced/dump/image_writer.hpp>

#include <fmt/format.h>

namespace qember::cli {
namespace {

class RawExtraction final : public FileExtraction<dump::ImageWriter> {
 public:
  using FileExtraction::FileExtraction;

 private:
  void tell(const dump::ImageNotices& notices) const override {
    if (!notices.left_out.empty())
      say(fmt::format("blocks that are not in the image: {}", fmt::join(notices.left_out, ", ")));
    if (notices.unsent != 0)
      say(fmt::format("{} pages that the stream does not hold are holes in the image", notices.unsent));
  }
};

}  // namespace

Result<std::unique_ptr<Extraction>> open_raw_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto output = open_seekable(*options.raw, options);
  if (!output) return std::move(output.error());
  return std::unique_ptr<Extraction>(std::make_unique<RawExtraction>(
      stream, options, *options.raw, std::move(*output), options.place.layout_options(stream.contents())));
}

}  // namespace qember::cli
