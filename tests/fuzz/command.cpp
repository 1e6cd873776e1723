// SPDX-License-Identifier: LGPL-2.1-or-later
#include "command.hpp"

#include "../../src/cli/freed_memory.hpp"
#include "../../src/cli/verbs/verbs.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <stdexcept>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Of the sanitizers' runtime, where there is one.
extern "C" __attribute__((weak)) void __sanitizer_set_report_fd(void*);

namespace qember::fuzz {
namespace {

int act(std::vector<std::string> arguments) {
  cli::return_freed_memory();
  CLI::App app;
  cli::Action action;
  cli::add_verbs(app, action, arguments.front());
  std::ranges::reverse(arguments);  // as CLI11 wants them
  app.parse(std::move(arguments));
  return action();
}

void flush_all() {
  std::cout.flush();
  std::fflush(nullptr);
}

/// Gives the descriptor to a file, and back in the end.
class Redirected {
 public:
  Redirected(int descriptor, const MemoryFile& file) : descriptor_(descriptor), saved_(::dup(descriptor)) {
    if (saved_ < 0 || ::dup2(file.fd(), descriptor) < 0) throw std::runtime_error("no descriptor");
  }
  ~Redirected() {
    flush_all();
    ::dup2(saved_, descriptor_);
    ::close(saved_);
  }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

 private:
  int descriptor_;
  int saved_;
};

/// Sanitizers go on to report where one sees it.
void keep_reports() {
  static const int report = [] {
    const int fd = ::dup(STDERR_FILENO);
    if (__sanitizer_set_report_fd != nullptr)
      __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
    return fd;
  }();
  static_cast<void>(report);
}

}  // namespace

Ran run(const std::vector<std::string>& arguments) {
  static MemoryFile out;
  static MemoryFile error;
  keep_reports();
  flush_all();
  Ran ran;
  {
    const Redirected one(STDOUT_FILENO, out);
    const Redirected two(STDERR_FILENO, error);
    ran.code = act(arguments);
  }
  ran.out = out.take();
  ran.error = error.take();
  return ran;
}

MemoryFile::MemoryFile() : fd_(::memfd_create("qember", MFD_CLOEXEC)) {
  if (fd_ < 0) throw std::runtime_error("no file in memory");
}

MemoryFile::MemoryFile(ByteView bytes) : MemoryFile() {
  const auto size = static_cast<ssize_t>(bytes.size());
  if (::pwrite(fd_, bytes.data(), bytes.size(), 0) != size) throw std::runtime_error("no room for a file");
}

MemoryFile::~MemoryFile() { ::close(fd_); }

std::string MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(fd_); }

std::string MemoryFile::take() {
  struct stat status{};
  ::fstat(fd_, &status);
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  if (::pread(fd_, text.data(), text.size(), 0) != status.st_size)
    throw std::runtime_error("a file in memory is not read");
  if (::ftruncate(fd_, 0) != 0 || ::lseek(fd_, 0, SEEK_SET) != 0)
    throw std::runtime_error("a file in memory is not emptied");
  return text;
}

}  // namespace qember::fuzz
