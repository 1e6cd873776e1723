// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pager.hpp"

#include "../child.hpp"
#include "../output.hpp"
#include "progress.hpp"
#include "style.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace qember::cli {
namespace {

constexpr std::array ending_signals{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

// What a handler of signals has to know.
volatile pid_t pager = -1;
std::array<struct sigaction, ending_signals.size()> handlers_before;

void wait_for_pager() {
  if (pager < 0) return;
  wait_for_child(pager);
  pager = -1;
}

/// The terminal is the pager's until it ends: the shell does not get it before.
void on_ending_signal(int signal) {
  ::close(STDOUT_FILENO);
  ::close(STDERR_FILENO);
  wait_for_pager();
  for (std::size_t i = 0; i < ending_signals.size(); ++i)
    if (ending_signals[i] == signal) ::sigaction(signal, &handlers_before[i], nullptr);
  ::raise(signal);
}

void wait_on_signals() {
  struct sigaction action{};
  action.sa_handler = on_ending_signal;
  ::sigfillset(&action.sa_mask);
  for (std::size_t i = 0; i < ending_signals.size(); ++i) {
    ::sigaction(ending_signals[i], nullptr, &handlers_before[i]);
    if (handlers_before[i].sa_handler != SIG_IGN) ::sigaction(ending_signals[i], &action, nullptr);
  }
}

/// By QEMBER_PAGER, then PAGER; empty for none.
std::string pager_command() {
  for (const char* const name : {"QEMBER_PAGER", "PAGER"})
    if (const char* const command = std::getenv(name))
      return std::string_view(command) == "cat" ? "" : command;
  return "less";
}

/// Its words, or a shell's for one that has more than words.
std::vector<std::string> arguments_of(const std::string& command) {
  if (command.find_first_of("|&;<>()$`\\\"'*?[]#~=%\n") != std::string::npos) return {"sh", "-c", command};
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = command.find_first_not_of(" \t", at)) != std::string::npos;) {
    const std::size_t end = std::min(command.find_first_of(" \t", at), command.size());
    words.push_back(command.substr(at, end - at));
    at = end;
  }
  return words;
}

/// How `less` and `lv` behave where their user does not say: they end where a screen holds all, show colours,
/// and leave the text on the terminal.
std::vector<std::string> manners() {
  std::vector<std::string> all;
  if (std::getenv("LESS") == nullptr) all.emplace_back("LESS=FRX");
  if (std::getenv("LV") == nullptr) all.emplace_back("LV=-c");
  return all;
}

}  // namespace

void add_pager(CLI::App& verb) {
  verb.preparse_callback([](std::size_t) { Pager::of_process().want(true); });
  verb.add_flag_function(
      "--no-pager", [](std::int64_t) { Pager::of_process().want(false); },
      "Print to a terminal as to a file, not through QEMBER_PAGER, PAGER or less");
}

void page_help(const CLI::App& verb) {
  const CLI::Option* const without = verb.get_option_no_throw("--no-pager");
  Pager::of_process().want(without == nullptr || without->empty());
}

Pager& Pager::of_process() {
  static Pager pager;
  return pager;
}

bool Pager::start(const std::string& command) {
  Pipe pipe;
  if (!pipe.open()) return false;
  pid_t child = -1;
  const int error =
      start_child(arguments_of(command), {.input = pipe.read_end.get(), .variables = manners()}, child);
  if (error == 0) {
    pager = child;
    take_output(pipe.write_end.get());
  }
  if (error != 0 && command != "less") say_line(fmt::format("pager {}: {}", command, std::strerror(error)));
  return error == 0;
}

void Pager::take_output(int pipe) {
  ::dup2(pipe, STDOUT_FILENO);
  if (::isatty(STDERR_FILENO) != 1) return;
  const int terminal = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (terminal < 0) return;
  terminal_ = terminal;
  ::dup2(pipe, STDERR_FILENO);
}

void Pager::begin() {
  if (!std::exchange(is_wanted_, false) || !output_width() || is_dumb_terminal()) return;
  const std::string command = pager_command();
  if (arguments_of(command).empty()) return;
  Progress::of_process().end_line();
  if (start(command)) wait_on_signals();
}

void Pager::end() {
  if (terminal_) ::dup2(*terminal_, STDERR_FILENO);
  terminal_.reset();
  wait_for_pager();
}

}  // namespace qember::cli
