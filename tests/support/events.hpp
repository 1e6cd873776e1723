// SPDX-License-Identifier: LGPL-2.1-or-later
/// The events of a stream in memory, in either form.
#pragma once

#include "convert.hpp"

#include <qember/advanced/event/reordering.hpp>
#include <qember/advanced/io/memory_source.hpp>
#include <qember/advanced/qber/reader.hpp>
#include <qember/advanced/qevm/reader.hpp>

#include <memory>

namespace qember::test {

class Opened {
 public:
  /// `arranged`: a native stream with its description ahead of devices.
  explicit Opened(ByteView in, bool arranged = false) : file_(in), input_(io::Input::over(in)) {
    if (!in.empty() && in[0] == 0x7f)
      source_ = std::make_unique<qber::Reader>(input_);
    else
      source_ = std::make_unique<qevm::Reader>(input_, Limits{}, qevm::ReaderOptions{{}, &file_});
    if (arranged) arranger_ = std::make_unique<event::ReorderingBuffer>(*source_);
  }
  event::Source& source() { return arranger_ ? *arranger_ : *source_; }

  /// Calls `take(event)`, which returns a `Status`, up to the end or an error.
  template <class Take>
  Status each(Take take) {
    for (;;) {
      auto event = source().next();
      if (!event) return std::move(event.error());
      if (auto status = take(*event); !status) return status;
      if (std::holds_alternative<event::StreamEnd>(*event)) return {};
    }
  }

 private:
  io::MemorySource file_;
  io::Input input_;
  std::unique_ptr<event::Source> source_;
  std::unique_ptr<event::Source> arranger_;
};

}  // namespace qember::test
