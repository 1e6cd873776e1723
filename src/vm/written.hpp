// SPDX-License-Identifier: LGPL-2.1-or-later
/// The last two sinks of what writes a stream: the writer, and what passes on its output.
#pragma once

#include <qember/advanced/qber/writer.hpp>
#include <qember/advanced/qevm/writer.hpp>
#include <qember/advanced/vm/convert.hpp>

namespace qember::vm {

/// A pipe may not end in pieces larger than this before they are passed on.
inline constexpr std::size_t most_pending = std::size_t{4} << 20U;

/// Passes on what was written, behind the one that writes it, and tells the progress.
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

 private:
  Status pass() {
    if (progress_) progress_(stream_.input().offset());
    return output_.pending() < most_pending ? Status() : drain_(output_);
  }

  const OpenedStream& stream_;
  io::Output& output_;
  const Drain& drain_;
  const std::function<void(std::uint64_t)>& progress_;
};

/// A writer of BER and what it writes to.
class Encoding final : public event::Sink {
 public:
  Encoding(const event::Context& context, qber::SectionWriter to, const Limits& limits, bool opaque = false)
      : writer_(std::move(to)), events_(context, writer_, limits, {opaque}) {}

  Status take(const event::Event& event) override { return events_.take(event); }
  Status take(std::span<const event::RamPage> pages) override { return events_.take(pages); }
  bool takes_batches() const noexcept override { return true; }

 private:
  qber::SectionWriter writer_;
  qber::Writer events_;
};

}  // namespace qember::vm
