// SPDX-License-Identifier: LGPL-2.1-or-later
/// Passes on what a writer has written.
#pragma once

#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/vm/convert.hpp>
#include <qember/advanced/vm/opened_stream.hpp>

namespace qember::vm {

/// A pipe may not end in pieces larger than this before they are passed on.
inline constexpr std::size_t most_pending = std::size_t{4} << 20U;

/// Opens a stream to write one that is made of it into `output`, which `drain` passes on before the source is
/// waited for; both outlive the stream. `reorder` is as in `StreamOptions`.
inline Result<std::unique_ptr<OpenedStream>> open_to_write(io::ByteSource& source, StreamOptions read,
                                                           bool reorder, io::Output& output,
                                                           const Drain& drain) {
  read.reorder = reorder;
  read.before_wait = [&output, &drain] { return drain(output); };
  return OpenedStream::open(source, std::move(read));
}

/// Stands behind the sink that writes, and tells the progress too.
class Passing final : public event::Sink {
 public:
  Passing(const OpenedStream& stream, io::Output& output, const Drain& drain,
          const std::function<void(std::uint64_t)>& progress)
      : stream_(stream), output_(output), drain_(drain), progress_(progress) {}

  Status take(const event::Event& event) override {
    return std::holds_alternative<event::StreamEnd>(event) ? drain_(output_) : pass();
  }
  Status take(std::span<const event::RamPage>) override { return pass(); }
  bool takes_batches() const noexcept override { return true; }

  Status pass() {
    if (progress_) progress_(stream_.input().offset() + stream_.channel_bytes());
    return output_.pending() < most_pending ? Status() : drain_(output_);
  }

 private:
  const OpenedStream& stream_;
  io::Output& output_;
  const Drain& drain_;
  const std::function<void(std::uint64_t)>& progress_;
};

}  // namespace qember::vm
