// SPDX-License-Identifier: LGPL-2.1-or-later
/// Reads a source while what came before is worked on and written.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace qember::io {

/// The same bytes as those of a seekable source, which `fill` gives to one input from the first byte on: a
/// thread reads them a few buffers ahead, and they are handed over without a copy. `read_some` reads from the
/// source. For sources whose reads end by themselves: destroying this waits for one of them.
class ReadAhead final : public ByteSource {
 public:
  /// `source` outlives this.
  explicit ReadAhead(ByteSource& source);
  ~ReadAhead() override;
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  std::optional<std::uint64_t> size() const override { return source_.size(); }
  bool is_seekable() const override { return source_.is_seekable(); }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override {
    return source_.read_some(offset, to);
  }
  Status fill(Input& input) override;

 private:
  void run();

  ByteSource& source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<InputBuffer> free_;
  std::deque<InputBuffer> read_;  ///< the last one, where it is empty, is the end
  Status status_;                 ///< why that is the end
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace qember::io
