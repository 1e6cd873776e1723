// SPDX-License-Identifier: LGPL-2.1-or-later
/// What must not stay behind when the command ends before its work does.
#pragma once

#include <list>
#include <optional>
#include <string>
#include <utility>

#include <csignal>

namespace qember::io {

/// SIGHUP, SIGINT, SIGQUIT and SIGTERM, where they are not ignored, remove what is unfinished, and end the
/// process as they would have. Called once, before there are threads.
void remove_unfinished_on_signals();

/// Holds these signals back in this thread, so that what happens meanwhile happens whole. A thread that is
/// started meanwhile never gets them.
class SignalsHeld {
 public:
  SignalsHeld();
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

/// A file, or a directory that is empty in the end, that is removed with this or by a signal. Made and
/// forgotten by the main thread.
class Unfinished {
 public:
  Unfinished() = default;
  explicit Unfinished(std::string path);
  Unfinished(Unfinished&& other) noexcept : entry_(std::exchange(other.entry_, {})) {}
  Unfinished& operator=(Unfinished&& other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~Unfinished();

  explicit operator bool() const noexcept { return entry_.has_value(); }
  const std::string& path() const noexcept { return **entry_; }
  /// It is finished: it stays, or has another name now.
  void keep();

 private:
  std::optional<std::list<std::string>::iterator> entry_;
};

}  // namespace qember::io
