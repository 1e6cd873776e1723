// SPDX-License-Identifier: LGPL-2.1-or-later
/// Other programs that the command runs.
#pragma once

#include <qember/advanced/io/descriptor.hpp>

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace qember::cli {

/// Both ends of a pipe, which no other program inherits.
struct Pipe {
  io::Descriptor read_end;
  io::Descriptor write_end;

  /// False, and `errno`, where the system has none.
  bool open();
};

/// What a program gets of this one's.
struct ChildFiles {
  int input = 0;                            ///< its standard input
  int output = 1;                           ///< its standard output
  bool is_silent = false;                   ///< what it says to standard error is nobody's
  std::vector<std::string> variables = {};  ///< of its environment, beside ours
};

/// Starts the program that its first argument names, as PATH finds it. It takes signals as programs do.
/// Returns an error of the system, 0 for none.
int start_child(std::vector<std::string> arguments, const ChildFiles& files, pid_t& child);

/// Waits until it has ended: what `waitpid` says; nothing where it is no child any more.
std::optional<int> wait_for_child(pid_t child);

}  // namespace qember::cli
