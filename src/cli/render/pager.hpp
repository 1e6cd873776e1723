// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a verb prints, in a pager where it goes to a terminal, as git has it.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

namespace CLI {
class App;
}

namespace qember::cli {

/// `--no-pager`; without it what the verb prints goes through the pager.
void add_pager(CLI::App& verb);

/// The same for `--help`, which every verb has: unless `--no-pager` was given too.
void page_help(const CLI::App& verb);

/// There is one, as there is one standard output.
class Pager {
 public:
  static Pager& of_process();

  void want(bool wanted) noexcept { is_wanted_ = wanted; }
  /// Called before the first text is written: where that goes to a terminal and a pager is wanted, it goes
  /// there from here on, and messages with it. Where none can be started, things stay as they are.
  void begin();
  /// Gives back the terminal for messages, and waits until its user has done with the pager. Standard output
  /// has been closed.
  void end();

 private:
  Pager() = default;
  bool start(const std::string& command);
  void take_output(int pipe);

  bool is_wanted_ = false;
  std::optional<int> terminal_;  ///< what standard error was
};

}  // namespace qember::cli
