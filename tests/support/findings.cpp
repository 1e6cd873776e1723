// SPDX-License-Identifier: LGPL-2.1-or-later
#include "findings.hpp"

#include <qember/native/checker.hpp>
#include <qember/native/decoder.hpp>
#include <qember/native/reader.hpp>

#include <memory>

namespace qember::test {

std::vector<Error> findings(ByteView in, const Chunks& chunks, const Limits& limits, std::size_t most,
                            std::size_t* events) {
  stream::Input input;
  std::unique_ptr<native::Source> source;
  if (!in.empty() && in[0] == 0x7f)
    source = std::make_unique<native::Decoder>(input, limits);
  else
    source = std::make_unique<native::Reader>(input, limits, native::ReaderOptions{{}, reads(in)});
  native::Checker checker(*source, limits);
  std::vector<Error> found;
  while (found.size() < most) {
    const auto event = source->next();
    if (event) {
      if (events != nullptr) ++*events;
      for (const Error& error : checker.note(*event)) found.push_back(error);
      if (std::holds_alternative<native::StreamEnd>(*event)) break;
    } else if (event.error().code != Errc::need_more) {
      found.push_back(event.error());
      if (!source->in_sync()) break;
    } else if (in.empty()) {
      input.finish();
    } else {
      const std::size_t size = std::min(in.size(), chunks());
      input.feed(in.first(size));
      in = in.subspan(size);
    }
  }
  return found;
}

}  // namespace qember::test
