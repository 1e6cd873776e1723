// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/io/file_checks.hpp>

#include <qember/advanced/io/system_error.hpp>

#include <set>

#include <sys/stat.h>
#include <unistd.h>

namespace qember::io {
namespace {

bool status_of(const std::string& path, int standard, struct stat& status) {
  return (path == "-" ? ::fstat(standard, &status) : ::stat(path.c_str(), &status)) == 0;
}

/// Whether what is written to one changes the other.
bool is_same_storage(const struct stat& a, const struct stat& b) {
  if (S_ISBLK(a.st_mode) && S_ISBLK(b.st_mode)) return a.st_rdev == b.st_rdev;
  return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

Status check_not_input(const std::string& output, const std::string& input) {
  struct stat from{};
  struct stat to{};
  const bool known = status_of(input, STDIN_FILENO, from) && status_of(output, STDOUT_FILENO, to);
  if (!known || !is_same_storage(from, to)) return {};
  return Error{Errc::usage, 0, output, "another file than the input", "the input"};
}

Status check_read_once(std::span<const std::string> inputs) {
  std::set<std::pair<dev_t, ino_t>> seen;
  for (const std::string& input : inputs) {
    struct stat status{};
    if (!status_of(input, STDIN_FILENO, status)) continue;
    const bool is_read_once = input == "-" || S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode);
    if (is_read_once && !seen.emplace(status.st_dev, status.st_ino).second)
      return Error{Errc::usage, 0, input, "an input that can be read once to be named once",
                   "it named again"};
  }
  return {};
}

Result<bool> is_seekable(const std::string& input) {
  struct stat status{};
  if (!status_of(input, STDIN_FILENO, status)) return system_error(input == "-" ? "standard input" : input);
  return S_ISREG(status.st_mode) || S_ISBLK(status.st_mode);
}

}  // namespace qember::io
