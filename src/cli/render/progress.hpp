// SPDX-License-Identifier: LGPL-2.1-or-later
/// A line on standard error, where that is a terminal, that says how far a command is.
#pragma once

#include <chrono>
#include <cstdint>

namespace qember::cli {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `offset`: bytes of the input that have been read.
  void at(std::uint64_t offset) {
    // The clock is looked at once a MiB.
    if (shown_ && (offset >> 20U) != last_ >> 20U) show(offset);
  }

 private:
  void show(std::uint64_t offset);

  bool shown_;
  bool drawn_ = false;
  std::uint64_t last_ = 0;
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace qember::cli
