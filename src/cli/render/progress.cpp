// SPDX-License-Identifier: LGPL-2.1-or-later
#include "progress.hpp"

#include "../output.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace qember::cli {

using namespace std::chrono_literals;

Progress::Progress()
    : shown_(::isatty(STDERR_FILENO) == 1), begin_(std::chrono::steady_clock::now()), next_(begin_ + 500ms) {}

Progress::~Progress() {
  if (drawn_) say("\r\033[K");
}

void Progress::show(std::uint64_t offset) {
  last_ = offset;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + 200ms;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  const double mib = static_cast<double>(offset) / (1 << 20);
  say(fmt::format("\r\033[K{:.0f} MiB, {:.0f} MiB/s", mib, mib / seconds));
}

}  // namespace qember::cli
