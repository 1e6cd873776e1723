// SPDX-License-Identifier: LGPL-2.1-or-later
/// Reads a file while what came before is worked on and written.
#pragma once

#include <qember/io/files.hpp>

#include <qember/io/input.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace qember::io {

/// In a thread of its own, a few buffers ahead. For files whose reads end by themselves; nobody else moves
/// their offset meanwhile.
class ReadAhead {
 public:
  explicit ReadAhead(int fd);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// As `fill`: waits for more of the file and feeds it, or finishes the input.
  Status fill(Input& input);

 private:
  void run();

  int fd_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<InputBuffer> free_;
  std::deque<InputBuffer> read_;  ///< the last one, where it is empty, is the end
  int error_ = 0;                 ///< errno, where reading failed
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace qember::io
