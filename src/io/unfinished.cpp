// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/unfinished.hpp>

#include <array>
#include <utility>

#include <unistd.h>

namespace qember::io {
namespace {

constexpr std::array ending{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/// The newest is first: files before the directory that they are in. Changed with the signals held.
std::list<std::string>& paths() {
  static std::list<std::string> all;
  return all;
}

void remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) ::rmdir(path.c_str());
}

sigset_t ending_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : ending) ::sigaddset(&set, signal);
  return set;
}

void on_ending_signal(int signal) {
  for (const std::string& path : paths()) remove(path);
  ::signal(signal, SIG_DFL);
  ::raise(signal);  // held until this returns
}

}  // namespace

void remove_unfinished_on_signals() {
  paths();
  struct sigaction action{};
  action.sa_handler = on_ending_signal;
  action.sa_mask = ending_signals();
  for (const int signal : ending) {
    struct sigaction now{};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN)
      ::sigaction(signal, &action, nullptr);
  }
}

SignalsHeld::SignalsHeld() {
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, &before_);
}

SignalsHeld::~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

Unfinished::Unfinished(std::string path) {
  const SignalsHeld held;
  paths().push_front(std::move(path));
  entry_ = paths().begin();
}

Unfinished::~Unfinished() {
  if (!entry_) return;
  const SignalsHeld held;
  remove(path());
  keep();
}

void Unfinished::keep() {
  if (!entry_) return;
  const SignalsHeld held;
  paths().erase(*entry_);
  entry_.reset();
}

}  // namespace qember::io
