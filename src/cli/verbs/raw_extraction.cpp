// SPDX-License-Identifier: LGPL-2.1-or-later
#include "raw_extraction.hpp"

#include "../output.hpp"
#include "../render/style.hpp"

#include <fmt/format.h>

namespace qember::cli {

Result<std::unique_ptr<Extraction>> RawExtraction::open(const vm::OpenedStream& stream,
                                                        const ExtractOptions& options) {
  auto output = open_seekable(*options.raw, options);
  if (!output) return std::move(output.error());
  return std::unique_ptr<Extraction>(new RawExtraction(
      stream, options, options.place.layout_options(stream.contents()), std::move(*output)));
}

Status RawExtraction::finish() {
  if (auto status = image_.finish(); !status) return status;
  const auto tell = [this](const std::string& what) {
    say(printable_line(fmt::format("qember: {}: {}", options_.file, what)) + "\n");
  };
  const dump::ImageNotices& notices = image_.notices();
  if (!notices.left_out.empty())
    tell(fmt::format("blocks that are not in the image: {}", fmt::join(notices.left_out, ", ")));
  if (notices.unsent != 0)
    tell(fmt::format("{} pages that the stream does not hold are holes in the image", notices.unsent));
  return output_.finish();
}

}  // namespace qember::cli
