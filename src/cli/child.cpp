// SPDX-License-Identifier: LGPL-2.1-or-later
#include "child.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qember::cli {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

bool Pipe::open() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  read_end = io::Descriptor(ends[0], true);
  write_end = io::Descriptor(ends[1], true);
  return true;
}

int start_child(std::vector<std::string> arguments, const ChildFiles& files, pid_t& child) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (files.input != STDIN_FILENO) ::posix_spawn_file_actions_adddup2(&actions, files.input, STDIN_FILENO);
  if (files.output != STDOUT_FILENO)
    ::posix_spawn_file_actions_adddup2(&actions, files.output, STDOUT_FILENO);
  if (files.is_silent) ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  for (const int signal : {SIGPIPE, SIGXFSZ}) ::sigaddset(&defaults, signal);  // which we ignore
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> variables = files.variables;
  for (char** entry = environ; *entry != nullptr; ++entry) variables.emplace_back(*entry);
  const int error = ::posix_spawnp(&child, arguments[0].c_str(), &actions, &attributes,
                                   pointers(arguments).data(), pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  return error;
}

std::optional<int> wait_for_child(pid_t child) {
  int outcome = 0;
  while (::waitpid(child, &outcome, 0) < 0)
    if (errno != EINTR) return std::nullopt;
  return outcome;
}

}  // namespace qember::cli
