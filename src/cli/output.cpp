// SPDX-License-Identifier: LGPL-2.1-or-later
#include "output.hpp"

#include "render/pager.hpp"
#include "render/progress.hpp"
#include "render/style.hpp"
#include "render/wrap.hpp"

#include <qember/advanced/core/printable.hpp>
#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/system_error.hpp>

#include <fmt/format.h>

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace qember::cli {

void open_standard_descriptors() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest that is free is this one.
    if (::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) ::_exit(exit_usage);
  }
}

void say(std::string_view text) noexcept {
  const auto held = Progress::of_process().erase();
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody is left to say it to
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void say_line(std::string_view text) { say(fmt::format("qember: {}\n", printable_line(text))); }

Lines::Lines(bool wraps) : width_(wraps ? output_width() : std::nullopt) {}

/// Lines are divided whole.
void Lines::write(std::string_view text) {
  constexpr std::size_t enough = std::size_t{64} << 10U;
  buffer_ += text;
  if (buffer_.size() < enough) return;
  const std::size_t whole = width_ ? buffer_.rfind('\n') + 1 : buffer_.size();
  put(std::string_view(buffer_).substr(0, whole));
  buffer_.erase(0, whole);
}

Status Lines::flush() {
  put(buffer_);
  buffer_.clear();
  return status_;
}

void Lines::put(std::string_view text) {
  if (!status_ || text.empty()) return;
  Pager::of_process().begin();
  Progress& progress = Progress::of_process();
  const auto held = progress.give_way();
  const std::string fitting = width_ ? wrapped_lines(text, *width_) : std::string();
  if (width_) text = fitting;
  status_ = io::write_all(STDOUT_FILENO, as_bytes(text), "standard output");
  progress.wrote(text.ends_with('\n'));
}

ExitCode Lines::finish(ExitCode result) {
  const auto status = flush();
  return status ? result : worse(result, fail("-", status.error()));
}

ExitCode close_output(ExitCode result) {
  if (::close(STDOUT_FILENO) == 0 || errno == EBADF) return result;
  return worse(result, fail("-", io::system_error("standard output")));
}

}  // namespace qember::cli
