// SPDX-License-Identifier: LGPL-2.1-or-later
/// The events of a stream in memory, in either form.
#pragma once

#include "convert.hpp"

#include <qember/native/arranger.hpp>
#include <qember/native/decoder.hpp>
#include <qember/native/reader.hpp>

#include <memory>

namespace qember::test {

class Opened {
 public:
  /// `arranged`: a native stream with its description ahead of devices.
  explicit Opened(ByteView in, bool arranged = false) : input_(stream::Input::over(in)) {
    if (!in.empty() && in[0] == 0x7f)
      source_ = std::make_unique<native::Decoder>(input_);
    else
      source_ = std::make_unique<native::Reader>(input_, Limits{}, native::ReaderOptions{{}, reads(in)});
    if (arranged) arranger_ = std::make_unique<native::Arranger>(*source_);
  }
  native::Source& source() { return arranger_ ? *arranger_ : *source_; }

  /// Calls `take(event)`, which returns a `Status`, up to the end or an error.
  template <class Take>
  Status each(Take take) {
    for (;;) {
      auto event = source().next();
      if (!event) return std::move(event.error());
      if (auto status = take(*event); !status) return status;
      if (std::holds_alternative<native::StreamEnd>(*event)) return {};
    }
  }

 private:
  stream::Input input_;
  std::unique_ptr<native::Source> source_;
  std::unique_ptr<native::Source> arranger_;
};

}  // namespace qember::test
