// SPDX-License-Identifier: LGPL-2.1-or-later
#include "terminal.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qember::test {
namespace {

constexpr unsigned watchdog_seconds = 60;

}  // namespace

Ran in_terminal(const std::string& script) {
  const winsize size{24, 80, 0, 0};
  int terminal = -1;
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (pid < 0) throw std::runtime_error("no terminal");
  if (pid == 0) {
    ::setenv("TERM", "xterm", 1);
    ::setenv("QEMBER", QEMBER_TEST_COMMAND, 1);
    ::alarm(watchdog_seconds);
    ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    ::_exit(127);
  }
  Ran ran;
  std::array<char, 65536> buffer;
  for (ssize_t count; (count = ::read(terminal, buffer.data(), buffer.size())) > 0;)
    ran.out.append(buffer.data(), static_cast<std::size_t>(count));
  ::close(terminal);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  std::erase(ran.out, '\r');
  return ran;
}

}  // namespace qember::test
