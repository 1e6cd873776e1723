// SPDX-License-Identifier: LGPL-2.1-or-later
/// A QEMU that a test starts, commands over QMP, and takes down again whatever happens.
#pragma once

#include <nlohmann/json.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace qember::live {

/// When a wait is given up. Every wait of these tests has one.
using Deadline = std::chrono::steady_clock::time_point;

Deadline in(std::chrono::milliseconds time);

/// Sleeps a little between two looks at something; throws once the deadline has passed.
void pause_until(Deadline deadline, std::string_view waiting_for);

/// The text as one word of a POSIX shell, whatever is in it.
std::string shell_quote(std::string_view text);

std::string read_file(const std::filesystem::path& path);

/// Every failure, of QEMU or of the talk with it, is a `std::runtime_error` that ends with what QEMU
/// has written to its standard error.
class QemuProcess {
 public:
  /// Starts `program` with `arguments` and a QMP monitor of its own, and greets it. `name` is for
  /// messages and for the files in `directory` (NAME.log, NAME.memory).
  QemuProcess(std::string name, const std::string& program, std::vector<std::string> arguments,
              std::filesystem::path directory);
  /// Kills QEMU and the processes it has started.
  ~QemuProcess();
  QemuProcess(const QemuProcess&) = delete;
  QemuProcess& operator=(const QemuProcess&) = delete;

  /// Runs one command and returns its `return`; an `error` is thrown.
  nlohmann::json execute(std::string_view command, nlohmann::json arguments = nullptr);

  /// What the guest sees at a physical address.
  std::string read_memory(std::uint64_t address, std::uint64_t size);

  /// What QEMU, and what it has started, have written to standard error; the end of it if it is long.
  std::string log() const;

  /// Throws what went wrong, with QEMU's own words.
  [[noreturn]] void fail(std::string_view what) const;

 private:
  void start(const std::string& program, std::vector<std::string> arguments);
  void stop() noexcept;
  nlohmann::json receive(Deadline deadline);

  std::string name_;
  std::filesystem::path directory_;
  pid_t pid_ = -1;
  int monitor_ = -1;
  std::string unread_;
};

}  // namespace qember::live
