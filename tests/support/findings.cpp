// SPDX-License-Identifier: LGPL-2.1-or-later
#include "findings.hpp"

#include <qember/advanced/event/checker.hpp>
#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qevm/reader.hpp>

#include <memory>

namespace qember::test {

std::vector<Error> findings(ByteView in, const Chunks& chunks, const Limits& limits, std::size_t most,
                            std::size_t* events) {
  io::Input input;
  io::MemorySource file(in);
  std::unique_ptr<event::Source> source;
  if (!in.empty() && in[0] == 0x7f)
    source = std::make_unique<qber::Reader>(input, limits);
  else
    source = std::make_unique<qevm::Reader>(input, limits, qevm::ReaderOptions{{}, &file});
  std::vector<Error> found;
  event::Checker checker(*source, limits, [&found](const Error& error) {
    found.push_back(error);
    return true;
  });
  while (found.size() < most) {
    const auto event = source->next();
    if (event) {
      if (events != nullptr) ++*events;
      checker.take(*event).or_throw();
      if (std::holds_alternative<event::StreamEnd>(*event)) break;
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
