// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guarded.hpp"

#include "support/sanitized.hpp"

#include <array>
#include <cstdlib>
#include <cstring>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qember::test {

Guarded run_guarded(const std::function<std::string()>& what) {
  constexpr unsigned watchdog_seconds = is_sanitized ? 120 : 10;
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) std::abort();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(watchdog_seconds);
    const std::string said = what();
    const bool told = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  Guarded result;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
    result.said.append(buffer.data(), static_cast<std::size_t>(count));
  ::close(ends[0]);
  int status = 0;
  rusage usage{};
  ::wait4(child, &status, 0, &usage);
  result.resident_kib = usage.ru_maxrss;
  if (WIFSIGNALED(status))
    result.ended = ::strsignal(WTERMSIG(status));
  else if (WEXITSTATUS(status) != 0)
    result.ended = "exit " + std::to_string(WEXITSTATUS(status));
  return result;
}

}  // namespace qember::test
