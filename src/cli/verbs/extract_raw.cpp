// SPDX-License-Identifier: LGPL-2.1-or-later
#include "extraction.hpp"

#include <qember/advanced/dump/image_writer.hpp>

namespace qember::cli {
Result<std::unique_ptr<Extraction>> open_raw_extraction(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto output = open_seekable(*options.raw, options);
  if (!output) return std::move(output.error());
  return std::unique_ptr<Extraction>(std::make_unique<FileExtraction<dump::ImageWriter>>(
      stream, options, FileWords{"image", "holes"}, *options.raw, std::move(*output),
      options.place.layout_options(stream.contents())));
}

}  // namespace qember::cli
