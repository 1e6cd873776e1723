// SPDX-License-Identifier: LGPL-2.1-or-later
/// Runs the command as a process of its own. No run lasts longer than a minute: it is killed then.
#pragma once

#include <qember/advanced/core/bytes.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace qember::test {

struct Ran {
  int code = -1;  ///< the exit code, or minus the signal that ended it
  std::string out;
  std::string error;
};

using Arguments = std::vector<std::string>;

/// With `in` as its standard input, all outputs taken.
Ran run(const Arguments& arguments, ByteView in = {});
/// The same through the shell, which finds the command as `$QEMBER`.
Ran shell(const std::string& script);

/// A directory that goes when this does.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::filesystem::path path(const std::string& name) const { return directory_ / name; }
  /// Writes the file and returns its path.
  std::string file(const std::string& name, ByteView bytes) const;
  /// Names in it, sorted.
  std::vector<std::string> names() const;

 private:
  std::filesystem::path directory_;
};

Bytes read_file(const std::filesystem::path& path);

/// The command with pipes at both ends, for what has to be seen while it runs.
class Running {
 public:
  explicit Running(const Arguments& arguments);
  ~Running();
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void write(ByteView bytes) const;
  void close_input();
  /// What comes out next; nothing at the end.
  Bytes read_some() const;
  /// What comes out until there are `size` bytes of it, the end comes, or the watchdog does.
  Bytes read(std::size_t size) const;
  void close_output();
  /// Its resident memory so far, at its most.
  long peak_kib() const;
  /// Waits for the end.
  Ran wait();

 private:
  Bytes read_at_most(std::size_t size) const;

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
};

}  // namespace qember::test
