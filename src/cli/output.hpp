// SPDX-License-Identifier: LGPL-2.1-or-later
/// Standard output, and messages on standard error.
#pragma once

#include "report.hpp"

#include <qember/advanced/core/result.hpp>

#include <optional>
#include <string>

namespace qember::cli {

/// Opens those of the descriptors 0 to 2 that are closed, so that no other file gets their number. Reading
/// and writing fails as if they were closed.
void open_standard_descriptors();

/// Writes to standard error as it is, as far as that can be written to.
void say(std::string_view text) noexcept;

/// Writes `qember: TEXT` and the end of the line to standard error; names in the text may be any.
void say_line(std::string_view text);

/// Standard output. Of what can't be written, the rest is dropped, and `flush` says why.
class Lines {
 public:
  Lines() = default;
  /// `wraps`: where standard output is a terminal, lines fit it: for text, and not for data.
  explicit Lines(bool wraps);
  void write(std::string_view text);
  Status flush();
  /// `result`, or what is worse than that, after a message, where something could not be written.
  ExitCode finish(ExitCode result);

 private:
  void put(std::string_view text);

  std::optional<std::size_t> width_;  ///< that lines have to fit
  std::string buffer_;
  Status status_;
};

/// Closes standard output, which may fail at last; the same.
ExitCode close_output(ExitCode result);

}  // namespace qember::cli
